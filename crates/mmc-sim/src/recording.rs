//! A recording: from the first WRITE to the SYNCHRONIZE CACHE that ends it.
//!
//! Each write mode is a type of its own; which one a WRITE starts follows from the write
//! parameters page (MMC "CD Write Parameters Mode Page").

pub(crate) mod convert;
pub(crate) mod fixation;
pub(crate) mod overwrite;
pub(crate) mod packet;
mod raw;
mod sao;
mod table;
pub(crate) mod tao;
#[cfg(test)]
mod tests;
pub(crate) mod user_data;

use core::time::Duration;

use cd_format::Lba;
use mmc_wire::Sense;

pub(crate) use packet::PacketStream;
pub(crate) use raw::RawStream;
pub(crate) use sao::SaoStream;
pub(crate) use tao::TaoStream;

use crate::buffer::{Buffer, Run};
use crate::disc::Disc;
use crate::store::{At, FRAME, Source};

/// What is being recorded, and what of it is still in the buffer.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub stream: Stream,
    pub buffer: Buffer,
    /// Whether the drive may stop and link when the buffer is empty (page 05h, BUFE).
    pub underrun_free: bool,
    /// All but the laser: the medium stays as it is (page 05h, test write).
    pub test_write: bool,
    /// Nothing of it is on the medium yet.
    pub fresh: bool,
    /// It ended by itself, as a packet does whose host is too slow.
    pub over: bool,
    /// The recording is lost, and this is what commands are told.
    pub lost: Option<Sense>,
}

/// The write mode, with what only it has to remember.
#[derive(Clone, Debug)]
pub(crate) enum Stream {
    /// The host sends everything, lead-in and lead-out included.
    Raw(Box<RawStream>),
    /// The drive makes lead-in and lead-out, as the cue sheet says.
    Sao(SaoStream),
    /// The host sends the user blocks of a track.
    Tao(Box<TaoStream>),
    /// The host sends user blocks, and a track grows by a packet.
    Packet(Box<PacketStream>),
}

impl Recording {
    pub const fn new(stream: Stream, buffer: Buffer, underrun_free: bool) -> Self {
        Self { stream, buffer, underrun_free, test_write: false, fresh: true, over: false, lost: None }
    }

    /// Bytes of a block as the host sends it.
    pub fn block_bytes(&self) -> usize {
        match &self.stream {
            Stream::Raw(raw) => raw.block_bytes(),
            Stream::Sao(sao) => sao.block_bytes(),
            Stream::Tao(tao) => tao.block_bytes(),
            Stream::Packet(packet) => packet.block_bytes(),
        }
    }

    /// Whether so many blocks may come at `lba`.
    pub fn check(&self, lba: Lba, blocks: u32) -> Result<(), Sense> {
        match &self.stream {
            Stream::Raw(raw) => raw.check(lba, blocks),
            Stream::Sao(sao) => sao.check(lba, blocks),
            Stream::Tao(tao) => tao.check(lba, blocks),
            Stream::Packet(packet) => packet.check(lba, blocks),
        }
    }

    /// Takes whole blocks, which have been checked, into the buffer.
    pub fn take(&mut self, blocks: &[u8], now: Duration) {
        let block_bytes = self.block_bytes();
        let run = match &mut self.stream {
            Stream::Raw(raw) => raw.take(blocks),
            Stream::Sao(sao) => {
                self.buffer.push_made(sao.make(), now);
                let run = sao.take(blocks);
                // Behind the last block the laser waits for nobody.
                self.underrun_free |= sao.is_complete();
                run
            }
            Stream::Tao(tao) => {
                self.buffer.push_made(tao.make(blocks), now);
                tao.take(blocks)
            }
            Stream::Packet(packet) => {
                self.buffer.push_made(packet.make(blocks), now);
                packet.take(blocks)
            }
        };
        self.buffer.push(run, block_bytes, now);
    }

