//! As much of an iSCSI initiator as a test needs: one command at a time, all of its data immediate.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use core::time::Duration;
use std::net::TcpStream;

use scsi_iscsi::pdu::answer::{DataIn, LoginResponse, ScsiResponse};
use scsi_iscsi::pdu::read::PduReader;
use scsi_iscsi::pdu::request::{LoginRequest, ScsiCommand};
use scsi_iscsi::pdu::write::PduWriter;
use scsi_iscsi::pdu::{Lun, Opcode};
use scsi_transport::{Data, Outcome, Status, Transport, TransportError};

pub struct Initiator {
    reader: PduReader<TcpStream>,
    writer: PduWriter<TcpStream>,
    next: u32,
}

impl Initiator {
    pub fn log_in(address: &str, target: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut this = Self {
            reader: PduReader::new(stream.try_clone().unwrap(), 1 << 20),
            writer: PduWriter::new(stream),
            next: 1,
        };
        let keys = format!(
            "InitiatorName=iqn.2026-11.org.example:test\0TargetName={target}\0SessionType=Normal\0\
             InitialR2T=Yes\0ImmediateData=Yes\0FirstBurstLength=262144\0MaxBurstLength=262144\0\
             MaxRecvDataSegmentLength=262144\0"
        );
        let request = LoginRequest {
            transit: true,
            current_stage: 1,
            next_stage: 3,
            isid: [0x80, 0, 0, 0, 0, 1],
            command_number: 1,
            ..LoginRequest::default()
        };
        this.writer.write(request.emit(), keys.as_bytes()).unwrap();
        this.writer.flush().unwrap();
        let answer = this.reader.next().unwrap().unwrap();
        let answer = LoginResponse::parse(&answer.header).unwrap();
        assert_eq!((answer.status_class, answer.transit), (0, true));
        this
    }
}

impl Transport for Initiator {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        let gone = |error: &dyn std::fmt::Display| TransportError::Gone(error.to_string());
        let mut whole = [0; 16];
        whole[..cdb.len()].copy_from_slice(cdb);
        let out = if let Data::Out(bytes) = &data { bytes } else { &[][..] };
        let command = ScsiCommand {
            is_final: true,
            read: matches!(data, Data::In(_)),
            write: matches!(data, Data::Out(_)),
            attribute: 1,
            lun: Lun::ZERO,
            task_tag: self.next,
            expected_bytes: data.len() as u32,
            command_number: self.next,
            cdb: whole,
            ..ScsiCommand::default()
        };
        self.writer.write(command.emit(), out).map_err(|error| gone(&error))?;
        self.writer.flush().map_err(|error| gone(&error))?;
        self.next += 1;
        let (mut buffer, mut moved) =
            (if let Data::In(buffer) = data { Some(buffer) } else { None }, out.len());
        loop {
            let pdu = self.reader.next().map_err(|error| gone(&error))?.ok_or_else(|| gone(&"hung up"))?;
            if pdu.header.opcode() == Opcode::DATA_IN {
                let header = DataIn::parse(&pdu.header).unwrap();
                let at = header.offset as usize;
                if let Some(buffer) = &mut buffer {
                    buffer[at..at + pdu.data.len()].copy_from_slice(pdu.data);
                }
                moved = at + pdu.data.len();
                if header.has_status {
                    return Ok(Outcome {
                        status: Status(header.status),
                        sense: Vec::new(),
                        transferred: moved,
                    });
                }
            } else if pdu.header.opcode() == Opcode::SCSI_RESPONSE {
                let header = ScsiResponse::parse(&pdu.header).unwrap();
                let sense = pdu.data.get(2..).unwrap_or_default().to_vec();
                return Ok(Outcome { status: Status(header.status), sense, transferred: moved });
            }
        }
    }

    fn wait(&mut self, duration: Duration) {
        panic!("a program that is not ours does not wait {duration:?} with us");
    }
}
