//! A session read back. Its image has 150 sectors of lead-in, 150 of pregap, a data track at 0, an
//! audio track at 40, and a lead-out from 120 to 150.

use std::io::Cursor;

use cd_format::sector::scramble::scramble;
use cd_format::sub_channel::QFrame;
use cd_format::sub_channel::interleave::{q_frame, set_pq};
use cd_format::sub_channel::pq16::to_pq16;
use cd_format::{Adr, Control, Lba, Msf, Point, TocEntry};

use super::burner::Burner;
use super::script::NONE;
use super::*;
use crate::verify::{Channel, Verified};
use crate::{Error, SectorType, WriteAction};

const START: i32 = -300;
const AUDIO: i32 = 40;
const LEAD_OUT: i32 = 120;
const END: i32 = 150;
const LEAD_IN: i32 = 300;

/// The table of contents: control, point, time.
fn entries() -> [(u8, u8, [u8; 3]); 5] {
    let time = |lba: i32| {
        let msf = Lba(lba).to_msf().unwrap();
        [msf.minute(), msf.second(), msf.frame()]
    };
    [
        (4, 0xA0, [1, 0, 0]),
        (0, 0xA1, [2, 0, 0]),
        (0, 0xA2, time(LEAD_OUT)),
        (4, 0x01, time(0)),
        (0, 0x02, time(AUDIO)),
    ]
}

fn q(lba: i32) -> QFrame {
    let absolute = Lba(lba).to_msf().unwrap();
    let msf =
        |frames: i32| Msf::new(0, u8::try_from(frames / 75).unwrap(), u8::try_from(frames % 75).unwrap());
    let at = |control, tno, index, frames| {
        QFrame::position(Control::new(control), tno, index, msf(frames).unwrap(), absolute).unwrap()
    };
    match lba {
        ..-150 => {
            let (control, point, p_time) = entries()[usize::try_from(lba - START).unwrap() / 3 % 5];
            let entry =
                TocEntry::new(0, Adr::POSITION, Control::new(control), Point(point)).with_p_time(p_time);
            QFrame::toc(&entry).unwrap()
        }
        -150..0 => at(4, 1, 0, -lba),
        0..AUDIO => at(4, 1, 1, lba),
        AUDIO..LEAD_OUT => at(0, 2, 1, lba - AUDIO),
        _ => at(0, 0xAA, 1, lba - LEAD_OUT),
    }
}

/// Main channel: scrambled sectors in the data track, noise in the audio track, else silence.
fn main_channel(lba: i32) -> [u8; 2352] {
    let mut main = [0; 2352];
    let mut state = lba.unsigned_abs().wrapping_mul(0x9E37_79B9) | 1;
    for byte in &mut main {
        // Marsaglia's 32-bit xorshift.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *byte = state as u8;
    }
    match lba {
        ..AUDIO => {
            main[..12].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
            scramble(&mut main);
        }
        // Music begins and ends with silence.
        AUDIO | 41 | LEAD_OUT.. => main.fill(0),
        _ => {}
    }
    main
}

fn image(sector_type: SectorType) -> Vec<u8> {
    let sector = |lba: i32| {
        let mut sub = [0; 96];
        if sector_type == SectorType::RAW {
            // R to W: something in every sector.
            sub.fill(lba as u8 & 0x3F);
        }
        set_pq(&mut sub, false, q(lba));
        let main = main_channel(lba);
        match sector_type {
            SectorType::PQ_ONLY => [&main[..], &to_pq16(q(lba), false)].concat(),
            _ => [&main[..], &sub].concat(),
        }
    };
    (START..END).flat_map(sector).collect()
}

/// READ TOC/PMA/ATIP format 2 of that table.
fn full_toc() -> Vec<u8> {
    let mut bytes = vec![0, 2 + 11 * 5, 1, 1];
    for (control, point, p_time) in entries() {
        bytes.extend([1, 0x10 | control, 0, point, 0, 0, 0, 0]);
        bytes.extend(p_time);
    }
    bytes
}

/// The image, written.
fn written(sector_type: SectorType) -> (Burner, RawCd, Cursor<Vec<u8>>) {
    let burner = Burner::short();
    burner.script.table(2, [Answer::Data(full_toc())]);
    let object = burner.prepared();
    object.set_requested_sector_type(sector_type).unwrap();
    let mut image = Cursor::new(image(sector_type));
    object.write_media2(&mut image, LEAD_IN).unwrap();
    (burner, object, image)
}

