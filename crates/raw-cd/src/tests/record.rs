//! The sectors on their way to the drive.

use scsi_transport::TransportError;

use super::burner::{Burner, Numbered, SHORT_START};
use super::script::{appendable, configuration, disc};
use super::*;
use crate::{Error, ImageError, RawImage, SectorType};

/// Lead-in, pregap, a program of 20 and a lead-out of 50, for a lead-in from -300.
const SECTORS: u64 = 300 + 20 + 50;
const LEAD_IN: i32 = 300;

fn write(burner: &Burner) -> Result<(), Error> {
    burner.prepared().write_media2(&mut Numbered::of(SECTORS), LEAD_IN)
}

/// LBA and blocks of every WRITE.
fn writes(burner: &Burner) -> Vec<(i32, u16)> {
    let fields = |cdb: Vec<u8>| {
        let lba = i32::from_be_bytes(cdb[2..6].try_into().unwrap());
        (lba, u16::from_be_bytes(cdb[7..9].try_into().unwrap()))
    };
    burner.script.cdbs(WRITE_10).into_iter().map(fields).collect()
}

/// The order of IMAPI's sample of the same team, and of cdrdao: parameters, calibration, sectors,
/// flush.
#[test]
fn what_is_sent_in_which_order() {
    let burner = Burner::short();
    let object = burner.prepared();
    object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap();
    let mut opcodes = burner.script.opcodes();
    opcodes.dedup();
    let from = opcodes.iter().position(|opcode| *opcode == MODE_SELECT_10).unwrap();
    assert_eq!(
        opcodes[from..],
        [MODE_SELECT_10, SEND_OPC, WRITE_10, SYNCHRONIZE_CACHE, TEST_UNIT_READY, READ_DISC_INFORMATION]
    );
    assert_eq!(burner.script.cdbs(SEND_OPC), [[0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]]);
    assert_eq!(burner.start(), Some(SHORT_START));
    assert_eq!(burner.bytes(), Numbered::of(SECTORS).all());
    object.release_media().unwrap();
}

/// 64 KiB hold 26 blocks of 2448 bytes, 63648, and 27 of 2368, 63936.
#[test]
fn a_transfer_is_as_long_as_64_kib_allow() {
    let burner = Burner::short();
    write(&burner).unwrap();
    let mut expected: Vec<_> = (0..14).map(|n| (SHORT_START + 26 * n, 26)).collect();
    expected.push((SHORT_START + 26 * 14, 370 - 26 * 14));
    assert_eq!(writes(&burner), expected);

    let burner = Burner::short();
    let object = burner.prepared();
    object.set_requested_sector_type(SectorType::PQ_ONLY).unwrap();
    let mut image = Numbered { sector_bytes: 2368, ..Numbered::of(SECTORS) };
    object.write_media2(&mut image, LEAD_IN).unwrap();
    assert_eq!(writes(&burner)[..2], [(SHORT_START, 27), (SHORT_START + 27, 27)]);
    assert_eq!(burner.blocks(), 370);
}

#[test]
fn a_transfer_is_as_long_as_the_adapter_allows() {
    for (bytes, blocks) in [(2448, 1), (4895, 1), (4896, 2), (128 * 1024, 53), (1 << 40, 370)] {
        let burner = Burner::short();
        let object = burner.prepared();
        object.recorder().unwrap().set_max_transfer_bytes(bytes).unwrap();
        object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap();
        assert_eq!(writes(&burner)[0].1, blocks, "{bytes}");
        assert_eq!(burner.bytes(), Numbered::of(SECTORS).all());
    }
    let recorder = Burner::short().prepared().recorder().unwrap();
    assert_eq!(code(recorder.set_max_transfer_bytes(2447)), HResult::E_INVALIDARG);
    assert_eq!(recorder.max_transfer_bytes(), 65_536);
}

/// Figures of a disc with 97:26:66: 11016 sectors are skipped, the first WRITE goes to FFFFD28E.
#[test]
fn an_image_from_95_minutes_is_cut_to_the_disc() {
    for seeks in [true, false] {
        let burner = Burner::of(&Script::blank_cd_r());
        let mut image = Numbered { seeks, ..Numbered::of(22_650 + 10) };
        burner.prepared().write_media(&mut image).unwrap();
        assert_eq!(burner.script.cdbs(WRITE_10)[0][..9], [0x2A, 0, 0xFF, 0xFF, 0xD2, 0x8E, 0, 0, 26]);
        assert_eq!(burner.blocks(), 11_634 + 10);
        assert_eq!(burner.bytes()[..4], 11_016_u32.to_be_bytes());
        assert_eq!(burner.bytes()[11_643 * 2448..][..4], 22_659_u32.to_be_bytes());
    }
}

