//! What is written onto simulated discs, in whatever order and however it ends: a burnt frame stays as it
//! is, and every reply about the disc agrees with every other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

mod agreement;
mod host;
mod session;

use std::time::Duration;

use cd_format::{Lba, RecordedFrames};
use mmc_sim::disc::Disc;
use mmc_sim::{DiscKind, Drive, HostAct, Personality, Scene};
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, MultiSession, WriteType};
use mmc_wire::command::{Blank, BlankingType, CloseFunction, CloseTrackSession, SynchronizeCache10};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use raw_cd::{Error, MediaPolicy, RawCd, Recorder};
use scsi_transport::Transport;

const LEAD_IN: Lba = Lba(-11_634);
const FRAME: usize = cd_format::FRAME_BYTES;

fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/seeds/recording.txt"))),
        ..ProptestConfig::default()
    }
}

fn drive(kind: DiscKind) -> Drive {
    let mut personality = Personality::reference();
    if let Some(raw) = &mut personality.abilities.raw {
        raw.multisession = true;
    }
    let scene = Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Drive::new(personality, &scene).unwrap()
}

/// What a host does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Parameters {
        write_type: WriteType,
        block_type: DataBlockType,
        multi: MultiSession,
        test: bool,
        fixed: bool,
    },
    /// Blocks of nothing in particular, at the next writable address or so many blocks off.
    Write {
        off: i32,
        blocks: u16,
    },
    /// A raw session from its first block, or some of it.
    Session {
        appendable: bool,
        share: u16,
    },
    Synchronise {
        immediate: bool,
    },
    Close {
        function: u8,
        immediate: bool,
    },
    Blank {
        kind: u8,
        immediate: bool,
    },
    Wait {
        milliseconds: u16,
    },
    PowerCycle,
}

fn deed() -> impl Strategy<Value = Deed> {
    let write_type = prop_oneof![
        Just(WriteType::TAO),
        Just(WriteType::SAO),
        Just(WriteType::RAW),
        Just(WriteType::PACKET)
    ];
    let block_type = (0_u8..14).prop_map(DataBlockType);
    let multi = (0_u8..4).prop_map(MultiSession);
    let off = prop_oneof![9 => Just(0), 1 => -3_i32..3];
    prop_oneof![
        3 => (write_type, block_type, multi, any::<[bool; 2]>()).prop_map(|(write_type, block_type, multi, [test, fixed])| {
            let test = test && write_type != WriteType::RAW;
            Deed::Parameters { write_type, block_type, multi, test, fixed: fixed && write_type == WriteType::PACKET }
        }),
        6 => (off, 0_u16..200).prop_map(|(off, blocks)| Deed::Write { off, blocks }),
        2 => (any::<bool>(), prop_oneof![Just(u16::MAX), any::<u16>()])
            .prop_map(|(appendable, share)| Deed::Session { appendable, share }),
        3 => any::<bool>().prop_map(|immediate| Deed::Synchronise { immediate }),
        2 => (0_u8..4, any::<bool>()).prop_map(|(function, immediate)| Deed::Close { function, immediate }),
        1 => (0_u8..8, any::<bool>()).prop_map(|(kind, immediate)| Deed::Blank { kind, immediate }),
        2 => (0_u16..5000).prop_map(|milliseconds| Deed::Wait { milliseconds }),
        1 => Just(Deed::PowerCycle),
    ]
}

fn perform(drive: &mut Drive, deed: Deed) {
    // What the drive refuses it refuses; what came of it is looked at afterwards.
    let _ = match deed {
        Deed::Parameters { write_type, block_type, multi, test, fixed } => {
            host::set_parameters(drive, write_type, block_type, multi, test, fixed)
        }
        Deed::Write { off, blocks } => host::write_something(drive, off, blocks),
        Deed::Session { appendable, share } => host::burn_part(drive, appendable, share),
        Deed::Synchronise { immediate } => {
            host::order(drive, &SynchronizeCache10 { immediate, ..SynchronizeCache10::default() })
        }
        Deed::Close { function, immediate } => {
            let cdb = CloseTrackSession {
                immediate,
                function: CloseFunction(function),
                // The track that is not complete.
                track: if function == 1 { 0xFF } else { 0 },
            };
            host::order(drive, &cdb)
        }
        Deed::Blank { kind, immediate } => {
            host::order(drive, &Blank { kind: BlankingType(kind), immediate, ..Blank::default() })
        }
        Deed::Wait { milliseconds } => {
            drive.wait(Duration::from_millis(milliseconds.into()));
            Ok(())
        }
        Deed::PowerCycle => {
            drive.host(&HostAct::PowerCycle).unwrap();
            drive.wait(Duration::from_secs(60));
            Ok(())
        }
    };
}

