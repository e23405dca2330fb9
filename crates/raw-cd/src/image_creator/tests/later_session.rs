//! Images of other sessions than the only one: ours.

use cd_format::session::next_session;
use cd_format::sub_channel::rules::NextProgram;
use cd_format::{Atip, Msf};

use super::*;

fn atip() -> Atip {
    Atip::new("97:26:66".parse().unwrap(), "79:59:74".parse().unwrap())
}

/// B0 of a real disc: its lead-out + 11250 (readom log of a Moser Baer CD-R); C0 has the ATIP's lead-in.
#[test]
fn a_first_session_can_let_another_follow() {
    let mut creator = RawCdImageCreator::new();
    creator.set_session(SessionPlace::first().appendable(atip())).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(302)).unwrap();
    let whole = Whole::of(&mut creator);
    let toc = whole.toc(-22_650..-22_600);
    let b0 = toc.iter().find(|entry| entry.point == Point::B0).unwrap();
    assert_eq!(b0.msf().map(Msf::to_program_lba), Some(Lba(302 + 11_250)));
    assert_eq!((b0.zero, b0.p_time), (2, [79, 59, 74]));
    let c0 = toc.iter().find(|entry| entry.point == Point::C0).unwrap();
    assert_eq!(c0.p_time, [97, 26, 66]);
}

/// Descriptions of B0 that count from the next session's first user block have 11400.
#[test]
fn b0_goes_by_the_rules() {
    let mut creator = RawCdImageCreator::new();
    creator.set_session(SessionPlace::first().appendable(atip())).unwrap();
    creator
        .set_sub_channel_rules(Rules { next_program: NextProgram::FirstUser, ..Rules::default() })
        .unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(302)).unwrap();
    let toc = Whole::of(&mut creator).toc(-22_650..-22_600);
    let b0 = toc.iter().find(|entry| entry.point == Point::B0).unwrap();
    assert_eq!(b0.msf().map(Msf::to_program_lba), Some(Lba(302 + 11_400)));
}

/// The second session of the disc in cd-info's listing: behind a lead-out at 302, it starts at 11702.
#[test]
fn a_second_session_lies_behind_the_first() {
    let lead_in = next_session(Lba(302), 1).lead_in;
    let session = SessionPlace::later(2, lead_in).appendable(atip());
    assert_eq!((session.first_user(), session.lead_in_sectors()), (Lba(11_702), 4650));
    let mut creator = with_any_type();
    creator.set_session(session).unwrap();
    creator.set_starting_track_number(2).unwrap();
    creator.add_track(CdSectorType::MODE1, zeros(302, 2048)).unwrap();
    assert_eq!(creator.track_info(1).unwrap().starting_lba(), Lba(11_702));
    let whole = Whole::of(&mut creator);
    assert_eq!((whole.first, whole.sectors()), (7052, 4650 + 302 + 2250));
    let toc = whole.toc(7052..7052 + 100);
    let numbers = [(Point::A0, [2, 0, 0]), (Point::A1, [2, 0, 0])];
    assert_eq!(points(&toc)[..2], numbers);
    assert_eq!((lba_of(&toc, Point::A2), lba_of(&toc, Point(2))), (Lba(12_004), Lba(11_702)));
    // The third session's program area in that listing: 18904, less the pregap. No C0 any more.
    let b0 = toc.iter().find(|entry| entry.point == Point::B0).unwrap();
    assert_eq!((b0.msf().map(Msf::to_program_lba), b0.zero), (Some(Lba(18_754)), 1));
    assert!(toc.iter().all(|entry| entry.point != Point::C0));
    assert_eq!(
        (whole.index(11_551), whole.index(11_552), whole.index(11_702)),
        (None, Some((2, 0)), Some((2, 1)))
    );
    assert_eq!(whole.index(12_004), Some((0xAA, 1)));
}

#[test]
fn the_last_session_has_no_pointers() {
    let mut creator = RawCdImageCreator::new();
    creator.set_session(SessionPlace::later(99, Lba(9000))).unwrap();
    creator.set_starting_track_number(99).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(300)).unwrap();
    let whole = Whole::of(&mut creator);
    let toc = whole.toc(9000..9100);
    assert_eq!(
        points(&toc).iter().map(|point| point.0).collect::<Vec<_>>(),
        [Point::A0, Point::A1, Point::A2, Point(99)]
    );
}

#[test]
fn a_lead_in_can_begin_where_the_disc_has_it() {
    let mut creator = RawCdImageCreator::new();
    let session = SessionPlace::first_from(Lba(-11_634));
    assert_eq!(session.lead_in_sectors(), 11_634);
    creator.set_session(session).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(300)).unwrap();
    let whole = Whole::of(&mut creator);
    assert_eq!((whole.first, whole.sectors()), (-11_634, 11_634 + 300 + 6750));
    assert_eq!(whole.q(-11_634).0.toc_entry(1).unwrap().time, [97, 26, 66]);
}

#[test]
fn a_session_has_to_have_a_place() {
    for session in [
        SessionPlace::first_from(Lba(-150)),
        SessionPlace::first_from(Lba(-45_151)),
        SessionPlace::first_from(Lba(i32::MAX)),
        SessionPlace::later(1, Lba(7052)),
        SessionPlace::later(0, Lba(7052)),
        SessionPlace::later(100, Lba(7052)),
        SessionPlace::later(2, Lba(0)),
        SessionPlace::later(2, Lba(i32::MAX)),
        SessionPlace::later(2, Lba(i32::MIN)),
    ] {
        let mut creator = RawCdImageCreator::new();
        assert_eq!(code(creator.set_session(session.clone())), HResult::E_INVALIDARG, "{session:?}");
        assert_eq!(creator.session(), &SessionPlace::first());
    }
    let mut creator = RawCdImageCreator::new();
    creator.set_start_of_leadout_limit(Lba(100_000)).unwrap();
    creator.add_special_pregap(Some(audio(150))).unwrap();
    let full = HResult::E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE;
    assert_eq!(code(creator.set_session(SessionPlace::later(2, Lba(100_000)))), full);
    assert_eq!(creator.session(), &SessionPlace::first());
    creator.set_session(SessionPlace::later(2, Lba(90_000))).unwrap();
}
