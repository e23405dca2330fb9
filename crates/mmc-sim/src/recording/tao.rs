//! Track at once: the host sends user blocks of one track, and the drive makes everything around them.
//!
//! MMC "Write Parameters", write type track-at-once; the gap between tracks by Pioneer's R8 command
//! reference: 150 blocks of pregap, the user blocks (zeros up to four seconds), two blocks of run-out.

#[cfg(test)]
mod tests;

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use cd_format::lead_in::pma_entry;
use cd_format::session::{MINIMUM_TRACK_FRAMES, RUN_OUT_FRAMES};
use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::{
    Isrc, Mcn, PlanError, QFrame, Rules, SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan, TrackLayout,
};
use mmc_wire::Sense;
use mmc_wire::block::mode::WriteParameters;

use super::user_data::UserData;
use crate::buffer::Run;
use crate::disc::{Disc, DiscState, Incomplete, Track};
use crate::scene::Content;
use crate::store::{At, FRAME, Source, WriteError};

/// Frames that are made at a time where the drive fills.
const CHUNK: i32 = 512;
/// Flag in front of catalogue number and recording code: what follows is to be used.
const VALID: u8 = 0x80;

/// A track that is being recorded.
#[derive(Clone, Debug)]
pub(crate) struct TaoStream {
    track: Track,
    /// The next block of the host's.
    next: Lba,
    /// The block behind the last that there is room for.
    limit: Lba,
    data: UserData,
    plan: SubChannelPlan,
    mcn: Option<Mcn>,
    begun: bool,
    ended: bool,
}

