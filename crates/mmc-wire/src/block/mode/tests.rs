use cd_format::Control;
use proptest::prelude::*;

use super::*;
use crate::parse::FieldFault;

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// cdrecord's MODE SELECT for a dummy SAO burn on a Maxell disc, as its log shows it: page 05h of
/// length 32h, byte 2 12h (test write, SAO), audio pause 150. The log prints only four bytes of the
/// header, and stops behind the pause; the zeros there are ours.
#[test]
fn write_parameters_as_cdrecord_sent_them() {
    let mut list = hex("00 10 00 00 00 00 00 00 05 32 12 00 00 00 00 00 00 00 00 00 00 00 00 96");
    list.resize(60, 0);
    let parsed = ModeParameters::parse_list(&list, ModeForm::Ten).unwrap();
    let page: &WriteParameters = parsed.find().unwrap();
    assert_eq!((page.write_type, page.test_write, page.audio_pause), (WriteType::SAO, true, 150));
    assert!(!page.buffer_underrun_free && !page.link_size_valid);
    assert_eq!(page.to_page(), list[8..]);
}

/// Page 05h that a BD writer refused (udftools issue 33): packet, LS_V with link size 0, FP, 32 blocks.
#[test]
fn write_parameters_of_a_packet_writer() {
    let mut page = hex("05 32 20 27 08 00 00 00 00 00 00 00 00 20");
    page.resize(52, 0);
    let parsed = WriteParameters::from_page(&page);
    assert_eq!(parsed.write_type, WriteType::PACKET);
    assert!(parsed.link_size_valid && parsed.fixed_packet);
    assert_eq!((parsed.link_size, parsed.packet_size), (0, 32));
    assert_eq!(parsed.track_mode, Control::new(7));
    assert_eq!(parsed.data_block_type, DataBlockType::MODE_1);
    assert_eq!(parsed.to_page(), page);
}

/// Page 2Ah of a BDR-203 (its command reference): length 42h, bytes 2 to 7, volume 0100h, buffer
/// 0FA0h, copy management 0001h, eight descriptors.
#[test]
fn capabilities_of_a_pioneer_bdr_203() {
    let mut page = hex("2A 42 3F 37 F1 63 29 23 00 00 01 00 0F A0");
    page.resize(68, 0);
    page[23] = 1;
    page[31] = 8;
    page[32..36].copy_from_slice(&hex("00 00 1B 90"));
    let parsed = Capabilities::from_page(&page);
    assert_eq!((parsed.page_bytes, parsed.reads, parsed.writes_dvd), (0x42, 0x3F, 3));
    assert!(parsed.test_write && parsed.writes_cd_r && parsed.writes_cd_rw && parsed.buffer_underrun_free);
    assert!(parsed.cdda && parsed.accurate_stream && parsed.recording_code && parsed.catalogue_number);
    assert_eq!((parsed.loading_mechanism, parsed.lock, parsed.eject, parsed.locked), (1, true, true, false));
    assert_eq!((parsed.buffer_kb, parsed.volume_levels, parsed.copy_management), (4000, 256, 1));
    let speeds = parsed.write_speeds();
    assert_eq!(speeds.len(), 8);
    assert_eq!(speeds[0], SpeedDescriptor { rotation: RotationControl::CLV, speed: 7056 });
    assert_eq!(parsed.to_page(), page);
}

/// Pages 1Dh and 20h of a HL-DT-ST BU40N (DiscImageCreator log): group 1 9 s, group 2 10800 s; a
/// vendor page that has no type here.
#[test]
fn pages_of_a_bu40n() {
    let mut reply = hex("00 1E 00 00 00 00 00 00");
    reply.extend(hex("1D 0A 00 00 00 00 00 09 2A 30 00 00"));
    reply.extend(hex("20 0A 01 00 06 40 00 03 00 00 00 00"));
    let parsed = ModeParameters::parse_reply(&reply, ModeForm::Ten).unwrap();
    let timeouts: &TimeOutAndProtect = parsed.find().unwrap();
    assert_eq!((timeouts.group_1_seconds, timeouts.group_2_seconds), (9, 10_800));
    assert_eq!(timeouts.tail, [0, 0]);
    assert!(
        matches!(&parsed.page(0x20).unwrap().data, PageData::Other { code: 0x20, bytes } if bytes[0] == 1)
    );
}

/// HP GH40L (aaru issue 540): page 01h with read retries 19, write retries 3, byte 2 80h.
#[test]
fn error_recovery_of_a_gh40l() {
    let page = ErrorRecovery::from_page(&hex("01 0A 80 13 00 00 00 00 03 00 00 00"));
    assert!(page.reallocate_on_write && !page.post_error);
    assert_eq!((page.read_retries, page.write_retries), (19, 3));
}

