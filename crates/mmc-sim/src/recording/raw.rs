//! RAW: the host sends lead-in, program area and lead-out, with their sub-channels, and the drive
//! records what it is sent.
//!
//! MMC "Write Parameters", write type RAW; what a drive makes of it, as burning programs rely on it:
//! the first block is the lead-in's first, every next one follows without a gap, and the disc's table of
//! contents is what Q in the lead-in says.

use cd_format::sub_channel::cd_text_symbols::cd_text_packs;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::sub_channel::{LEAD_OUT_TNO, QContent, QFrame, SUB_CHANNEL_BYTES};
use cd_format::{Adr, Lba};
use mmc_wire::Sense;

use super::convert::Converter;
use super::table::Table;
use crate::buffer::Run;
use crate::disc::{Disc, DiscState, Session, Track, sessions_contradict};
use crate::scene::{Content, Written};
use crate::store::{FRAME, MAIN};

/// A raw recording.
#[derive(Clone, Debug)]
pub(crate) struct RawStream {
    start: Lba,
    next: Lba,
    /// The block behind the last that the disc has room for.
    limit: Lba,
    converter: Converter,
    table: Table,
    tracks: Vec<Seen>,
    mcn: Option<[u8; 13]>,
    lead_out: Option<Lba>,
}

/// A track as Q in the program area shows it.
#[derive(Clone, Debug)]
struct Seen {
    number: u8,
    /// First block of it, pause or not.
    first: Lba,
    isrc: Option<[u8; 12]>,
}

impl RawStream {
    /// A recording that begins with the lead-in at `start`.
    pub const fn new(start: Lba, limit: Lba, converter: Converter) -> Self {
        Self {
            start,
            next: start,
            limit,
            converter,
            table: Table::EMPTY,
            tracks: Vec::new(),
            mcn: None,
            lead_out: None,
        }
    }

    /// Bytes of a block.
    pub const fn block_bytes(&self) -> usize {
        self.converter.block_bytes()
    }

    /// Whether so many blocks may come at `lba`.
    pub fn check(&self, lba: Lba, blocks: u32) -> Result<(), Sense> {
        if lba != self.next {
            return Err(Sense::INVALID_ADDRESS_FOR_WRITE);
        }
        if i64::from(lba.0) + i64::from(blocks) > i64::from(self.limit.0) {
            return Err(Sense::LBA_OUT_OF_RANGE);
        }
        Ok(())
    }

    /// Takes whole blocks, which have been checked.
    pub fn take(&mut self, blocks: &[u8]) -> Run {
        let run = Run { first: self.next, bytes: self.converter.frames(blocks) };
        let (frames, _) = run.bytes.as_chunks::<FRAME>();
        for frame in frames {
            if let Some(sub) = frame.last_chunk::<SUB_CHANNEL_BYTES>() {
                self.look_at(q_frame(sub));
            }
            self.next = self.next + 1;
        }
        run
    }

    /// What Q of the block at `next` says.
    fn look_at(&mut self, q: QFrame) {
        let [_, tno, ..] = q.body();
        match q.adr() {
            Adr::POSITION | Adr::MULTI_SESSION if tno == 0 => self.look_at_lead_in(q),
            Adr::POSITION if tno == LEAD_OUT_TNO => self.look_at_lead_out(q),
            // Only a change of track is news.
            Adr::POSITION => self.look_at_position(q),
            Adr::CATALOGUE if self.mcn.is_none() && q.crc_ok() => {
                if let Ok(QContent::Mcn { mcn, .. }) = q.content() {
                    self.mcn = Some(mcn.digits().map(|digit| digit + b'0'));
                }
            }
            Adr::ISRC if q.crc_ok() => {
                if let (Ok(QContent::Isrc { isrc, .. }), Some(track)) = (q.content(), self.tracks.last_mut())
                {
                    track.isrc.get_or_insert(*isrc.ascii());
                }
            }
            _ => {}
        }
    }

    fn look_at_lead_in(&mut self, q: QFrame) {
        if self.tracks.is_empty() && q.crc_ok() {
            self.table.note(q);
        }
    }

    fn look_at_lead_out(&mut self, q: QFrame) {
        if self.lead_out.is_none() && q.crc_ok() {
            self.lead_out = Some(self.next);
        }
    }