const EQUAL: Verified = Verified {
    sectors: 120,
    audio_shift: 0,
    q_equal: 120,
    q_unreadable: 0,
    rw_different: 0,
    toc: true,
    sub_channel: true,
};

/// Where a byte of a sector lies in what was recorded.
fn place(lba: i32, byte: usize) -> usize {
    usize::try_from(lba - START).unwrap() * 2448 + byte
}

#[test]
fn what_was_written_is_read_back() {
    for sector_type in SectorType::ALL {
        let (burner, object, mut image) = written(sector_type);
        assert_eq!(object.verify_media(&mut image, LEAD_IN), Ok(EQUAL), "{sector_type}");
        let reads = burner.script.cdbs(READ_CD);
        assert!(reads.iter().all(|cdb| cdb[2] == 0), "nothing below 0 is asked for");
        let lengths: Vec<_> = reads.iter().map(|cdb| (cdb[5], cdb[8])).collect();
        assert_eq!(
            lengths,
            [(0, 26), (26, 14), (40, 26), (66, 26), (92, 26), (118, 2)],
            "tracks are read apart"
        );
        object.release_media().unwrap();
    }
}

#[test]
fn a_byte_of_data_that_differs_is_named() {
    let (burner, object, mut image) = written(SectorType::COOKED);
    burner.damage(|bytes| bytes[place(39, 1234)] ^= 0x10);
    let expected = {
        let mut main = main_channel(39);
        scramble(&mut main);
        main[1234]
    };
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    let seen = expected ^ 0x10;
    assert_eq!(
        error,
        Error::VerifyFailed { lba: Lba(39), channel: Channel::Main, byte: 1234, expected, seen }
    );
    assert_eq!(error.hresult(), HResult::E_IMAPI_BURN_VERIFICATION_FAILED);
    let text = format!("LBA 39, byte 1234 of the main channel: expected {expected:02X}, seen {seen:02X}");
    assert_eq!(error.to_string(), text);
}

/// Whether it is the first of a command, the last, or between.
#[test]
fn a_sector_that_cannot_be_read_is_named() {
    for lba in [0, 1, 25, 26, 39, 40, 65, 119] {
        let (burner, object, mut image) = written(SectorType::RAW);
        burner.scratch(lba);
        let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
        let sense = "3/11/05".parse().unwrap();
        assert_eq!(error, Error::Unreadable { lba: Lba(lba), sense });
        assert_eq!(error.hresult(), HResult::E_IMAPI_BURN_VERIFICATION_FAILED);
        assert!(error.to_string().starts_with(&format!("LBA {lba} cannot be read: 3/11/05")), "{error}");
        assert_eq!(error.sense(), Some(sense));
    }
}

/// Every sector of the program, its first and last byte.
#[test]
fn no_byte_of_the_program_may_differ() {
    for lba in [0, 1, 25, 26, 39, 40, 41, 42, 43, 65, 66, 117, 118, 119] {
        for byte in [0, 11, 12, 2351] {
            let (burner, object, mut image) = written(SectorType::COOKED);
            burner.damage(|bytes| bytes[place(lba, byte)] ^= 1);
            match object.verify_media(&mut image, LEAD_IN) {
                Err(Error::VerifyFailed { lba: at, channel: Channel::Main, byte: which, .. }) => {
                    assert_eq!((at.0, which), (lba, byte));
                }
                other => panic!("{lba} {byte}: {other:?}"),
            }
        }
    }
}

#[test]
fn what_no_drive_reads_is_not_compared() {
    let (burner, object, mut image) = written(SectorType::COOKED);
    burner.damage(|bytes| {
        bytes[place(-300, 0)] ^= 1;
        bytes[place(-1, 0)] ^= 1;
        bytes[place(120, 0)] ^= 1;
    });
    assert_eq!(object.verify_media(&mut image, LEAD_IN), Ok(EQUAL));
}

/// Q says another track or time, with a good CRC.
#[test]
fn a_q_that_differs_is_named() {
    let (burner, object, mut image) = written(SectorType::RAW);
    burner.damage(|bytes| {
        let sub = &mut bytes[place(50, 2352)..place(50, 2448)];
        let mut body = q(50).body();
        body[1] = 0x03;
        set_pq(sub.first_chunk_mut().unwrap(), false, QFrame::seal(body));
    });
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    let (expected, seen) = (0x02, 0x03);
    assert_eq!(error, Error::VerifyFailed { lba: Lba(50), channel: Channel::Q, byte: 1, expected, seen });
    assert_eq!(error.to_string(), "LBA 50, byte 1 of Q: expected 02, seen 03");
}

