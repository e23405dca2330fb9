//! Which blocks a host may read, and what kind they are.

use core::ops::Range;

use cd_format::session::{RUN_OUT_FRAMES, next_session};
use cd_format::{Control, Lba, RecordedFrames};

use crate::disc::packets::FIXED_PACKET;
use crate::disc::{Disc, Packets, Session, Track};
use crate::scene::Written;

/// Neighbouring blocks that are alike to a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub range: Range<Lba>,
    pub kind: StretchKind,
    /// How far behind its address the frame of a block lies: links of fixed packets have no address.
    pub shift: i32,
}

/// What a reader finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StretchKind {
    /// Blocks of a track or of the pause before it, with the track's control nibble.
    Blocks(Control),
    /// The two blocks behind a track written at once, where nothing can be read.
    RunOut,
    /// The first pregap and the lead-in before it, which few drives read.
    BeforeProgram,
}

impl Disc {
    /// The frames from `lba`, which is negative, up to the first block of the first track.
    pub(crate) fn before_program(&self, lba: Lba) -> Option<Stretch> {
        let program = self.closed().first()?.tracks.first()?.start;
        let run = self.frames().runs().into_iter().find(|run| run.contains(&lba))?;
        let end = run.end.min(program);
        (lba < end).then_some(Stretch { range: lba..end, kind: StretchKind::BeforeProgram, shift: 0 })
    }

    /// The stretch that `lba` lies in; `None` where there is no block to read.
    ///
    /// That is the first user block to the last block before the lead-out of each closed session:
    /// READ CAPACITY's range but for what lies between sessions. Of a first pause that is longer than two
    /// seconds the rest lies there too, before index 1: hidden sound is read so. A drive that has no lead-in to
    /// find the tracks by, as in an open session, reads nothing (MMC "READ CAPACITY Command") but the tracks
    /// that are written in packets, which are there to be read while they grow.
    pub(crate) fn stretch(&self, lba: Lba) -> Option<Stretch> {
        let session = self.closed().iter().rfind(|session| self.begin(session).is_some_and(|at| at <= lba));
        let Some(session) = session.filter(|session| lba < session.lead_out) else {
            let open = self.open()?;
            let here = |track: &&Track| track.packets.is_some() && (track.start..track.end()).contains(&lba);
            return open.tracks.iter().find(here).map(|track| user_blocks(track, lba, track.end()));
        };
        if let Some(first) = session.tracks.first().filter(|first| lba < first.start) {
            let range = self.begin(session)?..first.start;
            return Some(Stretch { range, kind: StretchKind::Blocks(first.control), shift: 0 });
        }
        let behind = session.tracks.partition_point(|track| track.start <= lba);
        let track = session.tracks.get(behind.checked_sub(1)?)?;
        let next = session.tracks.get(behind);
        let limit = next.map_or(session.lead_out, |next| next.start);
        let end = track.end().min(limit);
        let run_out = if track.written == Written::Tao { RUN_OUT_FRAMES } else { 0 };
        let pause = (track.end_frame() + run_out).min(limit);
        let alike = |range, kind| Stretch { range, kind, shift: 0 };
        Some(if lba < end {
            user_blocks(track, lba, end)
        } else if lba < pause {
            if track.packets == Some(Packets::Fixed) {
                return None;
            }
            alike(end..pause, StretchKind::RunOut)
        } else if next.is_none() && track.packets == Some(Packets::Fixed) {
            return None;
        } else {
            alike(pause..limit, StretchKind::Blocks(next.unwrap_or(track).control))
        })
    }

    /// The first block of a session behind the two seconds that come before every one. Where it lies in
    /// a later session is known of those that were recorded here.
    fn begin(&self, session: &Session) -> Option<Lba> {
        let start = session.tracks.first()?.start;
        let before = self.closed().iter().take_while(|other| other.number < session.number).last();
        Some(match before {
            None if session.number == 1 => start.min(Lba(0)),
            Some(before) if session.lead_in.is_some() => {
                start.min(next_session(before.lead_out, before.number.into()).first_user)
            }
            Some(_) | None => start,
        })
    }
}

/// The user blocks of a track around `lba` that lie in neighbouring frames.
fn user_blocks(track: &Track, lba: Lba, end: Lba) -> Stretch {
    let kind = StretchKind::Blocks(track.control);
    if track.packets != Some(Packets::Fixed) {
        return Stretch { range: track.start..end, kind, shift: 0 };
    }
    let packet = lba - (lba - track.start).rem_euclid(FIXED_PACKET);
    let range = packet..(packet + FIXED_PACKET).min(end);
    Stretch { range, kind, shift: track.frame_of(packet) - packet }
}
