//! INQUIRY and REPORT LUNS.

use mmc_wire::Block;
use mmc_wire::block::inquiry::{Designator, Padded, StandardInquiry, VitalData, VitalPage};
use mmc_wire::command::{Inquiry, ReportLuns};

use super::{Handle, Io};
use crate::drive::Drive;
use crate::personality::Identity;
use crate::refusal::{Refusal, refuse_field};

impl Handle<Inquiry> for Drive {
    /// SPC "INQUIRY command".
    fn handle(&mut self, cdb: &Inquiry, io: &mut Io<'_>) -> Result<(), Refusal> {
        let identity = &self.personality.identity;
        if cdb.vital {
            let data = vital(identity, cdb.page).ok_or(refuse_field!(Inquiry, "page"))?;
            VitalPage::cd_drive(data).emit(io.reply);
        } else if cdb.page != 0 {
            return Err(refuse_field!(Inquiry, "page"));
        } else {
            standard(identity).emit(io.reply);
        }
        Ok(())
    }
}

impl Handle<ReportLuns> for Drive {
    /// SPC "REPORT LUNS command": one unit, number 0.
    fn handle(&mut self, cdb: &ReportLuns, io: &mut Io<'_>) -> Result<(), Refusal> {
        const WELL_KNOWN: u8 = 1;
        const ALL: u8 = 2;
        if cdb.select > ALL {
            return Err(refuse_field!(ReportLuns, "select"));
        }
        let units: u32 = if cdb.select == WELL_KNOWN { 0 } else { 1 };
        io.reply.extend((units * 8).to_be_bytes());
        io.reply.resize(8 + units as usize * 8, 0);
        Ok(())
    }
}

fn standard(identity: &Identity) -> StandardInquiry {
    const HEAD: usize = 36;
    let whole = usize::from(identity.additional_bytes) + 5;
    StandardInquiry {
        version: identity.version,
        atapi_version: identity.response_format >> 4,
        response_format: identity.response_format & 0x0F,
        tail: vec![0; whole.saturating_sub(HEAD)],
        ..StandardInquiry::cd_drive(&identity.vendor, &identity.product, &identity.revision)
    }
}

/// Pages 00h and 83h, and 80h where the drive has a serial number.
fn vital(identity: &Identity, page: u8) -> Option<VitalData> {
    let serial = identity.serial.as_deref();
    match page {
        0x00 => Some(VitalData::Supported(if serial.is_some() {
            vec![0x00, 0x80, 0x83]
        } else {
            vec![0x00, 0x83]
        })),
        0x80 => serial.map(|text| VitalData::SerialNumber(text.as_bytes().to_vec())),
        0x83 => {
            // T10 vendor identification: vendor, product, and what tells units apart.
            const ASCII: u8 = 2;
            const T10_VENDOR_ID: u8 = 1;
            let mut bytes = Padded::<8>::new(&identity.vendor).0.to_vec();
            bytes.extend(Padded::<16>::new(&identity.product).0);
            bytes.extend(serial.unwrap_or_default().bytes());
            Some(VitalData::Identification(vec![Designator {
                protocol: None,
                code_set: ASCII,
                association: 0,
                kind: T10_VENDOR_ID,
                bytes,
            }]))
        }
        _ => None,
    }
}