impl TaoStream {
    /// The track that begins or was reserved at `lba`, by the write parameters.
    pub fn begin(disc: &Disc, page: &WriteParameters, lba: Lba) -> Result<Self, Sense> {
        if disc.packet_track().is_some() {
            return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK);
        }
        if disc.open().is_some_and(|open| open.incomplete.is_some()) {
            return Err(Sense::COMMAND_SEQUENCE_ERROR);
        }
        let data = UserData::of(page)?;
        let isrc =
            Isrc::from_ascii(text(&page.recording_code)).filter(|_| page.recording_code[0] & VALID != 0);
        let mcn = catalogue_number(page);
        let here = |track: &&Track| track.reserved && lba >= track.start && lba < track.end();
        let (track, limit) = match disc.tracks().find(here) {
            Some(reserved) => {
                let same = reserved.control == page.track_mode && reserved.content == data.content();
                if !same {
                    return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK);
                }
                (Track { isrc: isrc.map(|isrc| *isrc.ascii()), ..reserved.clone() }, reserved.end())
            }
            None => {
                let (Some(next), Some(last)) = (disc.invisible(), disc.lead_out_limit()) else {
                    return Err(Sense::COMMAND_SEQUENCE_ERROR);
                };
                if next.start + MINIMUM_TRACK_FRAMES + RUN_OUT_FRAMES > last {
                    return Err(Sense::LBA_OUT_OF_RANGE);
                }
                let track = Track {
                    isrc: isrc.map(|isrc| *isrc.ascii()),
                    ..next.begin(page.track_mode, data.content())
                };
                (track, last - RUN_OUT_FRAMES)
            }
        };
        // A copy of what may not be copied has an alternating copy bit (SCMS).
        let alternate_copy = page.copy && !track.control.is_data() && !track.control.permits_copy();
        let plan = plan(&track, limit, mcn, alternate_copy).map_err(|_| Sense::LBA_OUT_OF_RANGE)?;
        let next = track.start;
        Ok(Self { track, next, limit, data, plan, mcn, begun: false, ended: false })
    }

    /// Bytes of a block.
    pub const fn block_bytes(&self) -> usize {
        self.data.block_bytes()
    }

    /// Whether so many blocks may come at `lba`.
    pub fn check(&self, lba: Lba, blocks: u32) -> Result<(), Sense> {
        let fits = i64::from(lba.0) + i64::from(blocks) <= i64::from(self.limit.0);
        if !fits && !self.track.reserved {
            return Err(Sense::LBA_OUT_OF_RANGE);
        }
        if lba != self.next {
            return Err(Sense::INVALID_ADDRESS_FOR_WRITE);
        }
        if fits { Ok(()) } else { Err(Sense::END_OF_USER_AREA) }
    }

    /// What goes before the host's next blocks: the pregap before the first, else nothing.
    pub fn make(&mut self, blocks: &[u8]) -> Run {
        let first = self.pregap();
        if self.begun {
            return Run { first, bytes: Vec::new() };
        }
        self.begun = true;
        self.data.look_at(blocks);
        self.track.content = self.data.content();
        Run { first, bytes: self.fill(first, PREGAP_FRAMES) }
    }

    /// Takes whole blocks, which have been checked.
    pub fn take(&mut self, blocks: &[u8]) -> Run {
        let first = self.next;
        let mut bytes = Vec::with_capacity(blocks.len() / self.block_bytes() * FRAME);
        for block in blocks.chunks_exact(self.block_bytes()) {
            bytes.extend_from_slice(&self.data.sector(self.next, block));
            bytes.extend_from_slice(&sub_channel(&self.plan, self.next));
            self.next = self.next + 1;
        }
        Run { first, bytes }
    }

    /// What the drive records behind the host's last block, the run-out included: from where, and how many frames.
    pub fn rest(&self) -> (Lba, u32) {
        (self.next, (self.whole_end() + RUN_OUT_FRAMES - self.next).unsigned_abs())
    }

    /// Where the track ends when it is whole.
    fn whole_end(&self) -> Lba {
        let shortest = self.track.start + MINIMUM_TRACK_FRAMES;
        if self.track.reserved { self.limit } else { self.next.max(shortest) }
    }

    /// The recording is over: what is missing to a whole track is filled with zeros, then the run-out.
    pub fn end(&mut self, disc: &mut Disc) -> Result<(), WriteError> {
        let end = self.whole_end();
        self.fill_up(disc, self.next, end)?;
        self.next = end;
        self.ended = true;
        Ok(())
    }

    /// The track becomes the disc's, whole or cut short.
    pub fn settle(&self, disc: &mut Disc) {
        let pregap = self.pregap();
        let recorded = match disc.store.runs(pregap).next() {
            Some(run) if run.start == pregap => run.end.min(self.limit),
            _ => return,
        };
        let end = if self.ended { self.next } else { recorded };
        let reserved = self.track.reserved;
        let mut track = Track { reserved: reserved && !self.ended, ..self.track.clone() };
        if !reserved {
            track.blocks = u32::try_from(end - track.start).unwrap_or(0);
        }
        if track.session == 1 && disc.mcn.is_none() {
            disc.mcn = self.mcn.map(|mcn| mcn.digits().map(|digit| digit + b'0'));
        }
        let Some(open) = disc.open_session() else { return };
        open.incomplete = (!self.ended).then_some(Incomplete {
            track: track.number,
            next: recorded,
            reserved,
            whole_packets: false,
        });
        if !reserved {
            open.next = end.max(track.start) + RUN_OUT_FRAMES + PREGAP_FRAMES;
        }
        match open.tracks.iter_mut().find(|known| known.number == track.number) {
            Some(known) => *known = track.clone(),
            None => open.tracks.push(track.clone()),
        }
        if self.ended && !reserved {
            record_in_pma(disc, &track);
        }
    }

    /// Completes a track of the open session: an empty reserved one by the write parameters, or one that was cut
    /// short. Gives what stands in the way.
    pub fn complete(disc: &mut Disc, page: &WriteParameters, number: u8) -> Result<(), Sense> {
        let Some(open) = disc.open() else { return Ok(()) };
        let Some(track) = open.tracks.iter().find(|track| track.number == number).cloned() else {
            return Ok(());
        };
        let cut = open.incomplete.filter(|cut| cut.track == number);
        let mut stream = match cut {
            None if track.reserved => Self::begin(disc, page, track.start)?,
            None => return Ok(()),
            Some(cut) => Self::resume(disc, track, cut)?,
        };
        let next = cut.map_or(stream.pregap(), |cut| cut.next);
        stream.begun = true;
        let filled = stream.fill_between(disc, next, stream.track.start);
        stream.next = next.max(stream.track.start);
        filled.and_then(|()| stream.end(disc)).map_err(|_| Sense::WRITE_ERROR)?;
        stream.settle(disc);
        Ok(())
    }

    /// A track that was cut short goes on with zeros, as what it was begun.
    fn resume(disc: &Disc, track: Track, cut: Incomplete) -> Result<Self, Sense> {
        let limit = match (cut.reserved, disc.lead_out_limit()) {
            (true, _) => track.end(),
            (false, Some(last)) => last - RUN_OUT_FRAMES,
            (false, None) => return Err(Sense::COMMAND_SEQUENCE_ERROR),
        };
        let track = Track { reserved: cut.reserved, ..track };
        let page = WriteParameters {
            track_mode: track.control,
            data_block_type: match track.content {
                Content::Audio => mmc_wire::block::mode::DataBlockType::RAW,
                Content::Mode1 => mmc_wire::block::mode::DataBlockType::MODE_1,
                Content::Mode2 => mmc_wire::block::mode::DataBlockType::MODE_2,
            },
            ..WriteParameters::default()
        };
        let data = UserData::of(&page)?;
        let plan = plan(&track, limit, None, false).map_err(|_| Sense::LBA_OUT_OF_RANGE)?;
        let next = cut.next.max(track.start);
        Ok(Self { track, next, limit, data, plan, mcn: None, begun: true, ended: false })
    }

    fn pregap(&self) -> Lba {
        self.track.start - PREGAP_FRAMES
    }

    /// Zeros up to `end`, then the run-out.
    fn fill_up(&self, disc: &mut Disc, from: Lba, end: Lba) -> Result<(), WriteError> {
        self.fill_between(disc, from, end + RUN_OUT_FRAMES)
    }

    fn fill_between(&self, disc: &mut Disc, from: Lba, end: Lba) -> Result<(), WriteError> {
        let mut lba = from;
        while lba < end {
            let frames = (end - lba).min(CHUNK);
            let at = if lba == self.pregap() { At::Start(lba) } else { At::Next(lba) };
            disc.store.append(at, Source::Owned(self.fill(lba, frames)))?;
            lba = lba + frames;
        }
        Ok(())
    }

    /// Frames without user data.
    fn fill(&self, from: Lba, frames: i32) -> Vec<u8> {
        let mut bytes = Vec::new();
        for n in 0..frames {
            bytes.extend_from_slice(&self.data.filler(from + n));
            bytes.extend_from_slice(&sub_channel(&self.plan, from + n));
        }
        bytes
    }
}

