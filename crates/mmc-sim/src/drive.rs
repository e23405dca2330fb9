//! The drive: what it remembers, and the road of a command through it.
//!
//! SPC-3 "Allocation length" for how much of a reply goes out, "Sense data" for what a refusal leaves
//! behind. What each command does: `handle/`, by its clause in MMC.

use core::time::Duration;
use std::sync::Arc;

use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Command, Sense};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use crate::attention::Attentions;
use crate::cue::CuePlan;
use crate::disc::{Disc, SceneError};
use crate::erase::Erasure;
use crate::events::Events;
use crate::finish::Finish;
use crate::handle::{Failed, Io, dispatch, is_modelled};
use crate::loader::{Loader, Settling};
use crate::pages::Pages;
use crate::personality::{Personality, ReservedBits};
use crate::recording::Recording;
use crate::refusal::{Detail, Refusal};
use crate::scene::{Activity, Attention, LongOperation, Readiness, Scene, Tray};
use crate::speed::Speed;

/// A simulated CD-R/RW drive.
///
/// It implements [`Transport`] as a real drive's pass-through does. Time is simulated: every
/// command costs a little, [`Transport::wait`] costs what it says, and nothing ever sleeps.
#[derive(Clone, Debug)]
pub struct Drive {
    pub(crate) personality: Arc<Personality>,
    pub(crate) loader: Loader,
    pub(crate) attentions: Attentions,
    pub(crate) events: Events,
    pub(crate) pages: Pages,
    pub(crate) speed: Speed,
    pub(crate) activity: Busy,
    /// The cue sheet that waits for its blocks; kept until they come, the write parameters change, the
    /// disc goes or the power does.
    pub(crate) cue: Option<Arc<CuePlan>>,
    /// What is being written.
    pub(crate) recording: Option<Recording>,
    /// What the long operation does when it is over. A scene that closes or formats says how long, and not
    /// what: then nothing.
    pub(crate) finishing: Option<Finish>,
    /// A write that failed after its command was answered; the next command hears of it.
    pub(crate) deferred: Option<Sense>,
    /// Readings of the disc's frames that have failed.
    pub(crate) failed: Failed,
    pub(crate) clock: Duration,
    /// What a command costs.
    pub(crate) command_time: Duration,
    reply: Vec<u8>,
}

/// What a command costs on the simulated clock: a plausible round trip on ATAPI, and enough that
/// a host which polls without waiting gets there too.
pub(crate) const COMMAND_TIME: Duration = Duration::from_micros(200);

/// What the drive is busy with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Busy {
    /// Nothing.
    Idle,
    /// A write stream.
    Streaming,
    /// A long operation that began (perhaps in the past of the scene) and will end.
    Long { operation: LongOperation, ends: Duration, takes: Duration },
}

/// A long operation as a command finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LongRun {
    pub operation: LongOperation,
    /// In 65536ths.
    pub done: u16,
}

impl Drive {
    /// A drive in the state that `scene` describes.
    pub fn new(personality: Personality, scene: &Scene) -> Result<Self, SceneError> {
        let disc = scene.disc.as_ref().map(Disc::build).transpose()?;
        if disc.is_none() && scene.readiness != Readiness::Ready {
            return Err(SceneError("`readiness` speaks of a disc, but the scene has none".to_owned()));
        }
        let mut attentions = Attentions::default();
        for attention in &scene.attention {
            attentions.raise(*attention);
        }
        let personality = Arc::new(personality);
        Ok(Self {
            loader: Loader {
                tray: scene.tray,
                disc,
                locked: scene.locked,
                persistent: false,
                settling: match scene.readiness {
                    Readiness::Ready => Settling::Done,
                    Readiness::Loading(seconds) => Settling::Until(Duration::from_secs(seconds.into())),
                    Readiness::Unreadable(why) => Settling::Never(why),
                },
                calibrated: false,
            },
            attentions,
            events: Events::default(),
            pages: Pages::new(&personality),
            speed: Speed::default(),
            activity: match scene.activity {
                Activity::Idle => Busy::Idle,
                Activity::Streaming => Busy::Streaming,
                Activity::Long { operation, seconds, done } => {
                    let takes = Duration::from_secs(seconds.into());
                    Busy::Long { operation, ends: takes - part(takes, done), takes }
                }
            },
            cue: None,
            recording: None,
            finishing: match scene.activity {
                Activity::Long { operation: LongOperation::Blank, .. } => Some(Finish::Erase(Erasure::All)),
                _ => None,
            },
            deferred: None,
            failed: Failed::new(),
            clock: Duration::ZERO,
            command_time: COMMAND_TIME,
            reply: Vec::new(),
            personality,
        })
    }

    /// A drive with this disc in it, known and ready; without one, its tray is closed and empty.
    pub fn with_disc(personality: Personality, disc: Option<Disc>) -> Result<Self, SceneError> {
        let mut drive = Self::new(personality, &Scene::default())?;
        drive.loader.disc = disc;
        Ok(drive)
    }

    /// The personality.
    pub fn personality(&self) -> &Personality {
        &self.personality
    }

    /// The disc, when the drive has one and knows it.
    pub fn disc(&self) -> Option<&Disc> {
        self.loader.disc()
    }

    /// Simulated time since the drive was made.
    pub const fn clock(&self) -> Duration {
        self.clock
    }

    pub(crate) fn long_run(&self) -> Option<LongRun> {
        let Busy::Long { operation, ends, takes } = self.activity else { return None };
        let left = ends.saturating_sub(self.clock).as_millis();
        let whole = takes.as_millis().max(1);
        let done = 0x1_0000_u128.saturating_sub(left.saturating_mul(0x1_0000) / whole);
        Some(LongRun { operation, done: u16::try_from(done).unwrap_or(u16::MAX) })
    }

