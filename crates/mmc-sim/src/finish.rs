//! What a long operation does to the disc when it is over, or when the power goes in the middle of it.

use core::time::Duration;

use cd_format::Lba;
use mmc_wire::Sense;
use mmc_wire::block::mode::WriteParameters;

use crate::disc::{Disc, DiscState};
use crate::drive::{Busy, Drive};
use crate::erase::{Erasure, erase};
use crate::recording::fixation::{close_session, close_session_cut};
use crate::recording::{Recording, TaoStream, packet};
use crate::refusal::Refusal;
use crate::scene::LongOperation;

/// The end of a long operation.
#[derive(Clone, Debug)]
pub(crate) enum Finish {
    /// The last packet of a track is made whole.
    Repair { number: u8 },
    /// The recording that runs is over.
    Recording,
    /// A track is completed, by the write parameters at the command.
    Track { number: u8, page: Box<WriteParameters> },
    /// The last session is closed, by the write parameters at the command.
    Session { page: Box<WriteParameters> },
    /// Something is erased.
    Erase(Erasure),
    /// The disc is one track of fixed packets.
    Format { blocks: u32 },
}

impl Finish {
    const fn operation(&self) -> LongOperation {
        match self {
            Self::Recording | Self::Repair { .. } | Self::Track { .. } | Self::Session { .. } => {
                LongOperation::Close
            }
            Self::Erase(_) => LongOperation::Blank,
            Self::Format { .. } => LongOperation::Format,
        }
    }

    /// It is over; gives what went wrong.
    fn apply(self, disc: &mut Disc, recording: &mut Option<Recording>) -> Option<Sense> {
        match self {
            Self::Recording => recording.take()?.end(disc),
            Self::Repair { number } => packet::mend(disc, number).err(),
            Self::Track { number, page } => {
                let in_packets = disc.tracks().any(|track| track.number == number && track.packets.is_some());
                if in_packets {
                    packet::close(disc, number).err()
                } else {
                    TaoStream::complete(disc, &page, number).err()
                }
            }
            Self::Session { page } => close_session(disc, &page).err(),
            Self::Erase(erasure) => {
                erase(disc, erasure);
                None
            }
            Self::Format { blocks } => {
                disc.format(blocks);
                None
            }
        }
    }

    /// The power goes before it is over.
    pub fn cut(self, disc: &mut Disc) {
        match self {
            // A recording is cut by itself; what was cut short before, or reserved, still is.
            Self::Recording | Self::Repair { .. } | Self::Track { .. } => {}
            Self::Session { .. } => close_session_cut(disc),
            Self::Erase(erasure) if erasure.is_partial() => {}
            // PMA and lead-in go first.
            Self::Erase(_) | Self::Format { .. } => {
                disc.blank();
                disc.state = DiscState::Damaged { closed: Vec::new() };
            }
        }
    }
}

impl Drive {
    /// Does what takes so long: behind the host's back where it asked for that, else now.
    pub(crate) fn long(&mut self, finish: Finish, takes: Duration, immediate: bool) -> Result<(), Refusal> {
        let takes = takes.max(Duration::from_millis(1));
        let ends = self.clock.saturating_add(takes);
        self.activity = Busy::Long { operation: finish.operation(), ends, takes };
        self.finishing = Some(finish);
        if immediate {
            return Ok(());
        }
        self.advance(takes);
        // The host is still there to hear of it.
        self.deferred.take().map_or(Ok(()), |sense| Err(sense.into()))
    }

    /// The long operation is over; gives what went wrong.
    pub(crate) fn end_long(&mut self) -> Option<Sense> {
        self.activity = Busy::Idle;
        let finish = self.finishing.take()?;
        finish.apply(self.loader.disc.as_mut()?, &mut self.recording)
    }

    /// How long so many frames take at the speed in force.
    pub(crate) fn time_to_write(&self, disc: &Disc, from: Lba, frames: u32) -> Duration {
        self.pace(disc).time(from, frames)
    }
}