#[test]
fn a_reader_that_cannot_seek_is_read_up_to_the_first_sector() {
    let burner = Burner::short();
    let bytes = Numbered::of(SECTORS + 7).all();
    let mut image = crate::ReadOnce::new(&bytes[..], bytes.len() as u64);
    burner.prepared().write_media2(&mut image, LEAD_IN + 7).unwrap();
    assert_eq!(burner.bytes(), bytes[7 * 2448..]);
}

/// A pipe gives what it has.
#[test]
fn short_reads_are_put_together() {
    let burner = Burner::short();
    let mut image = Numbered { seeks: false, gulp: 1000, ..Numbered::of(SECTORS + 7) };
    burner.prepared().write_media2(&mut image, LEAD_IN + 7).unwrap();
    assert_eq!(burner.bytes(), Numbered::of(SECTORS + 7).all()[7 * 2448..]);
}

/// Pioneer's manuals: 2/04/08 means that the buffer is full and the same command is to come again;
/// 40 to 60 ms are what cdrdao and cdrecord wait.
#[test]
fn a_full_buffer_gets_the_same_command_again() {
    for sense in ["2/04/08", "2/04/07"] {
        let burner = Burner::short();
        for n in [0, 1, 2, 5, 6] {
            burner.fault(n, Answer::Check(sense));
        }
        write(&burner).unwrap();
        assert_eq!(burner.bytes(), Numbered::of(SECTORS).all());
        let lbas: Vec<_> = writes(&burner).iter().map(|(lba, _)| *lba).collect();
        assert_eq!(lbas[..8], [-300, -300, -300, -300, -274, -248, -248, -248]);
        // At 7056 kB/s, 3000 sectors a second.
        assert_eq!(burner.script.waited().as_millis(), 5 * 40);
    }
}

#[test]
fn the_wait_follows_the_speed() {
    // 706 kB/s are 300 sectors a second, 2822 are 1199, 7056 are 3000; a page that is no page tells
    // none.
    for (kilobytes, milliseconds) in [(706, 60), (2822, 54), (7056, 40), (0, 60)] {
        let burner = Burner::short();
        let object = burner.prepared();
        let page = script::mode_data(&script::capabilities(kilobytes, false, &[]));
        burner
            .script
            .page(0x2A, [if kilobytes == 0 { Answer::Check("5/24/00") } else { Answer::Data(page) }]);
        burner.fault(3, Answer::Check("2/04/08"));
        object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap();
        assert_eq!(burner.script.waited().as_millis(), milliseconds, "{kilobytes}");
    }
}

