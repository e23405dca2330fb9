//! What is answered here about who is there: other units, REPORT LUNS, vital product data.

use mmc_wire::block::inquiry::{Designator, DeviceType, Padded, StandardInquiry, VitalData, VitalPage};
use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Sense};
use scsi_transport::{Data, Outcome};

use crate::pdu::Lun;

pub(super) const REQUEST_SENSE: u8 = 0x03;
pub(super) const INQUIRY: u8 = 0x12;
pub(super) const REPORT_LUNS: u8 = 0xA0;

/// 5/25/00 (T10 "ASC/ASCQ assignments": LOGICAL UNIT NOT SUPPORTED).
const NO_SUCH_UNIT: Sense = Sense::new(5, 0x25, 0x00);

/// GOOD with `reply`, as much of it as allocation length and buffer take (SPC "Allocation length").
pub(super) fn reply(bytes: &[u8], allocation: usize, data: Data<'_>) -> Outcome {
    let Data::In(buffer) = data else { return Outcome::good(0) };
    let moved = bytes.len().min(allocation).min(buffer.len());
    buffer[..moved].copy_from_slice(&bytes[..moved]);
    Outcome::good(moved)
}

/// CHECK CONDITION, nothing moved.
pub(super) fn check(sense: Sense) -> Outcome {
    Outcome::check(SenseData::current(sense).to_bytes())
}

/// REQUEST SENSE's answer, in the format that DESC asks for (SPC "REQUEST SENSE command").
pub(super) fn sense_reply(cdb: &[u8], sense: Sense, data: Data<'_>) -> Outcome {
    let current = SenseData::current(sense);
    let bytes = if byte(cdb, 1) & 1 != 0 { current.in_descriptors() } else { current }.to_bytes();
    reply(&bytes, byte(cdb, 4).into(), data)
}

/// Whether this means unit 0: peripheral or flat addressing, one level (SAM "Logical unit number").
pub fn is_unit_zero(lun: Lun) -> bool {
    let [first, rest @ ..] = lun.0;
    matches!(first, 0x00 | 0x40) && rest == [0; 7]
}

/// What a unit says that is not there (SPC "INQUIRY command", "REQUEST SENSE command"; SAM "Incorrect logical unit
/// selection"). REPORT LUNS is not asked here: it is answered on any unit.
pub(super) fn absent(cdb: &[u8], data: Data<'_>) -> Outcome {
    match cdb.first() {
        Some(&INQUIRY) if byte(cdb, 1) & 1 != 0 || byte(cdb, 2) != 0 => check(Sense::INVALID_FIELD_IN_CDB),
        Some(&INQUIRY) => {
            let nobody = StandardInquiry {
                qualifier: 3,
                device_type: DeviceType::UNKNOWN,
                removable: false,
                version: 5,
                atapi_version: 0,
                response_format: 2,
                ..StandardInquiry::cd_drive("", "", "")
            };
            reply(&nobody.to_bytes(), inquiry_allocation(cdb), data)
        }
        Some(&REQUEST_SENSE) => sense_reply(cdb, NO_SUCH_UNIT, data),
        _ => check(NO_SUCH_UNIT),
    }
}

/// REPORT LUNS of a device that does not know it: one unit (SPC "REPORT LUNS command").
pub(super) fn report_luns(cdb: &[u8], data: Data<'_>) -> Outcome {
    let units: &[u8] = match byte(cdb, 2) {
        0 | 2 => &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        // Well known units only: none.
        1 => &[0; 8],
        _ => return check(Sense::INVALID_FIELD_IN_CDB),
    };
    let allocation = u32::from_be_bytes([byte(cdb, 6), byte(cdb, 7), byte(cdb, 8), byte(cdb, 9)]);
    reply(units, usize::try_from(allocation).unwrap_or(usize::MAX), data)
}

/// The allocation length of an INQUIRY.
pub(super) fn inquiry_allocation(cdb: &[u8]) -> usize {
    u16::from_be_bytes([byte(cdb, 3), byte(cdb, 4)]).into()
}

