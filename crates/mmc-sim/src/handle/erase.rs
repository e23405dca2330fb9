//! BLANK and FORMAT UNIT.

use core::time::Duration;

use cd_format::Lba;
use cd_format::session::MINIMUM_TRACK_FRAMES;
use mmc_wire::Sense;
use mmc_wire::command::{Blank, BlankingType, FormatUnit};

use super::{Handle, Io};
use crate::disc::packets::{FIXED_PACKET, fixed_capacity};
use crate::disc::{Disc, DiscState};
use crate::drive::Drive;
use crate::erase::Erasure;
use crate::finish::Finish;
use crate::refusal::{Refusal, refuse_field};

/// Erasing what makes a disc a written one: PMA, lead-in, first pregap. Burning programs' manuals speak of a minute.
const MINIMAL: Duration = Duration::from_secs(40);

impl Handle<Blank> for Drive {
    /// MMC "BLANK Command". No unit attention follows: it was the host that changed the medium.
    fn handle(&mut self, cdb: &Blank, _: &mut Io<'_>) -> Result<(), Refusal> {
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        if !disc.erasable() {
            return Err(Sense::CANNOT_FORMAT_INCOMPATIBLE_MEDIUM.into());
        }
        let always = matches!(cdb.kind, BlankingType::DISC | BlankingType::MINIMAL);
        if !always && !self.personality.abilities.blanking_types.contains(&cdb.kind.0) {
            return Err(refuse_field!(Blank, "kind"));
        }
        let erasure = erasure(disc, cdb)?;
        let takes = match erasure {
            Some(Erasure::All) if cdb.kind == BlankingType::DISC => self.time_for_disc(disc),
            Some(Erasure::Blocks { first, end }) => {
                self.time_to_write(disc, first, (end - first).unsigned_abs())
            }
            _ => MINIMAL,
        };
        match erasure {
            Some(erasure) => self.long(Finish::Erase(erasure), takes, cdb.immediate),
            None => Ok(()),
        }
    }
}

/// What a blanking type means on this disc; `None` when there is nothing to do.
fn erasure(disc: &Disc, cdb: &Blank) -> Result<Option<Erasure>, Refusal> {
    let last_track = || disc.open().and_then(|open| open.tracks.last());
    Ok(Some(match cdb.kind {
        BlankingType::DISC | BlankingType::MINIMAL => Erasure::All,
        BlankingType::TRACK => {
            let number = i32::from(last_track().map_or(0, |track| track.number));
            if number == 0 || cdb.start.0 != number {
                return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
            }
            Erasure::LastTrack
        }
        BlankingType::UNRESERVE_TRACK => match last_track() {
            Some(track) if track.reserved => Erasure::LastTrack,
            _ => return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into()),
        },
        BlankingType::TRACK_TAIL => return track_tail(disc, cdb.start).map(Some),
        BlankingType::UNCLOSE_SESSION => match &disc.state {
            DiscState::Blank | DiscState::Open { .. } => return Ok(None),
            DiscState::Damaged { .. } => return Err(Sense::COMMAND_SEQUENCE_ERROR.into()),
            DiscState::Appendable { .. } | DiscState::Complete { .. } => Erasure::Unclose,
        },
        BlankingType::SESSION if matches!(disc.state, DiscState::Blank) => return Ok(None),
        BlankingType::SESSION => Erasure::LastSession,
        _ => return Err(refuse_field!(Blank, "kind")),
    }))
}

/// From the first block of a packet to the end of its track.
fn track_tail(disc: &Disc, start: Lba) -> Result<Erasure, Refusal> {
    let inside = disc.tracks().find(|track| start >= track.start && start < track.end());
    let track = inside.ok_or(Refusal::from(Sense::LBA_OUT_OF_RANGE))?;
    if !disc.formatted {
        return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
    }
    if (start - track.start) % FIXED_PACKET != 0 {
        return Err(Sense::INVALID_ADDRESS_FOR_WRITE.into());
    }
    Ok(Erasure::Blocks { first: track.frame_of(start), end: track.end_frame() })
}

impl Handle<FormatUnit> for Drive {
    /// MMC "FORMAT UNIT Command" as Pioneer's R11 and BDR-203 command references have it for CD-RW: format code
    /// 1 with format type 10h, and the older format code 7, which means the whole disc.
    fn handle(&mut self, cdb: &FormatUnit, io: &mut Io<'_>) -> Result<(), Refusal> {
        const HEADER: usize = 4;
        const LIST: usize = 12;
        const FORMAT_TYPE: u8 = 0x10;
        const OLD_CODE: u8 = 7;
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        if !disc.erasable() {
            return Err(Sense::CANNOT_FORMAT_INCOMPATIBLE_MEDIUM.into());
        }
        if !cdb.format_data {
            return Err(refuse_field!(FormatUnit, "format_data"));
        }
        if !matches!(cdb.code, 1 | OLD_CODE) {
            return Err(refuse_field!(FormatUnit, "code"));
        }
        let Some(&[_, flags, high, low, a, b, c, d, kind, ..]) = io.out.first_chunk::<LIST>() else {
            return Err(Sense::PARAMETER_LIST_LENGTH_ERROR.into());
        };
        if u16::from_be_bytes([high, low]) != 8 {
            return Err(Refusal::parameter(2, None));
        }
        if cdb.code == 1 && kind >> 2 != FORMAT_TYPE {
            return Err(Refusal::parameter(HEADER + 4, Some(7)));
        }
        let most = disc.atip.as_ref().map_or(0, fixed_capacity);
        let asked = u32::from_be_bytes([a, b, c, d]);
        // 0 and FFFFFFFFh both mean as many as there are.
        let blocks = if matches!(asked, 0 | u32::MAX) { most } else { asked };
        let blocks = blocks / FIXED_PACKET.unsigned_abs() * FIXED_PACKET.unsigned_abs();
        // No track is shorter than four seconds.
        if asked > most && asked != u32::MAX || blocks < MINIMUM_TRACK_FRAMES.unsigned_abs() {
            return Err(Refusal::parameter(HEADER, Some(7)));
        }
        let takes = self.time_for_disc(disc);
        let immediate = flags & 0x02 != 0;
        self.long(Finish::Format { blocks }, takes, immediate)
    }
}

impl Drive {
    fn time_for_disc(&self, disc: &Disc) -> Duration {
        let Some(atip) = &disc.atip else { return Duration::ZERO };
        let lead_in = atip.lead_in_lba();
        self.time_to_write(disc, lead_in, (atip.last_lead_out_lba() - lead_in).unsigned_abs())
    }
}
