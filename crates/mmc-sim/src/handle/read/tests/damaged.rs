//! Blocks that read badly.

use super::*;
use crate::disc::damage::{Cause, Defect, DefectKind, Servo};
use crate::personality::{NegativeAddresses, UnreadableAudio};

const C2: DefectKind = DefectKind::C2 { bytes: 8, seed: 3 };

/// Mode 1 at 0, audio at 300, mode 2 form 1 at 600, and these defects.
fn damaged(defects: &[Defect]) -> Drive {
    let mut drive = mixed("Xa");
    let disc = drive.loader.disc.as_mut().unwrap();
    for defect in defects {
        disc.damage(defect.clone()).unwrap();
    }
    drive
}

fn defect(first: i32, frames: i32, kind: DefectKind) -> Defect {
    Defect::new(&(Lba(first)..Lba(first + frames)), kind)
}

/// Page 01h with these bits and so many retries.
fn recovery(drive: &mut Drive, bits: u8, retries: u8) {
    let list = [&[0; 8][..], &[0x01, 0x0A, 0x80 | bits, retries, 0, 0, 0, 0, 3, 0, 0, 0]].concat();
    let cdb = [0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0];
    assert!(drive.execute(&cdb, Data::Out(&list), Duration::from_secs(1)).unwrap().is_good());
}

/// What came, and with it the sense and the address in it.
fn outcome(drive: &mut Drive, cdb: &impl Cdb) -> (Vec<u8>, Option<(Sense, i32)>) {
    let mut reply = vec![0xEE; 1 << 18];
    let outcome = drive.execute(&cdb.bytes(), Data::In(&mut reply), Duration::from_secs(10)).unwrap();
    reply.truncate(outcome.transferred);
    let told = (!outcome.is_good()).then(|| {
        assert_eq!(outcome.sense[0], 0xF0, "the information field is valid");
        let lba = i32::from_be_bytes(*outcome.sense[3..].first_chunk().unwrap());
        (Sense::in_data(&outcome.sense).unwrap(), lba)
    });
    (reply, told)
}

fn read(lba: i32, blocks: u16) -> Read10 {
    Read10 { lba: Lba(lba), blocks, ..Read10::default() }
}

fn cd(lba: i32, blocks: u32) -> ReadCd {
    ReadCd {
        lba: Lba(lba),
        blocks,
        sync: true,
        headers: 3,
        user_data: true,
        edc_ecc: true,
        ..ReadCd::default()
    }
}

fn user(drive: &Drive, lbas: core::ops::Range<i32>) -> Vec<u8> {
    let start = if lbas.start < 300 { 16 } else { 24 };
    lbas.flat_map(|lba| plain(drive, lba)[start..start + 2048].to_vec()).collect()
}

#[test]
fn layered_correction_repairs_what_it_can() {
    let mut drive = damaged(&[defect(10, 1, C2), defect(610, 1, C2), defect(20, 1, DefectKind::Lost)]);
    for (lba, blocks) in [(9, 3), (609, 3)] {
        let (data, told) = outcome(&mut drive, &read(lba, blocks));
        assert_eq!((data, told), (user(&drive, lba..lba + 3), None), "{lba}");
    }
    let (data, told) = outcome(&mut drive, &read(18, 5));
    assert_eq!((data, told), (user(&drive, 18..20), Some((Sense::UNRECOVERED_L_EC, 20))));
    assert_eq!(
        send(&mut drive, &Verify10 { lba: Lba(18), blocks: 5, ..Verify10::default() }, 0),
        Err(Sense::UNRECOVERED_L_EC)
    );
}

#[test]
fn page_01h_says_what_becomes_of_a_block() {
    const TB: u8 = 0x20;
    const RC: u8 = 0x10;
    const PER: u8 = 0x04;
    const DTE: u8 = 0x02;
    const DCR: u8 = 0x01;
    let l_ec = |lba| Some((Sense::UNRECOVERED_L_EC, lba));
    let circ = |lba| Some((Sense::UNRECOVERED_CIRC, lba));
    let recovered = |lba| Some((Sense::RECOVERED_WITH_L_EC, lba));
    // Blocks 1 and 2 can be corrected, 4 and 5 cannot; six blocks are read, or three.
    for (bits, blocks, came, told) in [
        (0, 3, 3, None),
        (0, 6, 4, l_ec(4)),
        (TB, 6, 5, l_ec(4)),
        (RC, 6, 6, l_ec(4)),
        (PER, 3, 3, recovered(2)),
        (PER, 6, 4, l_ec(4)),
        (PER | DTE, 6, 1, recovered(1)),
        (PER | DTE | TB, 6, 2, recovered(1)),
        (DCR, 6, 1, circ(1)),
        (DCR | TB, 6, 2, circ(1)),
        (DCR | RC, 6, 6, circ(1)),
        (DCR | PER, 6, 1, circ(1)),
    ] {
        let mut drive = damaged(&[defect(1, 2, C2), defect(4, 2, DefectKind::Lost)]);
        recovery(&mut drive, bits, 2);
        let (data, seen) = outcome(&mut drive, &read(0, blocks));
        assert_eq!((data.len() / 2048, seen), (came, told), "{bits:02X}h, {blocks} blocks");
        let right = if bits & DCR == 0 { data.len().min(4 * 2048) } else { 2048 };
        assert_eq!(data[..right], user(&drive, 0..4)[..right]);
    }
}