    /// The host synchronises: the drive adds what belongs behind the last block. A session at once
    /// whose blocks have not all come cannot be ended so; sources leave open what a drive does then, and
    /// this one refuses and goes on.
    pub fn conclude(&mut self, now: Duration) -> Result<(), Sense> {
        if self.lost.is_some() {
            return Ok(());
        }
        match &mut self.stream {
            Stream::Raw(_) | Stream::Tao(_) => {}
            Stream::Sao(sao) if !sao.is_complete() => return Err(Sense::COMMAND_SEQUENCE_ERROR),
            Stream::Sao(sao) => {
                self.buffer.push_made(sao.make(), now);
            }
            Stream::Packet(packet) => self.buffer.push_made(packet.conclude(), now),
        }
        Ok(())
    }

    /// How long it takes from `now`, once the host has synchronised, until the recording is over.
    pub fn time_to_end(&self, now: Duration) -> Duration {
        if self.lost.is_some() {
            return Duration::ZERO;
        }
        let behind = match &self.stream {
            // What a packet has behind its data is in the buffer already.
            Stream::Raw(_) | Stream::Sao(_) | Stream::Packet(_) => Duration::ZERO,
            Stream::Tao(tao) => {
                let (from, frames) = tao.rest();
                self.buffer.pace().time(from, frames)
            }
        };
        self.buffer.time_to_empty(now) + behind
    }

    /// Lets the laser work up to `now`.
    pub fn advance(&mut self, now: Duration, disc: &mut Disc) {
        if self.lost.is_some() {
            return;
        }
        let (fresh, test, before) = (&mut self.fresh, self.test_write, self.buffer.underruns());
        let recorded = self.buffer.advance(now, |run| if test { Ok(()) } else { burn(disc, fresh, run) });
        if recorded.is_err() {
            self.lost = Some(Sense::WRITE_ERROR);
        } else if self.buffer.underruns() > before && !self.underrun_free {
            self.run_empty(now);
        }
    }

    /// The buffer is empty, and the drive may not link where the laser stopped: a variable packet ends there,
    /// any other recording is lost.
    fn run_empty(&mut self, now: Duration) {
        match &mut self.stream {
            Stream::Packet(packet) if packet.ends_with_the_data() => {
                self.buffer.push_made(packet.conclude(), now);
                self.over = true;
            }
            Stream::Packet(_) => {}
            Stream::Raw(_) | Stream::Sao(_) | Stream::Tao(_) => self.lost = Some(Sense::LOSS_OF_STREAMING),
        }
    }

    /// Everything that is in the buffer goes to the medium.
    pub fn flush(&mut self, disc: &mut Disc) {
        for run in self.buffer.drain() {
            if self.lost.is_none() && !self.test_write && burn(disc, &mut self.fresh, run).is_err() {
                self.lost = Some(Sense::WRITE_ERROR);
            }
        }
    }

    /// The session is what it is: whatever was recorded becomes the disc's state.
    pub fn end(mut self, disc: &mut Disc) -> Option<Sense> {
        self.flush(disc);
        if let Stream::Tao(tao) = &mut self.stream
            && !self.fresh
            && self.lost.is_none()
            && tao.end(disc).is_err()
        {
            self.lost = Some(Sense::WRITE_ERROR);
        }
        self.settle(disc);
        self.lost
    }

    /// The power goes: what the laser has not reached is gone.
    pub fn cut(mut self, disc: &mut Disc) {
        if let Some(run) = self.buffer.cut()
            && !self.test_write
        {
            let end = run.first + i32::try_from(run.bytes.len() / FRAME).unwrap_or(0);
            match burn(disc, &mut self.fresh, run) {
                Ok(()) => disc.recording_cut(end),
                Err(_) => self.lost = Some(Sense::WRITE_ERROR),
            }
        }
        self.settle(disc);
    }

    fn settle(&self, disc: &mut Disc) {
        if self.fresh {
            return;
        }
        match &self.stream {
            Stream::Raw(raw) => raw.settle(disc),
            Stream::Sao(sao) => sao.settle(disc),
            Stream::Tao(tao) => tao.settle(disc),
            Stream::Packet(packet) => packet.settle(disc),
        }
    }
}

/// Frames reach the medium; the first ones begin a run of their own.
fn burn(disc: &mut Disc, fresh: &mut bool, run: Run) -> Result<(), crate::store::WriteError> {
    let at = if *fresh { At::Start(run.first) } else { At::Next(run.first) };
    disc.store.append(at, Source::Owned(run.bytes))?;
    *fresh = false;
    Ok(())
}
