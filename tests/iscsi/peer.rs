//! A few commands over iSCSI, sent PDU by PDU.

use std::net::TcpStream;
use std::time::Duration;

use libtest_mimic::Failed;
use scsi_iscsi::pdu::answer::{DataIn, ScsiResponse};
use scsi_iscsi::pdu::read::PduReader;
use scsi_iscsi::pdu::request::{LoginRequest, LogoutRequest, ScsiCommand};
use scsi_iscsi::pdu::write::PduWriter;
use scsi_iscsi::pdu::{BasicHeader, Opcode};

use crate::served::{Served, TARGET};

/// A session.
pub struct Peer {
    reader: PduReader<TcpStream>,
    writer: PduWriter<TcpStream>,
    number: u32,
}

impl Peer {
    pub fn log_in(served: &Served) -> Result<Self, Failed> {
        let stream = TcpStream::connect(("127.0.0.1", served.port()))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut peer = Self {
            reader: PduReader::new(stream.try_clone()?, 1 << 20),
            writer: PduWriter::new(stream),
            number: 1,
        };
        let request = LoginRequest {
            immediate: true,
            transit: true,
            current_stage: 1,
            next_stage: 3,
            isid: [0x80, 1, 2, 3, 4, 5],
            command_number: 1,
            ..LoginRequest::default()
        };
        let text =
            format!("InitiatorName=iqn.2026-11.com.example:peer\0TargetName={TARGET}\0SessionType=Normal\0");
        peer.send(request.emit(), text.as_bytes())?;
        peer.reader.next()?.ok_or("no answer to the login")?;
        Ok(peer)
    }

    fn send(&mut self, header: BasicHeader, data: &[u8]) -> Result<(), Failed> {
        self.writer.write(header, data)?;
        Ok(self.writer.flush()?)
    }

    /// The data of a command, which is asked again as long as there are unit attentions.
    pub fn ask(&mut self, cdb: &[u8], room: u32) -> Result<Vec<u8>, Failed> {
        for _ in 0..4 {
            let mut bytes = [0; 16];
            bytes[..cdb.len()].copy_from_slice(cdb);
            let command = ScsiCommand {
                is_final: true,
                read: true,
                expected_bytes: room,
                command_number: self.number,
                task_tag: self.number,
                cdb: bytes,
                ..ScsiCommand::default()
            };
            self.number += 1;
            self.send(command.emit(), &[])?;
            let mut data = Vec::new();
            loop {
                let pdu = self.reader.next()?.ok_or("the target has hung up")?;
                match pdu.header.opcode() {
                    Opcode::DATA_IN => {
                        data.extend_from_slice(pdu.data);
                        if DataIn::parse(&pdu.header)?.has_status {
                            return Ok(data);
                        }
                    }
                    Opcode::SCSI_RESPONSE => {
                        ScsiResponse::parse(&pdu.header)?;
                        let unit_attention = pdu.data.get(4).is_some_and(|key| key & 0x0F == 6);
                        if !unit_attention {
                            return Err(format!("{cdb:02X?} answered {:02X?}", pdu.data).into());
                        }
                        break;
                    }
                    _ => {}
                }
            }
        }
        Err("unit attentions without end".into())
    }

    pub fn log_out(mut self) -> Result<(), Failed> {
        let request = LogoutRequest {
            immediate: true,
            is_final: true,
            command_number: self.number,
            task_tag: 0xFFFF,
            ..LogoutRequest::default()
        };
        self.send(request.emit(), &[])?;
        while self.reader.next()?.is_some() {}
        Ok(())
    }
}
