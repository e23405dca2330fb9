//! The main channel of a frame that a scene laid out.

use cd_format::sector::build::{self, HeaderAddress};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{Form2Edc, Sector, SectorMode, SubHeader};
use cd_format::{Bcd, Lba};

use crate::disc::Track;
use crate::disc::packets::mark;
use crate::scene::Content;
use crate::store::Fill;

/// How the sectors of a track are laid out.
///
/// A scene says no more than Mode 2; the session's format says the rest. XA has form 1, CD-I the
/// form 2 of its real-time files, and a session of neither no form. A CD-RW in fixed packets has
/// form 1, as packet writing programs format it.
pub(super) const fn mode(track: &Track, session_format: u8, formatted: bool) -> SectorMode {
    match track.content {
        Content::Audio => SectorMode::Audio,
        Content::Mode1 => SectorMode::Mode1,
        Content::Mode2 => match session_format {
            0x10 => SectorMode::Mode2Form2,
            0x20 => SectorMode::Mode2Form1,
            _ if formatted => SectorMode::Mode2Form1,
            _ => SectorMode::Mode2Formless,
        },
    }
}

/// Fills in the sector at `lba` as it is recorded: with content that is never twice the same, or, with
/// `seed` `None`, with silence or zeros, as pauses, lead-in and lead-out have.
pub(super) fn write(out: &mut Sector, mode: SectorMode, lba: Lba, seed: Option<u64>) {
    let fill = seed.map_or(Fill::Byte(0), Fill::Seeded);
    let address = address(lba);
    let data = SubHeader { submode: SubHeader::DATA, ..SubHeader::default() };
    match mode {
        SectorMode::Audio => return fill.main(lba, out),
        SectorMode::Mode0 => build::mode0(out, address),
        SectorMode::Mode1 => build::mode1(out, address, &user(fill, lba)),
        SectorMode::Mode2Formless => build::mode2(out, address, &user(fill, lba)),
        SectorMode::Mode2Form1 => build::form1(out, address, data, &user(fill, lba)),
        SectorMode::Mode2Form2 => build::form2(out, address, data, &user(fill, lba), Form2Edc::Computed),
    }
    scramble(out);
}

/// Makes a link, run-in or run-out block of a sector of zeros, if the indicator says one.
pub(super) fn mark_link(sector: &mut Sector, mode: SectorMode, indicator: u8) {
    if indicator != 0 {
        scramble(sector);
        mark(sector, mode, indicator);
        scramble(sector);
    }
}

fn user<const BYTES: usize>(fill: Fill, lba: Lba) -> [u8; BYTES] {
    let mut user = [0; BYTES];
    fill.main(lba, &mut user);
    user
}

/// The header's clock, which runs straight on behind 89:59:74 where a disc is that long.
fn address(lba: Lba) -> HeaderAddress {
    let bcd = |n| Bcd::encode(n).map_or(0, Bcd::byte);
    HeaderAddress::of(lba).unwrap_or_else(|| {
        HeaderAddress::from_bytes(lba.to_program_msf().map_or([0; 3], |time| time.fields().map(bcd)))
    })
}