#[test]
fn a_list_that_ends_inside_a_page_says_where() {
    let list = hex("00 3A 00 00 00 00 00 00 05 32 01");
    let fault = ModeParameters::parse_list(&list, ModeForm::Ten).unwrap_err();
    assert_eq!((fault.byte, fault.fault), (11, FieldFault::Short));
    assert!(ModeParameters::parse_reply(&list, ModeForm::Ten).unwrap().pages.is_empty());
}

/// SPC "Mode parameter header": what lies behind the data length is the buffer's, not the drive's.
#[test]
fn a_reply_ends_where_its_length_says() {
    let page = hex("08 0A 04 00 00 00 00 00 00 00 00 00");
    for (form, header) in [(ModeForm::Six, "0F 00 00 00"), (ModeForm::Ten, "00 12 00 00 00 00 00 00")] {
        let mut reply = hex(header);
        reply.extend(&page);
        reply.extend([0; 40]);
        let parsed = ModeParameters::parse_reply(&reply, form).unwrap();
        assert_eq!(parsed.pages.len(), 1, "{form:?}");
        assert!(parsed.find::<Caching>().is_some_and(|caching| caching.write_cache));
    }
}

/// SPC "Mode page and subpage formats": SPF is bit 6 of the page's first byte.
#[test]
fn a_subpage_is_refused_at_its_bit() {
    let list = hex("00 00 00 00 00 00 00 00 59 01 00 02 00 00");
    let fault = ModeParameters::parse_list(&list, ModeForm::Ten).unwrap_err();
    assert_eq!((fault.byte, fault.bit, fault.fault), (8, Some(6), FieldFault::Illegal));
}

#[test]
fn the_reply_counts_its_bytes_and_the_list_does_not() {
    let parameters = ModeParameters::of(vec![ModePage::new(Caching::default())]);
    let (mut six, mut ten) = (Vec::new(), Vec::new());
    parameters.emit_reply(ModeForm::Six, &mut six);
    parameters.emit_reply(ModeForm::Ten, &mut ten);
    // SPC "Mode parameter header": the length counts what follows it.
    assert_eq!((six[0], six.len(), ten[1], ten.len()), (15, 16, 18, 20));
}

/// Block sizes of Pioneer's command references, write parameters page.
#[test]
fn block_sizes() {
    for (kind, bytes) in [
        (0, 2352),
        (1, 2368),
        (2, 2448),
        (3, 2448),
        (8, 2048),
        (9, 2336),
        (10, 2048),
        (11, 2056),
        (12, 2324),
        (13, 2332),
    ] {
        assert_eq!(DataBlockType(kind).bytes_per_block(), Some(bytes));
    }
    for reserved in [4, 5, 6, 7, 14, 15] {
        assert_eq!(DataBlockType(reserved).bytes_per_block(), None);
    }
}

fn any_page() -> impl Strategy<Value = ModePage> {
    let typed = prop_oneof![
        Just(0x01),
        Just(0x05),
        Just(0x08),
        Just(0x0D),
        Just(0x0E),
        Just(0x1A),
        Just(0x1D),
        Just(0x2A),
        0u8..0x40
    ];
    (typed, proptest::collection::vec(any::<u8>(), 0..80), any::<bool>()).prop_map(
        |(code, bytes, savable)| {
            let mut page = vec![code & 0x3F, bytes.len() as u8];
            page.extend(bytes);
            let (_, parsed) = ModePage::take(&page).unwrap();
            ModePage { savable, data: parsed.data }
        },
    )
}

proptest! {
    #[test]
    fn parameters_survive_the_wire(
        medium_type in any::<u8>(), device_specific in any::<u8>(),
        block_descriptors in proptest::collection::vec(any::<u8>(), 0..24),
        pages in proptest::collection::vec(any_page(), 0..4),
    ) {
        let parameters = ModeParameters { medium_type, device_specific, block_descriptors, pages };
        for form in [ModeForm::Six, ModeForm::Ten] {
            let (mut list, mut reply) = (Vec::new(), Vec::new());
            parameters.emit_list(form, &mut list);
            parameters.emit_reply(form, &mut reply);
            prop_assert_eq!(ModeParameters::parse_list(&list, form), Ok(parameters.clone()));
            prop_assert_eq!(ModeParameters::parse_reply(&reply, form), Ok(parameters.clone()));
        }
    }

    #[test]
    fn any_bytes_parse_or_fail_cleanly(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for form in [ModeForm::Six, ModeForm::Ten] {
            let _ = ModeParameters::parse_list(&bytes, form);
            let _ = ModeParameters::parse_reply(&bytes, form);
        }
    }
}