    /// How long the long operation still takes.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        match self.activity {
            Busy::Long { ends, .. } => Some(ends.saturating_sub(self.clock)),
            Busy::Idle | Busy::Streaming => None,
        }
    }

    pub(crate) fn is_streaming(&self) -> bool {
        self.activity == Busy::Streaming || self.recording.is_some()
    }

    /// Whether nothing is being done that a change of settings or of discs would disturb.
    pub(crate) fn is_idle(&self) -> bool {
        self.activity == Busy::Idle && self.recording.is_none()
    }

    /// Whether this drive has the command at all.
    pub(crate) fn knows(&self, opcode: u8) -> bool {
        is_modelled(opcode) && self.personality.knows(opcode)
    }

    /// Lets simulated time pass and does what has become due.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock = self.clock.saturating_add(by);
        if let (Some(recording), Some(disc)) = (&mut self.recording, &mut self.loader.disc) {
            recording.advance(self.clock, disc);
            if recording.over
                && let Some(recording) = self.recording.take()
            {
                self.deferred = recording.end(disc);
            }
        }
        if let Settling::Until(moment) = self.loader.settling
            && self.clock >= moment
        {
            self.loader.settling = Settling::Done;
            if self.loader.tray == Tray::Closed && self.loader.disc.is_some() {
                self.attentions.raise(Attention::MediumChanged);
                self.events.new_medium();
            }
        }
        if let Busy::Long { ends, .. } = self.activity
            && self.clock >= ends
        {
            self.deferred = self.end_long().or(self.deferred);
        }
    }

    /// The road of a command: parse, gate, handler; truncation, residue and sense in one place.
    fn run(&mut self, cdb: &[u8], out: &[u8], room: usize) -> Result<usize, Refusal> {
        let mut command = Command::parse(cdb);
        if self.personality.habits.reserved_bits.is == ReservedBits::Ignored {
            command = overlook_reserved_bits(cdb, command);
        }
        let row = match &command {
            Ok(command) => command.row(),
            Err(_) => cdb.first().and_then(|opcode| mmc_wire::command::row_of(*opcode)),
        };
        self.gate(row)?;
        let command = command.map_err(Refusal::cdb)?;
        let mut reply = core::mem::take(&mut self.reply);
        reply.clear();
        let done = dispatch(self, &command, &mut Io { out, room, reply: &mut reply });
        self.reply = reply;
        done
    }

    fn sense(&self, refusal: Refusal) -> Vec<u8> {
        let data = match refusal.detail {
            Detail::Deferred => SenseData::deferred(refusal.sense),
            Detail::None
            | Detail::Cdb { .. }
            | Detail::Parameter { .. }
            | Detail::Progress(_)
            | Detail::Block(_) => SenseData::current(refusal.sense),
        };
        let data = match refusal.detail {
            Detail::None | Detail::Deferred => data,
            Detail::Cdb { byte, bit } => data.at_field(byte, bit, true),
            Detail::Parameter { byte, bit } => data.at_field(byte, bit, false),
            Detail::Progress(done) => data.with_progress(done),
            Detail::Block(lba) => data.with_information(lba.0.cast_unsigned()),
        };
        data.with_additional(self.personality.habits.sense_additional_bytes.is).to_bytes()
    }
}

/// `whole` × `done` / 65536.
fn part(whole: Duration, done: u16) -> Duration {
    whole * u32::from(done) / 0x1_0000
}

/// Reads the CDB again with each reserved bit cleared that its own error names.
fn overlook_reserved_bits(
    cdb: &[u8],
    first: Result<Command, mmc_wire::FieldError>,
) -> Result<Command, mmc_wire::FieldError> {
    let mut parsed = first;
    let mut bytes = [0; 16];
    let len = cdb.len().min(16);
    bytes[..len].copy_from_slice(&cdb[..len]);
    while let Err(fault) = parsed {
        let (Some(byte), Some(bit), mmc_wire::parse::FieldFault::Reserved) =
            (bytes.get_mut(fault.byte), fault.bit, fault.fault)
        else {
            break;
        };
        *byte &= !(1 << bit);
        parsed = Command::parse(&bytes[..len]);
    }
    parsed
}

impl Transport for Drive {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _timeout: Duration) -> Result<Outcome, TransportError> {
        if cdb.is_empty() || cdb.len() > 16 {
            return Err(TransportError::Request(format!(
                "a CDB has 1 to 16 bytes, this one has {}",
                cdb.len()
            )));
        }
        self.advance(self.command_time);
        let out: &[u8] = if let Data::Out(bytes) = &data { bytes } else { &[] };
        let room = if let Data::In(buffer) = &data { buffer.len() } else { 0 };
        match self.run(cdb, out, room) {
            Ok(moved) => {
                let Data::In(buffer) = data else { return Ok(Outcome::good(out.len().min(moved))) };
                let moved = moved.min(self.reply.len()).min(buffer.len());
                buffer[..moved].copy_from_slice(&self.reply[..moved]);
                Ok(Outcome::good(moved))
            }
            // What was read before the block at fault has gone to the host.
            Err(refusal @ Refusal { detail: Detail::Block(_), .. }) => {
                let mut moved = 0;
                if let Data::In(buffer) = data {
                    moved = self.reply.len().min(buffer.len());
                    buffer[..moved].copy_from_slice(&self.reply[..moved]);
                }
                Ok(Outcome { transferred: moved, ..Outcome::check(self.sense(refusal)) })
            }
            Err(refusal) => Ok(Outcome::check(self.sense(refusal))),
        }
    }

    fn wait(&mut self, duration: Duration) {
        self.advance(duration);
    }
}