#[test]
fn retries_are_counted_from_command_to_command() {
    let weak = Defect { recovers_after: 5, ..defect(7, 1, DefectKind::Lost) };
    let mut drive = damaged(&[weak]);
    recovery(&mut drive, 0x04, 1);
    // Two tries a command: the fifth and the sixth reading are in the third.
    for _ in 0..2 {
        assert_eq!(outcome(&mut drive, &read(7, 1)), (vec![], Some((Sense::UNRECOVERED_L_EC, 7))));
    }
    assert_eq!(
        outcome(&mut drive, &read(7, 1)),
        (user(&drive, 7..8), Some((Sense::RECOVERED_WITH_RETRIES, 7)))
    );
    assert_eq!(outcome(&mut drive, &read(7, 1)), (user(&drive, 7..8), None));
    drive.host(&crate::host::HostAct::PowerCycle).unwrap();
    assert!(drive.failed.is_empty());
}

#[test]
fn retries_take_time() {
    let took = |retries| {
        let mut drive = damaged(&[defect(7, 1, DefectKind::Lost)]);
        recovery(&mut drive, 0, retries);
        let before = drive.clock();
        outcome(&mut drive, &read(7, 1));
        drive.clock() - before
    };
    assert!(took(255) > took(10));
}

#[test]
fn audio_is_flagged_or_concealed_or_refused() {
    let mut drive = damaged(&[defect(310, 1, C2)]);
    let recorded = plain(&drive, 310);
    assert_eq!(outcome(&mut drive, &cd(309, 3)).1, Some((Sense::UNRECOVERED_CIRC, 310)));
    assert_eq!(outcome(&mut drive, &cd(309, 3)).0, plain(&drive, 309));

    let (flagged, told) = outcome(&mut drive, &ReadCd { c2: 2, ..cd(310, 1) });
    assert_eq!((flagged.len(), told), (2352 + 296, None));
    let (main, flags) = flagged.split_at(2352);
    assert_eq!(flags[0], flags[2..].iter().fold(0, |all, byte| all | byte), "the block error byte is the OR");
    assert_eq!(flags[1], 0);
    let wrong: Vec<usize> = (0..2352).filter(|n| main[*n] != recorded[*n]).collect();
    let told: Vec<usize> = (0..2352).filter(|n| flags[2 + n / 8] & 0x80 >> (n % 8) != 0).collect();
    assert_eq!((wrong.len(), &wrong), (8, &told));
    let (short, _) = outcome(&mut drive, &ReadCd { c2: 1, ..cd(310, 1) });
    assert_eq!((&short[..2352], &short[2352..]), (main, &flags[2..]));

    let (concealed, told) = outcome(&mut drive, &ReadCd { conceal_errors: true, ..cd(310, 1) });
    assert_eq!((concealed.len(), told), (2352, None));
    assert_eq!(outcome(&mut drive, &ReadCd { conceal_errors: true, ..cd(310, 1) }).0, concealed);
    std::sync::Arc::make_mut(&mut drive.personality).habits.unreadable_audio.is = UnreadableAudio::Concealed;
    assert_eq!(outcome(&mut drive, &cd(310, 1)), (concealed, None));
}

#[test]
fn a_lost_block_of_audio_is_muted() {
    let mut drive = damaged(&[defect(310, 1, DefectKind::Lost)]);
    let (concealed, _) = outcome(&mut drive, &ReadCd { conceal_errors: true, ..cd(310, 1) });
    assert_eq!(concealed, [0; 2352]);
}

#[test]
fn data_is_right_or_flagged_or_refused() {
    let mut drive = damaged(&[defect(10, 1, C2), defect(20, 1, DefectKind::Lost)]);
    assert_eq!(outcome(&mut drive, &cd(10, 1)), (plain(&drive, 10).to_vec(), None), "corrected");
    assert_eq!(outcome(&mut drive, &cd(20, 1)), (vec![], Some((Sense::UNRECOVERED_L_EC, 20))));
    let (block, told) = outcome(&mut drive, &ReadCd { c2: 1, ..cd(20, 1) });
    assert_eq!(told, None);
    assert_eq!(block[2352..], [0xFF; 294]);
    // Only the sub-channel is wanted: the main channel does not matter.
    let sub = ReadCd { lba: Lba(20), blocks: 1, sub_channel: SubChannelSelection::Q, ..ReadCd::default() };
    assert_eq!(outcome(&mut drive, &sub).1, None);
}