    fn look_at_position(&mut self, q: QFrame) {
        let [_, tno, ..] = q.body();
        let number = (tno >> 4) * 10 + (tno & 0x0F);
        let last = self.tracks.last().map_or(0, |track| track.number);
        if number > last && q.crc_ok() {
            self.tracks.push(Seen { number, first: self.next, isrc: None });
        }
    }

    /// What the disc is, now that the recording is over: with a lead-out and a table of contents that
    /// holds together, and goes with the sessions before it, a session, else damaged. A host may have recorded
    /// a first session's image behind others: the frames stay, what their lead-in says is nonsense there.
    pub fn settle(&self, disc: &mut Disc) {
        let closed = disc.closed().to_vec();
        let finished = self.lead_out.is_some_and(|lba| disc.store.is_written(lba));
        let with = |session| closed.iter().cloned().chain([session]).collect::<Vec<_>>();
        let session = self.session(disc).filter(|_| finished);
        let sessions = session.map(|(session, may_go_on)| (with(session), may_go_on));
        match sessions.filter(|(sessions, _)| sessions_contradict(sessions, None).is_none()) {
            Some((closed, may_go_on)) => {
                if closed.len() == 1 {
                    disc.mcn = self.mcn;
                    disc.cd_text = cd_text(disc, self.start);
                }
                disc.state =
                    if may_go_on { DiscState::Appendable { closed } } else { DiscState::Complete { closed } };
            }
            None => disc.state = DiscState::Damaged { closed },
        }
    }

    fn session(&self, disc: &Disc) -> Option<(Session, bool)> {
        let number = u16::try_from(disc.closed().len()).ok()?.checked_add(1)?;
        let entries = self.table.entries(u8::try_from(number).ok()?);
        let found = Table::session(&entries)?;
        let mut tracks: Vec<Track> = Vec::with_capacity(found.tracks.len());
        for track in &found.tracks {
            let seen = |number: u8| self.tracks.iter().find(|seen| seen.number == number);
            // A pause belongs to the track behind it.
            let end = seen(track.number.saturating_add(1))
                .map_or(track.end, |next| next.first.clamp(track.start, track.end));
            tracks.push(Track {
                number: track.number,
                session: number,
                control: track.control,
                content: content(disc, track),
                start: track.start,
                blocks: u32::try_from(end - track.start).unwrap_or(0),
                written: Written::Sao,
                packets: None,
                reserved: false,
                isrc: seen(track.number).and_then(|seen| seen.isrc),
            });
        }
        let may_go_on = Table::may_go_on(&entries);
        let format = found.disc_type.0;
        Some((
            Session { number, tracks, lead_out: found.lead_out, format, lead_in: Some(entries) },
            may_go_on,
        ))
    }
}

/// The CD-TEXT packs in the lead-in at `start`, each once: they come round and round.
pub(super) fn cd_text(disc: &Disc, start: Lba) -> Vec<[u8; 18]> {
    const LONGEST: usize = 2048;
    let mut packs: Vec<[u8; 18]> = Vec::new();
    let mut frame = [0; FRAME];
    let mut lba = start;
    while lba < Lba(-150) && disc.store.read(lba, &mut frame).is_ok() {
        let Some(sub) = frame.last_chunk::<SUB_CHANNEL_BYTES>() else { break };
        for pack in cd_text_packs(sub) {
            if !pack.is_intact() || !(0x80..=0x8F).contains(&pack.kind) {
                return packs;
            }
            if packs.first() == Some(&pack.to_bytes()) || packs.len() >= LONGEST {
                return packs;
            }
            packs.push(pack.to_bytes());
        }
        lba = lba + 1;
    }
    packs
}

/// What is in a track: the mode of its first sector, if CONTROL says data.
fn content(disc: &Disc, track: &cd_format::Track) -> Content {
    /// The scrambler's fourth byte (ECMA-130 annex B), which lies on the mode.
    const ON_MODE: u8 = 0x60;
    let mut frame = [0; FRAME];
    if !track.control.is_data() || disc.store.read(track.start, &mut frame).is_err() {
        return if track.control.is_data() { Content::Mode1 } else { Content::Audio };
    }
    let main = frame.get(..MAIN).unwrap_or_default();
    match main.get(15).map(|mode| mode ^ ON_MODE) {
        Some(2) => Content::Mode2,
        _ => Content::Mode1,
    }
}

#[cfg(test)]
mod tests;
