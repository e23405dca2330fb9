use super::*;
use proptest::prelude::*;

/// Pioneer DVR-115 1.22 as DiscImageCreator's drive log prints it (MPF issue 312): version 0,
/// NormACA and HiSup set (ATAPI version 3), format 2, additional length 91. Bytes 36 to 55 hold
/// release date and maker (Pioneer R11 command reference, table 22); the rest is reserved there.
fn dvr_115() -> Vec<u8> {
    let mut bytes = vec![0x05, 0x80, 0x00, 0x32, 0x5B, 0, 0, 0];
    bytes.extend(b"PIONEER DVD-RW  DVR-115 1.22");
    bytes.extend(b" 08/07/25  PIONEER  ");
    bytes.resize(96, 0);
    bytes
}

#[test]
fn pioneer_says_who_it_is() {
    let bytes = dvr_115();
    let data = StandardInquiry::parse(&bytes).unwrap();
    assert_eq!(data.device_type, DeviceType::CD_DVD);
    assert!(data.removable);
    assert_eq!((data.version, data.atapi_version, data.response_format), (0, 3, 2));
    assert_eq!(data.vendor.text(), "PIONEER");
    assert_eq!(data.product.to_string(), "DVD-RW  DVR-115");
    assert_eq!(data.revision.text(), "1.22");
    assert_eq!(data.tail.len(), 60);
    assert_eq!(data.to_bytes(), bytes);
}

/// SFF-8020i "INQUIRY Command": 36 bytes have an additional length of 31 (1Fh).
#[test]
fn a_drive_without_tail_has_36_bytes() {
    let mut bytes = vec![0x05, 0x80, 0x00, 0x32, 0x1F, 0, 0, 0];
    bytes.extend(b"RAWCD   SIMULATED CD-RW 1.00");
    assert_eq!(StandardInquiry::cd_drive("RAWCD", "SIMULATED CD-RW", "1.00").to_bytes(), bytes);
}

#[test]
fn allocation_of_36_bytes_leaves_the_tail_behind() {
    let query = Inquiry { allocation: 36, ..Default::default() };
    let bytes = dvr_115();
    let InquiryData::Standard(data) = query.reply(&bytes[..query.allocation_bytes()]).unwrap() else {
        panic!("vital product data without EVPD")
    };
    assert!(data.tail.is_empty());
    assert_eq!(StandardInquiry::whole_bytes(&bytes[..36]), Some(96));
    assert_eq!(StandardInquiry::parse(&bytes[..35]).unwrap_err().byte, 35);
}

/// SPC "Supported VPD pages", "Unit Serial Number page".
#[test]
fn vital_pages_have_a_header_of_four_bytes() {
    let supported = [0x05, 0x00, 0, 3, 0x00, 0x80, 0x83];
    let page = VitalPage::cd_drive(VitalData::Supported(vec![0x00, 0x80, 0x83]));
    assert_eq!(page.to_bytes(), supported);
    assert_eq!(VitalPage::parse(&supported), Ok(page));

    let serial = [0x05, 0x80, 0, 4, b'4', b'2', b' ', b' '];
    assert_eq!(VitalPage::parse(&serial), Ok(VitalPage::cd_drive(VitalData::SerialNumber(b"42  ".to_vec()))));
}

/// Two designators as the Sony SDX-800V manual lists them, with this drive's names: code set 2 and
/// type 1 (T10 vendor ID), code set 1 and type 2 (EUI-64).
#[test]
fn designators_name_the_unit() {
    let mut bytes = vec![0x05, 0x83, 0, 12 + 12, 0x02, 0x01, 0, 8];
    bytes.extend(b"RAWCD   ");
    bytes.extend([0x01, 0x02, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
    let names = vec![
        Designator { protocol: None, code_set: 2, association: 0, kind: 1, bytes: b"RAWCD   ".to_vec() },
        Designator { protocol: None, code_set: 1, association: 0, kind: 2, bytes: (1..=8).collect() },
    ];
    let page = VitalPage::cd_drive(VitalData::Identification(names));
    assert_eq!(page.to_bytes(), bytes);
    assert_eq!(VitalPage::parse(&bytes), Ok(page));
}

/// SPC "Designation descriptor": protocol in bits 7 to 4 of byte 0, PIV bit 7 and association
/// bits 5 to 4 of byte 1.
#[test]
fn a_port_is_named_with_its_protocol() {
    let bytes = [0x05, 0x83, 0, 8, 0x81, 0x94, 0, 4, 0, 0, 0, 1];
    let VitalData::Identification(names) = VitalPage::parse(&bytes).unwrap().data else { panic!("page 83h") };
    assert_eq!(
        names,
        [Designator { protocol: Some(8), code_set: 1, association: 1, kind: 4, bytes: vec![0, 0, 0, 1] }]
    );
}

#[test]
fn a_drive_that_overlooks_evpd_is_noticed() {
    let query = Inquiry { vital: true, page: 0x83, allocation: 255 };
    let error = query.reply(&dvr_115()).unwrap_err();
    assert_eq!((error.byte, error.fault), (1, FieldFault::Illegal));
}

prop_compose! {
    fn standard()(
        first in any::<(u8, bool, u8, u8)>(),
        capabilities in any::<[u8; 3]>(),
        vendor in any::<[u8; 8]>(),
        product in any::<[u8; 16]>(),
        revision in any::<[u8; 4]>(),
        tail in prop::collection::vec(any::<u8>(), 0..=MAX_TAIL_BYTES),
    ) -> StandardInquiry {
        let (kind, removable, version, format) = first;
        StandardInquiry {
            qualifier: kind >> 5,
            device_type: DeviceType(kind & 0x1F),
            removable,
            version,
            atapi_version: format >> 4,
            response_format: format & 0x0F,
            capabilities,
            vendor: Padded(vendor),
            product: Padded(product),
            revision: Padded(revision),
            tail,
        }
    }
}

prop_compose! {
    fn designator()(
        protocol in prop::option::of(0u8..16),
        code_set in 0u8..16,
        association in 0u8..4,
        kind in 0u8..16,
        bytes in prop::collection::vec(any::<u8>(), 0..=255),
    ) -> Designator {
        Designator { protocol, code_set, association, kind, bytes }
    }
}

fn vital() -> impl Strategy<Value = VitalData> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..300);
    prop_oneof![
        bytes().prop_map(VitalData::Supported),
        bytes().prop_map(VitalData::SerialNumber),
        prop::collection::vec(designator(), 0..5).prop_map(VitalData::Identification),
        (0xB0..=0xFFu8, bytes()).prop_map(|(code, bytes)| VitalData::Other { code, bytes }),
    ]
}

proptest! {
    #[test]
    fn standard_data_survive(data in standard()) {
        prop_assert_eq!(StandardInquiry::parse(&data.to_bytes()), Ok(data));
    }

    #[test]
    fn vital_pages_survive(data in vital(), first in any::<u8>()) {
        let page = VitalPage { qualifier: first >> 5, device_type: DeviceType(first & 0x1F), data };
        prop_assert_eq!(VitalPage::parse(&page.to_bytes()), Ok(page));
    }

    #[test]
    fn any_bytes_parse_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..300), vital: bool, page: u8) {
        let query = Inquiry { vital, page, allocation: 300 };
        match query.reply(&bytes) {
            Ok(InquiryData::Standard(data)) => prop_assert!(data.tail.len() + STANDARD_BYTES <= bytes.len()),
            Ok(InquiryData::Vital(vital)) => prop_assert_eq!(vital.data.code(), page),
            Err(error) => prop_assert!(error.byte <= bytes.len()),
        }
    }
}