/// Every frame that `before` has, `after` has too, and the same.
fn unchanged(before: &Disc, after: &Disc) -> Result<(), TestCaseError> {
    let (mut a, mut b) = (vec![0; 64 * FRAME], vec![0; 64 * FRAME]);
    for run in RecordedFrames::runs(&*before.store) {
        let mut lba = run.start;
        while lba < run.end {
            let frames = ((run.end - lba) as usize).min(64);
            let (a, b) = (&mut a[..frames * FRAME], &mut b[..frames * FRAME]);
            before.store.read(lba, a).unwrap();
            let there = after.store.read(lba, b);
            prop_assert!(there.is_ok(), "LBA {lba} to {}: {there:?}", lba + frames as i32);
            prop_assert!(a == b, "a burnt frame from LBA {lba} on has changed");
            lba = lba + frames as i32;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(48))]

    /// Write-once is an invariant, whatever a host does.
    #[test]
    fn what_is_burnt_on_a_cd_r_stays(deeds in vec(deed(), 1..24)) {
        let mut drive = drive(DiscKind::CdR);
        let mut before: Option<Disc> = None;
        for deed in deeds {
            perform(&mut drive, deed);
            if let Some(disc) = drive.disc() {
                if let Some(before) = &before {
                    unchanged(before, disc)?;
                }
                before = Some(disc.clone());
            }
        }
    }

    /// Whatever was done: READ DISC INFORMATION, READ TRACK INFORMATION, READ TOC and the disc agree.
    #[test]
    fn replies_agree_after_whatever_was_written(
        deeds in vec(deed(), 1..24),
        rewritable in any::<bool>(),
    ) {
        let mut drive = drive(if rewritable { DiscKind::CdRw } else { DiscKind::CdR });
        for deed in deeds {
            perform(&mut drive, deed);
        }
        host::settle(&mut drive);
        agreement::check(&mut drive)?;
    }

    /// A burn cut by power loss: drive and API describe the disc alike.
    #[test]
    fn a_burn_that_is_cut_leaves_a_disc_that_drive_and_api_describe_alike(cut in 0_usize..19_500) {
        let mut drive = drive(DiscKind::CdR);
        host::set_parameters(&mut drive, WriteType::RAW, DataBlockType::RAW_PW, MultiSession::NONE, false, false).unwrap();
        let blocks = session::blocks(&session::layout(LEAD_IN, 1, 700), 1, false);
        let sent = cut.min(blocks.len());
        host::write_all(&mut drive, LEAD_IN, &blocks[..sent]).unwrap();
        drive.host(&HostAct::PowerCycle).unwrap();
        drive.wait(Duration::from_secs(60));
        host::settle(&mut drive);
        agreement::check(&mut drive)?;
        let disc = drive.disc().unwrap().clone();
        let burnt = disc.store.len() as usize;
        prop_assert!(burnt <= sent);
        let lead_out = (700 + 11_634) as usize;
        match burnt {
            0 => prop_assert!(matches!(disc.state, mmc_sim::disc::DiscState::Blank)),
            burnt if burnt <= lead_out => prop_assert!(disc.is_damaged()),
            _ => prop_assert_eq!(disc.closed().len(), 1),
        }
        // The linter sees what the drive tells: a session that is not finished, or nothing.
        let report = cd_lint::lint(&disc.frames(), &cd_lint::Options::default()).unwrap();
        prop_assert_eq!(report.is_clean(), burnt == 0 || burnt == lead_out + 6750, "{}", report);
        let writer = RawCd::new(MediaPolicy::Appendable);
        writer.set_recorder(Some(&Recorder::new(drive))).unwrap();
        writer.set_client_name("test").unwrap();
        let prepared = writer.prepare_media();
        if burnt == 0 {
            prop_assert!(prepared.is_ok(), "{prepared:?}");
            prop_assert_eq!(writer.start_of_next_session().unwrap(), LEAD_IN);
        } else {
            // As of any disc that is closed: to IMAPI that is no recordable one any more.
            let refused = matches!(
                prepared,
                Err(Error::MediaNotBlank { .. } | Error::MediaNotSupported { .. })
            );
            prop_assert!(refused, "{prepared:?}");
        }
    }
}