#[test]
fn a_buffer_that_stays_full_ends_the_write() {
    for (answer, number) in [
        (Answer::Check("2/04/08"), HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
        (Answer::Check("2/04/07"), HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
        (Answer::Status(0x08), HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
    ] {
        let burner = Burner::short();
        let object = burner.prepared();
        burner.script.on(WRITE_10, [answer]);
        assert_eq!(code(object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN)), number);
        assert_eq!(burner.script.waited().as_secs(), 260);
        assert_eq!(burner.script.cdbs(WRITE_10).len(), 260_000 / 40 + 1);
        object.release_media().unwrap();
    }
}

/// Rows of the published table where there is one; else 'write failed because of drive error
/// information'.
#[test]
fn any_other_sense_ends_the_write() {
    let unexpected = HResult::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
    let failures = [
        ("3/0C/09", HResult::E_IMAPI_LOSS_OF_STREAMING),
        ("5/21/02", unexpected),
        ("5/21/00", unexpected),
        ("5/64/00", unexpected),
        ("5/2C/00", unexpected),
        ("5/63/00", unexpected),
        ("5/72/03", unexpected),
        ("5/20/00", unexpected),
        ("5/24/00", unexpected),
        ("3/0C/00", unexpected),
        ("3/0C/07", unexpected),
        ("3/73/02", unexpected),
        ("3/73/03", HResult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH),
        ("3/72/01", unexpected),
        ("6/29/00", unexpected),
        ("6/28/00", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        ("2/04/00", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        ("2/04/01", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        ("2/04/04", HResult::E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS),
        ("2/3A/02", HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA),
        ("5/30/05", HResult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE),
        ("7/27/00", HResult::E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED),
        ("4/44/00", unexpected),
        ("8/64/00", unexpected),
        ("B/00/00", unexpected),
    ];
    for (sense, number) in failures {
        for n in [0, 3] {
            let burner = Burner::short();
            burner.fault(n, Answer::Check(sense));
            let object = burner.prepared();
            let error = object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap_err();
            assert_eq!(error.hresult(), number, "{sense}");
            assert!(error.to_string().contains(sense), "{error}");
            assert_eq!(writes(&burner).len(), n as usize + 1, "{sense}: nothing is sent after it");
            assert_eq!(burner.flushed(), 1, "{sense}: the drive is told that this is the end");
            object.release_media().unwrap();
        }
    }
}

/// SPC, sense key RECOVERED ERROR: the command is done. 1/73/01: the calibration area is almost full.
#[test]
fn what_the_drive_mended_is_written() {
    for sense in ["1/73/01", "1/0C/0A", "1/0C/01", "0/00/00"] {
        let burner = Burner::short();
        let object = burner.prepared();
        burner.script.on(WRITE_10, [Answer::Check(sense)]);
        assert_eq!(object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN), Ok(()), "{sense}");
        assert_eq!(writes(&burner).len(), 15);
    }
}

#[test]
fn bytes_that_were_not_taken_end_the_write() {
    struct Short(Burner);
    impl scsi_transport::Transport for Short {
        fn execute(
            &mut self,
            cdb: &[u8],
            data: scsi_transport::Data<'_>,
            timeout: core::time::Duration,
        ) -> Result<scsi_transport::Outcome, TransportError> {
            let mut outcome = self.0.execute(cdb, data, timeout)?;
            if cdb[0] == WRITE_10 && cdb[5] == 0xEE {
                outcome.transferred -= 2448;
            }
            Ok(outcome)
        }
        fn wait(&mut self, duration: core::time::Duration) {
            self.0.wait(duration);
        }
    }
    let burner = Burner::short();
    let object = RawCd::default();
    object.set_recorder(Some(&Recorder::new(Short(burner.clone())))).unwrap();
    object.set_client_name("RawCD").unwrap();
    object.prepare_media().unwrap();
    let error = object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap_err();
    assert_eq!(error.hresult(), HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE);
    // FFFFFEEE is the second WRITE: -274.
    assert!(
        error.to_string().contains("LBA -274: 61200 bytes were taken with GOOD: expected 63648"),
        "{error}"
    );
    assert_eq!(burner.flushed(), 1);
}

#[test]
fn a_drive_that_is_gone_is_not_talked_to() {
    let burner = Burner::short();
    burner.fault(2, Answer::Error(TransportError::Gone("unplugged".to_owned())));
    let number = code(write(&burner));
    assert_eq!(number, HResult::ERROR_DEV_NOT_EXIST);
    assert_eq!(burner.flushed(), 0);
}

/// MMC "CD Write Parameters Mode Page": byte 2 BUFE 40h and write type 3, byte 3 multi-session, byte 4
/// data block type, byte 8 session format.
#[test]
fn the_drives_own_page_is_set_for_raw() {
    let sent = |object: &RawCd, burner: &Burner, image: &mut Numbered| {
        object.write_media2(image, LEAD_IN).unwrap();
        let mut lists = burner.script.lists(MODE_SELECT_10);
        assert_eq!(lists.len(), 1);
        let list = lists.remove(0);
        assert_eq!(list.len(), 8 + 52, "as long as the drive's");
        assert_eq!(list[23], 150, "the pause stays");
        list[8..17].to_vec()
    };
    let burner = Burner::short();
    let object = burner.prepared();
    let page = sent(&object, &burner, &mut Numbered::of(SECTORS));
    assert_eq!(page, [0x05, 0x32, 0x43, 0x00, 2, 0, 0, 0, 0]);

    let burner = Burner::short();
    let object = burner.prepared();
    object.set_buffer_underrun_free_disabled(true).unwrap();
    object.set_requested_sector_type(SectorType::RAW).unwrap();
    let page = sent(&object, &burner, &mut Numbered::of(SECTORS));
    assert_eq!(page, [0x05, 0x32, 0x03, 0x00, 3, 0, 0, 0, 0]);

    // A drive without protection; and one that has none to tell, whose page has it on.
    let burner = Burner::short();
    burner.script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x2F))]);
    let object = burner.prepared();
    assert_eq!(sent(&object, &burner, &mut Numbered::of(SECTORS))[2], 0x03);
    let burner = Burner::short();
    burner.script.on(GET_CONFIGURATION, [Answer::Check("5/20/00")]);
    let object = burner.prepared();
    assert_eq!(sent(&object, &burner, &mut Numbered::of(SECTORS))[2], 0x43);

    // The next session allowed, where the caller wants more and the drive can.
    let burner = Burner::short();
    burner.script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x7F))]);
    let object = burner.prepared_with(MediaPolicy::Appendable);
    assert_eq!(sent(&object, &burner, &mut Numbered::of(SECTORS))[3], 0xC0);
    let burner = Burner::short();
    let object = burner.prepared_with(MediaPolicy::Appendable);
    assert_eq!(sent(&object, &burner, &mut Numbered::of(SECTORS))[3], 0x00);
}