#[test]
fn what_a_drive_alters_of_a_sub_channel_is_counted_or_left_out() {
    let (burner, object, mut image) = written(SectorType::RAW);
    burner.damage(|bytes| {
        // P, in every bit.
        bytes[place(3, 2352)..place(3, 2448)].iter_mut().for_each(|byte| *byte ^= 0x80);
        // A bit of Q: the CRC does not fit any more.
        bytes[place(4, 2360)] ^= 0x40;
        // A bit of R.
        bytes[place(5, 2360)] ^= 0x20;
        // Q of the sector behind.
        let sub: [u8; 96] = bytes[place(61, 2352)..place(61, 2448)].try_into().unwrap();
        set_pq(bytes[place(60, 2352)..].first_chunk_mut().unwrap(), false, q_frame(&sub));
    });
    let found = object.verify_media(&mut image, LEAD_IN);
    assert_eq!(found, Ok(Verified { q_equal: 119, q_unreadable: 1, rw_different: 1, ..EQUAL }));
}

/// libburn and cdrdao send the CRC of 16-byte sub-channel not inverted; drives make their own.
#[test]
fn the_images_crc_is_not_compared() {
    let (_, object, image) = written(SectorType::PQ_ONLY);
    let mut bytes = image.into_inner();
    for sector in bytes.chunks_exact_mut(2368) {
        sector[2362] ^= 0xFF;
        sector[2363] ^= 0xFF;
    }
    assert_eq!(object.verify_media(&mut Cursor::new(bytes), LEAD_IN), Ok(EQUAL));
}

#[test]
fn a_drive_that_reads_audio_late_or_early_is_no_error() {
    for shift in [1, -1, 30, 102, -582, 588, 667, 1776, 2352, -2352] {
        let (burner, object, mut image) = written(SectorType::COOKED);
        burner.shift_audio(shift);
        let found = object.verify_media(&mut image, LEAD_IN);
        assert_eq!(found, Ok(Verified { audio_shift: shift, ..EQUAL }), "{shift}");
        // By so much and no other.
        burner.damage(|bytes| bytes[place(100, 0)] ^= 1);
        assert!(object.verify_media(&mut image, LEAD_IN).is_err(), "{shift}");
    }
    let (burner, object, mut image) = written(SectorType::COOKED);
    burner.shift_audio(2353);
    assert!(object.verify_media(&mut image, LEAD_IN).is_err(), "no drive is that far off");
}

/// A sector that is its neighbour's copy is no shift: its neighbours are where they belong.
#[test]
fn one_sector_in_the_wrong_place_is_no_shift() {
    for lba in [43, 80, 118, 119] {
        let (burner, object, mut image) = written(SectorType::COOKED);
        burner.damage(|bytes| bytes.copy_within(place(lba - 1, 0)..place(lba - 1, 2352), place(lba, 0)));
        match object.verify_media(&mut image, LEAD_IN) {
            Err(Error::VerifyFailed { lba: at, byte, .. }) => assert_eq!((at.0, byte), (lba, 0)),
            other => panic!("{lba}: {other:?}"),
        }
    }
}

/// A logged burn: GOOD for every sector, and a blank disc.
#[test]
fn a_drive_that_keeps_nothing_is_found_out() {
    let burner = Burner::short();
    burner.forget_what_is_written();
    let object = burner.prepared();
    let mut image = Cursor::new(image(SectorType::COOKED));
    assert_eq!(object.write_media2(&mut image, LEAD_IN), Ok(()));
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    assert_eq!(error, Error::NothingRecorded);
    assert_eq!(error.hresult(), HResult::E_IMAPI_BURN_VERIFICATION_FAILED);
}

#[test]
fn the_table_of_contents_is_the_lead_ins() {
    // Lead-out elsewhere; the control of track 2; no track 2.
    for (at, value, text) in [
        (4 + 2 * 11 + 10, 46, "point A2h: expected control 0h, 00:03:45, seen control 0h, 00:03:46"),
        (4 + 4 * 11 + 1, 0x14, "point 02h: expected control 0h, 00:02:40, seen control 4h, 00:02:40"),
        (4 + 4 * 11 + 3, 0x03, "point 02h: expected control 0h, 00:02:40, seen no such entry"),
    ] {
        let (burner, object, mut image) = written(SectorType::COOKED);
        let mut toc = full_toc();
        toc[at] = value;
        burner.script.table(2, [Answer::Data(toc)]);
        let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
        assert_eq!(error.hresult(), HResult::E_IMAPI_BURN_VERIFICATION_FAILED);
        assert!(error.to_string().ends_with(text), "{error}");
    }
    let (burner, object, mut image) = written(SectorType::COOKED);
    burner.script.table(2, [Answer::Check("5/24/00")]);
    assert_eq!(object.verify_media(&mut image, LEAD_IN), Ok(Verified { toc: false, ..EQUAL }));
}