/// Links say what they are, and a track that is recorded incrementally may have them.
#[test]
fn packets_are_sound_to_the_linter() {
    for kind in [DiscKind::CdR, DiscKind::CdRw] {
        for (n, block_type) in (8_u8..14).map(DataBlockType).enumerate() {
            let mut drive = drive(kind);
            for fixed in [n % 2 == 0, n % 2 != 0] {
                host::set_parameters(
                    &mut drive,
                    WriteType::PACKET,
                    block_type,
                    MultiSession::NONE,
                    false,
                    fixed,
                )
                .unwrap();
                for blocks in [1, 40, 300] {
                    host::write_something(&mut drive, 0, blocks).unwrap();
                    host::order(&mut drive, &SynchronizeCache10::default()).unwrap();
                }
                let function = CloseFunction::TRACK;
                let cdb = CloseTrackSession { function, track: 0xFF, ..CloseTrackSession::default() };
                host::order(&mut drive, &cdb).unwrap();
            }
            let function = CloseFunction::SESSION;
            host::order(&mut drive, &CloseTrackSession { function, ..CloseTrackSession::default() }).unwrap();
            let report =
                cd_lint::lint(&drive.disc().unwrap().frames(), &cd_lint::Options::default()).unwrap();
            assert!(report.is_clean(), "{kind:?}, block type {block_type:?}: {report}");
        }
    }
}

#[test]
fn a_formatted_disc_is_sound_to_the_linter() {
    let mut drive = drive(DiscKind::CdRw);
    let list = [0, 0, 0, 8, 0, 0, 5, 0, 0x40, 0, 0, 0];
    let format = mmc_wire::command::FormatUnit { format_data: true, code: 1, ..Default::default() };
    host::send(&mut drive, &format, scsi_transport::Data::Out(&list)).unwrap();
    host::set_parameters(
        &mut drive,
        WriteType::PACKET,
        DataBlockType::MODE_1,
        MultiSession::NONE,
        false,
        true,
    )
    .unwrap();
    for lba in [0, 100, 1279] {
        host::write(&mut drive, Lba(lba), 1, &[0x5A; 2048]).unwrap();
    }
    let report = cd_lint::lint(&drive.disc().unwrap().frames(), &cd_lint::Options::default()).unwrap();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn as_many_raw_sessions_as_fit_lie_where_the_rule_says() {
    let mut drive = drive(DiscKind::CdR);
    let mut lead_in = LEAD_IN;
    let mut sessions = 0;
    loop {
        host::set_parameters(
            &mut drive,
            WriteType::RAW,
            DataBlockType::RAW_PW,
            MultiSession::NEXT,
            false,
            false,
        )
        .unwrap();
        let layout = session::layout(lead_in, sessions + 1, 300);
        if layout.lead_out > Lba(359_849) {
            break;
        }
        host::write_all(&mut drive, lead_in, &session::blocks(&layout, sessions + 1, true)).unwrap();
        host::order(&mut drive, &SynchronizeCache10::default()).unwrap();
        sessions += 1;
        // Orange Book figures: a lead-out of 6750 behind the first session, of 2250 behind later ones.
        lead_in = layout.lead_out + if sessions == 1 { 6750 } else { 2250 };
        assert_eq!(drive.disc().unwrap().next_lead_in(), Some(lead_in), "after session {sessions}");
    }
    // The rule gives 50 on 79:59:74 (cd_format::session::sessions_that_fit).
    assert_eq!(sessions, 50);
    agreement::check(&mut drive).unwrap();
    let refused = host::write_all(&mut drive, Lba(0), &[vec![0; FRAME]]);
    assert_eq!(refused, Err(Sense::INVALID_ADDRESS_FOR_WRITE));
}