/// P and Q of a block, R to W empty.
pub(super) fn sub_channel(plan: &SubChannelPlan, lba: Lba) -> [u8; SUB_CHANNEL_BYTES] {
    let mut raw = [0; SUB_CHANNEL_BYTES];
    if let Some((q, p)) = plan.at(lba) {
        set_pq(&mut raw, p, q);
    }
    raw
}

/// The entry of a track that has ended or is reserved.
pub(crate) fn record_in_pma(disc: &mut Disc, track: &Track) {
    let entry = pma_entry(&cd_format::Track {
        number: track.number,
        control: track.control,
        start: track.start,
        end: track.end_frame() + RUN_OUT_FRAMES,
    });
    if let Some(Ok(frame)) = entry.ok().map(|entry| QFrame::toc(&entry)) {
        disc.store.record_pma(frame.to_bytes());
    }
}

/// Whether a track at once may be written on the disc at all.
pub(crate) const fn takes_tracks(state: &DiscState) -> bool {
    matches!(state, DiscState::Blank | DiscState::Open { .. } | DiscState::Appendable { .. })
}

/// The catalogue number of the page, if it is to be used.
pub(super) fn catalogue_number(page: &WriteParameters) -> Option<Mcn> {
    let digits: [u8; 13] = text(&page.catalogue_number);
    Mcn::from_digits(digits.map(|digit| digit.wrapping_sub(b'0')))
        .filter(|_| page.catalogue_number[0] & VALID != 0)
}

/// Q from the pregap to the run-out.
pub(super) fn plan(
    track: &Track,
    limit: Lba,
    mcn: Option<Mcn>,
    alternate_copy: bool,
) -> Result<SubChannelPlan, PlanError> {
    let pregap = track.start - PREGAP_FRAMES;
    let layout = SessionLayout {
        lead_in: pregap,
        tracks: vec![TrackLayout {
            number: track.number,
            control: track.control,
            alternate_copy,
            pregap,
            start: track.start,
            indexes: Vec::new(),
            isrc: track.isrc.and_then(Isrc::from_ascii),
        }],
        lead_out: limit + RUN_OUT_FRAMES,
        lead_out_frames: 0,
        mcn,
    };
    SubChannelPlan::new(&layout, &[], Rules::default())
}

/// The characters behind the flag.
fn text<const N: usize>(field: &[u8; 16]) -> [u8; N] {
    let mut text = [0; N];
    for (to, from) in text.iter_mut().zip(field.iter().skip(1)) {
        *to = *from;
    }
    text
}