#[test]
fn q_with_a_bad_crc_is_given_as_it_came() {
    let mut drive = damaged(&[defect(10, 1, DefectKind::Q)]);
    for (selection, at) in [(SubChannelSelection::RAW, 0), (SubChannelSelection::Q, 0)] {
        let sub = |lba| ReadCd { lba: Lba(lba), blocks: 1, sub_channel: selection, ..ReadCd::default() };
        let (good, bad) = (outcome(&mut drive, &sub(11)).0, outcome(&mut drive, &sub(10)).0);
        let frame = |bytes: &[u8]| match selection {
            SubChannelSelection::RAW => q_frame(bytes[at..].first_chunk().unwrap()),
            _ => cd_format::sub_channel::pq16::from_pq16(bytes[at..].first_chunk().unwrap()).0,
        };
        assert!(frame(&good).crc_ok() && !frame(&bad).crc_ok());
    }
    assert_eq!(outcome(&mut drive, &read(10, 1)).1, None, "the main channel is right");
}

#[test]
fn what_the_head_does_not_reach_has_no_data() {
    for (servo, sense) in [
        (Servo::NoSeekComplete, "3/02/00"),
        (Servo::Positioning, "3/15/00"),
        (Servo::Tracking, "4/09/01"),
        (Servo::Focus, "4/09/02"),
    ] {
        let mut drive =
            damaged(&[defect(5, 2, DefectKind::Servo(servo)), defect(305, 1, DefectKind::Servo(servo))]);
        // Not even with RC.
        for bits in [0, 0x10, 0x20] {
            recovery(&mut drive, bits, 1);
            let (data, told) = outcome(&mut drive, &read(3, 5));
            assert_eq!((data.len(), told), (2 * 2048, Some((sense.parse().unwrap(), 5))));
            let (data, told) = outcome(&mut drive, &ReadCd { c2: 1, ..cd(304, 3) });
            assert_eq!((data.len(), told), (2352 + 294, Some((sense.parse().unwrap(), 305))));
        }
    }
}

#[test]
fn r_to_w_packs_are_corrected_beyond_the_scratch() {
    let mut drive = damaged(&[defect(300, 300, DefectKind::SubChannel)]);
    let packs =
        ReadCd { sub_channel: SubChannelSelection::RW, lba: Lba(310), blocks: 4, ..ReadCd::default() };
    assert_eq!(outcome(&mut drive, &packs).0.len(), 4 * 96);
}

#[test]
fn few_drives_read_below_block_0() {
    let mut drive = mixed("Xa");
    let reach = |drive: &mut Drive, is| {
        std::sync::Arc::make_mut(&mut drive.personality).habits.negative_addresses.is = is;
    };
    let whole = |lba, blocks| ReadCd { sub_channel: SubChannelSelection::RAW, ..cd(lba, blocks) };
    for (is, pregap, lead_in) in [
        (NegativeAddresses::Refused, false, false),
        (NegativeAddresses::Pregap, true, false),
        (NegativeAddresses::LeadIn, true, true),
    ] {
        reach(&mut drive, is);
        for (lba, reads) in
            [(-1, pregap), (-150, pregap), (-151, lead_in), (-5000, lead_in), (i32::MIN, false)]
        {
            let found = send(&mut drive, &whole(lba, 1), 4096);
            assert_eq!(
                found.map(|bytes| bytes.len()),
                if reads { Ok(2448) } else { Err(Sense::LBA_OUT_OF_RANGE) }
            );
        }
        assert_eq!(send(&mut drive, &read(-1, 1), 2048), Err(Sense::LBA_OUT_OF_RANGE), "READ (10) does not");
    }
    let over = send(&mut drive, &whole(-2, 4), 1 << 14).unwrap();
    for (block, lba) in over.chunks(2448).zip(-2..) {
        assert_eq!(block[..2352], plain(&drive, lba));
        assert_eq!(block[2352..], frame(&drive, lba)[2352..]);
    }
    let toc = send(&mut drive, &whole(-4000, 1), 4096).unwrap();
    let q = q_frame(toc.last_chunk().unwrap());
    assert!(q.crc_ok() && q.body()[1] == 0, "Q of the lead-in has TNO 0");
}

