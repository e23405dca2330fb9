//! Images of the creator, written: what it makes has its first sector where the writer looks for it.

use std::io::Read;

use cd_format::sub_channel::interleave::q_frame;
use cd_format::{Lba, Point};

use super::burner::Burner;
use super::script::{appendable, configuration};
use super::*;
use crate::image_creator::{CdSectorType, SessionPlace, TrackData, TrackPolicy};
use crate::{RawCdImage, RawCdImageCreator, RawImage};

fn image(session: SessionPlace, number: i32) -> RawCdImage {
    let mut creator = RawCdImageCreator::new();
    creator.set_track_policy(TrackPolicy::AnySectorType).unwrap();
    creator.set_session(session).unwrap();
    creator.set_starting_track_number(number).unwrap();
    let data: Vec<u8> = (0..300 * 2048_u32).map(|n| (n / 7) as u8).collect();
    creator.add_track(CdSectorType::MODE1, TrackData::new(std::io::Cursor::new(data))).unwrap();
    creator.create_result_image().unwrap()
}

/// All sectors from `skip` on.
fn rest(mut image: RawCdImage, skip: u64) -> Vec<u8> {
    image.seek_to(skip * 2448).unwrap();
    let mut bytes = Vec::new();
    image.read_to_end(&mut bytes).unwrap();
    bytes
}

/// On a disc whose lead-in begins at 97:26:66 the first sector to be recorded says so in Q.
#[test]
fn one_image_fits_the_disc_it_meets() {
    let burner = Burner::of(&Script::blank_cd_r());
    burner.prepared().write_media(&mut image(SessionPlace::first(), 1)).unwrap();
    assert_eq!(burner.start(), Some(-11_634));
    assert_eq!(burner.blocks(), 11_634 + 300 + 6750);
    let bytes = burner.bytes();
    let first = q_frame(bytes[2352..2448].try_into().unwrap());
    assert_eq!(first.toc_entry(1).unwrap().time, [97, 26, 66]);
    assert!(bytes == rest(image(SessionPlace::first(), 1), 11_016));
}

/// An image that begins where the disc does is skipped by nothing.
#[test]
fn an_image_can_be_made_for_a_disc() {
    let session = SessionPlace::first_from(Lba(-11_634));
    let burner = Burner::of(&Script::blank_cd_r());
    burner.prepared().write_media2(&mut image(session.clone(), 1), session.lead_in_sectors()).unwrap();
    assert_eq!((burner.start(), burner.blocks()), (Some(-11_634), 11_634 + 300 + 6750));
    assert!(burner.bytes() == rest(image(session, 1), 0));
}

/// The second session of an appendable disc begins at StartOfNextSession, which is all that the creator
/// has to be told.
#[test]
fn a_second_session_is_written_behind_the_first() {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x7F))]);
    let burner = Burner::of(&script);
    let object = burner.prepared_with(MediaPolicy::Appendable);
    let start = object.start_of_next_session().unwrap();
    assert_eq!(start, Lba(106_750));
    let session = SessionPlace::later(2, start);
    assert_eq!(session.lead_in_sectors(), 4650);
    object.write_media2(&mut image(session.clone(), 2), session.lead_in_sectors()).unwrap();
    assert_eq!((burner.start(), burner.blocks()), (Some(106_750), 4650 + 300 + 2250));
    let bytes = burner.bytes();
    let entries = bytes.chunks(2448).take(12).map(|sector| {
        let entry = q_frame(sector[2352..].try_into().unwrap()).toc_entry(2).unwrap();
        (entry.point, entry.p_msf().map(cd_format::Msf::to_program_lba))
    });
    let entries: Vec<_> = entries.collect();
    assert!(entries.contains(&(Point(2), Some(Lba(111_400)))), "{entries:?}");
    assert!(entries.contains(&(Point::A2, Some(Lba(111_700)))), "{entries:?}");
}