#[test]
fn a_refused_page_is_a_refused_sector_type() {
    for (sense, number) in [
        ("5/26/00", HResult::E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED),
        ("5/26/02", HResult::E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED),
        ("5/24/00", HResult::E_FAIL),
        ("2/04/08", HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
        ("6/29/00", HResult::E_FAIL),
    ] {
        let burner = Burner::short();
        let object = burner.prepared();
        burner.script.on(MODE_SELECT_10, [Answer::Check(sense)]);
        let error = object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN);
        assert_eq!(code(error), number, "{sense}");
        assert_eq!(burner.script.cdbs(SEND_OPC).len() + writes(&burner).len(), 0, "{sense}");
        assert_eq!(burner.flushed(), 0, "nothing has begun");
    }
}

/// IMAPI's erase sample ignores a calibration that fails; the table has a word for one of them.
#[test]
fn a_failed_calibration_matters_only_where_it_says_something() {
    for sense in ["5/20/00", "5/24/00", "3/73/00", "3/73/02", "3/73/04", "2/04/08", "1/73/03", "4/44/00"] {
        let burner = Burner::short();
        burner.script.on(SEND_OPC, [Answer::Check(sense)]);
        assert_eq!(write(&burner), Ok(()), "{sense}");
    }
    for (answer, number) in [
        (Answer::Check("3/73/03"), HResult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH),
        (Answer::Check("6/28/00"), HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        (Answer::Check("6/29/00"), HResult::E_FAIL),
        (Answer::Error(TransportError::Gone(String::new())), HResult::ERROR_DEV_NOT_EXIST),
    ] {
        let burner = Burner::short();
        burner.script.on(SEND_OPC, [answer]);
        assert_eq!(code(write(&burner)), number);
        assert_eq!(burner.start(), None, "nothing was recorded");
    }
}

/// After a write the disc is not blank, so a second one on the same prepare is refused; the object
/// stays prepared.
#[test]
fn a_second_write_finds_the_disc_written() {
    let burner = Burner::short();
    let object = burner.prepared();
    let mut image = Numbered::of(SECTORS);
    object.write_media2(&mut image, LEAD_IN).unwrap();
    // Finalised, so by its type already no CD-R any more.
    let number = code(object.write_media2(&mut image, LEAD_IN));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED);
    burner.script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    let number = code(object.write_media2(&mut image, LEAD_IN));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK);
    assert_eq!(object.start_of_next_session().map(|lba| lba.0), Ok(SHORT_START));
    assert_eq!(burner.blocks(), 370);
    object.release_media().unwrap();
}

/// Where several sessions are allowed the disc is still good, but the next session is elsewhere.
#[test]
fn a_second_write_does_not_go_where_the_first_went() {
    let burner = Burner::short();
    burner.script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x7F))]);
    let object = burner.prepared_with(MediaPolicy::Appendable);
    object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap();
    burner.script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    let mut image = Numbered::of(4650 + 10);
    let error = object.write_media2(&mut image, 4650).unwrap_err();
    assert_eq!(error.hresult(), HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK);
    assert!(error.to_string().contains("LBA 106750"), "{error}");
    // Prepared again, it goes there.
    object.release_media().unwrap();
    object.prepare_media().unwrap();
    let burner_of_second = writes(&burner).len();
    assert_eq!(code(object.write_media2(&mut image, 4650)), HResult::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    assert_eq!(writes(&burner)[burner_of_second], (106_750, 26), "this burner has one session only");
}

#[test]
fn an_image_that_fails_ends_the_write() {
    struct Breaks(Numbered);
    impl RawImage for Breaks {
        fn bytes(&mut self) -> Result<u64, ImageError> {
            self.0.bytes()
        }
        fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
            self.0.seek_to(offset)
        }
        fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
            if self.0.at > 200 * 2448 {
                return Err(ImageError { hresult: HResult(0x8003_001E), text: "STG_E_READFAULT".to_owned() });
            }
            self.0.read_some(buffer)
        }
    }
    let burner = Burner::short();
    let object = burner.prepared();
    let number = code(object.write_media2(&mut Breaks(Numbered::of(SECTORS)), LEAD_IN));
    assert_eq!(number, HResult(0x8003_001E));
    assert_eq!(burner.blocks(), 8 * 26, "what was whole before it");
    assert_eq!(burner.flushed(), 1);
    object.release_media().unwrap();
}

/// Incomplete, as MMC has it: appendable (1), last session incomplete (1).
#[test]
fn a_disc_that_a_write_left_open_is_not_blank() {
    let burner = Burner::short();
    burner.fault(4, Answer::Check("3/0C/00"));
    let object = burner.prepared();
    object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN).unwrap_err();
    burner.script.on(READ_DISC_INFORMATION, [disc(0x05, 1, [0xFF; 3], [79, 59, 74])]);
    assert_eq!(object.media_physically_blank(), Ok(false));
    let number = code(object.write_media2(&mut Numbered::of(SECTORS), LEAD_IN));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK);
}