fn any_defect() -> impl Strategy<Value = Defect> {
    let kind = prop_oneof![
        Just(DefectKind::C1),
        (1u16..80, any::<u64>()).prop_map(|(bytes, seed)| DefectKind::C2 { bytes, seed }),
        (1u16..=2352, any::<u64>()).prop_map(|(bytes, seed)| DefectKind::C2 { bytes, seed }),
        Just(DefectKind::Lost),
        Just(DefectKind::Q),
        Just(DefectKind::SubChannel),
        prop::sample::select(vec![Servo::NoSeekComplete, Servo::Positioning, Servo::Tracking, Servo::Focus])
            .prop_map(DefectKind::Servo),
    ];
    (-10i32..900, 1u32..400, kind, 0u32..6).prop_map(|(first, frames, kind, recovers_after)| Defect {
        first: Lba(first),
        frames,
        kind,
        recovers_after,
        cause: Cause::Scratch,
    })
}

proptest! {
    /// READ (10) gives right data or an error, and before the error right data.
    #[test]
    fn data_that_is_read_is_what_was_recorded(
        defects in prop::collection::vec(any_defect(), 0..5), second: bool, lba in 0i32..290, blocks in 1u16..9,
    ) {
        let mut drive = damaged(&defects);
        recovery(&mut drive, 0, 2);
        let lba = if second { lba + 600 } else { lba };
        let (data, told) = outcome(&mut drive, &read(lba, blocks));
        prop_assert_eq!(data.len() % 2048, 0);
        let came = (data.len() / 2048) as i32;
        prop_assert!(data == user(&drive, lba..lba + came));
        match told {
            None => prop_assert_eq!(came, i32::from(blocks)),
            Some((_, at)) => prop_assert_eq!(at, lba + came),
        }
    }

    /// READ CD: a byte that is not flagged is what was recorded, with and without C2 pointers.
    #[test]
    fn what_is_not_flagged_is_right(
        defects in prop::collection::vec(any_defect(), 0..5), lba in 0i32..890, blocks in 1u32..9, c2 in 0u8..3,
    ) {
        let mut drive = damaged(&defects);
        let (data, told) = outcome(&mut drive, &ReadCd { c2, ..cd(lba, blocks) });
        let size = 2352 + [0, 294, 296][usize::from(c2)];
        prop_assert_eq!(data.len() % size, 0);
        for (block, at) in data.chunks(size).zip(lba..) {
            let recorded = plain(&drive, at);
            let flags = &block[size - if c2 == 0 { 0 } else { 294 }..];
            for n in 0..2352 {
                let flagged = flags.get(n / 8).is_some_and(|flags| flags & 0x80 >> (n % 8) != 0);
                prop_assert!(flagged || block[n] == recorded[n], "LBA {} byte {}", at, n);
            }
        }
        let came = (data.len() / size) as i32;
        prop_assert_eq!(told.map_or(lba + blocks as i32, |(_, at)| at), lba + came);
    }

    /// Whatever page 01h says: nothing panics, and the medium stays what it is.
    #[test]
    fn any_page_and_any_damage_can_be_read(
        defects in prop::collection::vec(any_defect(), 0..5), bits in 0u8..0x40, retries: u8,
        lba in -200i32..910, blocks in 1u32..6, byte_9: u8, byte_10 in 0u8..8, conceal_errors: bool,
    ) {
        let mut drive = damaged(&defects);
        recovery(&mut drive, bits & 0x37, retries);
        std::sync::Arc::make_mut(&mut drive.personality).habits.negative_addresses.is = NegativeAddresses::LeadIn;
        let before: Vec<_> = (0..900).step_by(50).map(|lba| frame(&drive, lba)).collect();
        let any = ReadCd {
            lba: Lba(lba), blocks, sync: byte_9 & 0x80 != 0, headers: byte_9 >> 5 & 3, user_data: byte_9 & 0x10 != 0,
            edc_ecc: byte_9 & 8 != 0, c2: byte_9 >> 1 & 3, sub_channel: SubChannelSelection(byte_10), conceal_errors,
            ..ReadCd::default()
        };
        let _ = send(&mut drive, &any, 1 << 16);
        let _ = send(&mut drive, &read(lba, 3), 1 << 16);
        let _ = send(&mut drive, &Verify10 { lba: Lba(lba), blocks: 3, ..Verify10::default() }, 0);
        let _ = send(&mut drive, &ReadHeader { msf: false, lba: Lba(lba), allocation: 8 }, 8);
        let after: Vec<_> = (0..900).step_by(50).map(|lba| frame(&drive, lba)).collect();
        prop_assert!(before == after);
    }
}

#[test]
fn a_catalogue_number_that_cannot_be_read_is_not_valid() {
    let number = ReadSubChannel {
        data: true,
        format: SubChannelFormat::MCN,
        allocation: 24,
        ..ReadSubChannel::default()
    };
    for (frames, valid) in [(0, 0x80), (50, 0x80), (300, 0)] {
        let mut drive = if frames == 0 { damaged(&[]) } else { damaged(&[defect(0, frames, DefectKind::Q)]) };
        assert_eq!(send(&mut drive, &number, 24).unwrap()[8], valid, "{frames}");
    }
}