/// The vital product data pages that are seen to here: Supported VPD Pages, Unit Serial Number, Device Identification.
pub(super) const PAGES: [u8; 3] = [0x00, 0x80, 0x83];

/// The page asked for, when it is one of [`PAGES`].
pub(super) fn vital_page(cdb: &[u8]) -> Option<u8> {
    let asked = byte(cdb, 2);
    // The upper three bits were a unit number once; CMDDT beside EVPD is the device's to refuse.
    (byte(cdb, 1) & 0x1F == 1 && PAGES.contains(&asked)).then_some(asked)
}

/// A page for a device that has none, from its standard INQUIRY data and the target's name.
pub(super) fn made(page: u8, standard: Option<&StandardInquiry>, target: Option<&str>) -> Vec<u8> {
    let (vendor, product) = match standard {
        Some(standard) => (standard.vendor, standard.product),
        None => (Padded::new(""), Padded::new("")),
    };
    // The same whenever it is asked for: the target's name tells units apart best.
    let serial = target.map_or_else(|| format!("{} {}", vendor.text(), product.text()), str::to_owned);
    let data = match page {
        0x00 => VitalData::Supported(PAGES.to_vec()),
        0x80 => VitalData::SerialNumber(serial.into_bytes()),
        _ => {
            // SPC "T10 vendor ID based designator format".
            let mut bytes = vendor.0.to_vec();
            bytes.extend(product.0);
            bytes.extend(serial.bytes());
            bytes.truncate(0xFF);
            let unit = Designator { protocol: None, code_set: 2, association: 0, kind: 1, bytes };
            VitalData::Identification(vec![unit])
        }
    };
    let (qualifier, device_type) = standard.map_or((0, DeviceType::CD_DVD), |s| (s.qualifier, s.device_type));
    VitalPage { qualifier, device_type, data }.to_bytes()
}

/// The device's page with what is added here: page 00h lists what is answered, page 83h names the target.
pub(super) fn completed(page: Vec<u8>, target: Option<&str>) -> Vec<u8> {
    let Ok(mut parsed) = VitalPage::parse(&page) else { return page };
    match &mut parsed.data {
        VitalData::Supported(codes) => {
            codes.extend(PAGES);
            codes.sort_unstable();
            codes.dedup();
        }
        VitalData::Identification(_) => {
            let mut whole = page;
            let names: Vec<Designator> = target.map(target_names).unwrap_or_default();
            let mut added = Vec::new();
            VitalPage::cd_drive(VitalData::Identification(names)).emit(&mut added);
            // What the device said stays byte for byte.
            let length = usize::from(u16::from_be_bytes([byte(&whole, 2), byte(&whole, 3)]));
            let sum = length + added.len() - 4;
            if whole.len() == length + 4
                && let Ok(sum) = u16::try_from(sum)
            {
                whole[2..4].copy_from_slice(&sum.to_be_bytes());
                whole.extend(&added[4..]);
            }
            return whole;
        }
        VitalData::SerialNumber(_) | VitalData::Other { .. } => return page,
    }
    parsed.to_bytes()
}

/// The target's port and the target device (SPC "SCSI name string designator format"; RFC 7143 "iSCSI names": the
/// port's is the target's with the portal group, of which we have one).
fn target_names(target: &str) -> Vec<Designator> {
    const ISCSI: u8 = 5;
    const UTF_8: u8 = 3;
    const SCSI_NAME: u8 = 8;
    let name = |association, text: String| {
        let mut bytes = text.into_bytes();
        // Ends with a zero, filled up to whole fours.
        bytes.resize((bytes.len() / 4 + 1) * 4, 0);
        Designator { protocol: Some(ISCSI), code_set: UTF_8, association, kind: SCSI_NAME, bytes }
    };
    [name(1, format!("{target},t,0x0001")), name(2, target.to_owned())]
        .into_iter()
        .filter(|name| name.bytes.len() < 0x100)
        .collect()
}

/// A byte of a CDB, 0 where it ends early.
pub(super) fn byte(cdb: &[u8], at: usize) -> u8 {
    cdb.get(at).copied().unwrap_or(0)
}