#[test]
fn a_drive_without_sub_channels_is_read_without() {
    let (burner, object, mut image) = written(SectorType::RAW);
    burner.without_sub_channel();
    let found = object.verify_media(&mut image, LEAD_IN);
    assert_eq!(found, Ok(Verified { q_equal: 0, sub_channel: false, ..EQUAL }));
    burner.damage(|bytes| bytes[place(30, 500)] ^= 1);
    assert_eq!(code(object.verify_media(&mut image, LEAD_IN)), HResult::E_IMAPI_BURN_VERIFICATION_FAILED);
}

#[test]
fn what_cannot_be_read_is_said_with_the_drives_words() {
    let (burner, object, mut image) = written(SectorType::COOKED);
    burner.script.on(READ_CD, [Answer::Check("3/11/05")]);
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    assert!(error.to_string().contains("3/11/05"), "{error}");
    burner.script.on(READ_CD, [Answer::Data(vec![0; 100])]);
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    assert!(error.to_string().contains("at LBA 0: 100 bytes came: expected 63648"), "{error}");
    // A drive that has to get ready first, for a while, and one that never is.
    burner.script.on(READ_CD, [Answer::Check("6/28/00"), Answer::Check("2/04/01"), Answer::Check("5/21/00")]);
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    assert!(error.to_string().contains("5/21/00"), "{error}");
    burner.script.on(READ_CD, [Answer::Check("2/04/01")]);
    let number = code(object.verify_media(&mut image, LEAD_IN));
    assert_eq!(number, HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
    burner.script.on(READ_CD, [Answer::Check("6/29/00")]);
    assert_eq!(code(object.verify_media(&mut image, LEAD_IN)), HResult::E_FAIL);
    object.release_media().unwrap();
}

#[test]
fn comparing_counts_as_a_running_write() {
    let (_, object, mut image) = written(SectorType::COOKED);
    let started = object.on_update(|object, progress| {
        assert_eq!(progress.action, WriteAction::UNKNOWN);
        assert_eq!((progress.start_lba.0, progress.sector_count), (0, 150));
        assert_eq!(code(object.release_media()), HResult::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS);
        object.cancel_write().unwrap();
    });
    let error = object.verify_media(&mut image, LEAD_IN).unwrap_err();
    assert_eq!(error, Error::VerifyCancelled);
    assert_eq!(error.hresult(), HResult::E_IMAPI_REQUEST_CANCELLED);
    assert!(object.unsubscribe(started));
    assert_eq!(object.verify_media(&mut image, LEAD_IN), Ok(EQUAL));
    object.release_media().unwrap();
    let number = code(object.verify_media(&mut image, LEAD_IN));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED);
}

/// After ReleaseMedia the disc is no more to be prepared, but what it holds can still be compared.
#[test]
fn a_session_can_be_compared_without_an_object() {
    let (burner, object, mut image) = written(SectorType::COOKED);
    object.release_media().unwrap();
    let recorder = object.recorder().unwrap();
    let extent = crate::next_session::Extent {
        start: Lba(START),
        first_user: Lba(0),
        last_lead_out: Lba(359_849),
        lead_out_frames: 6750,
    };
    let session = crate::verify::Session {
        recorder: &recorder,
        extent,
        sector_type: SectorType::COOKED,
        lead_in_sectors: LEAD_IN,
    };
    let mut last = 0;
    let found = crate::verify::compare(&session, &mut image, |sectors| {
        last = sectors;
        true
    });
    assert_eq!((found, last), (Ok(EQUAL), 120));
    burner.script.on(READ_DISC_INFORMATION, [script::disc(0x00, 1, NONE, NONE)]);
    let found = crate::verify::compare(&session, &mut image, |_| true);
    assert_eq!(found, Err(Error::NothingRecorded));
}

/// Only a lead-in: nothing that could be read back.
#[test]
fn an_image_without_a_program_has_nothing_to_compare() {
    let burner = Burner::short();
    let object = burner.prepared();
    let mut image = Cursor::new(image(SectorType::COOKED)[..200 * 2448].to_vec());
    object.write_media2(&mut image, LEAD_IN).unwrap();
    let found = object.verify_media(&mut image, LEAD_IN).unwrap();
    assert_eq!((found.sectors, found.toc), (0, false));
}
