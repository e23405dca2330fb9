//! Reading a session back and comparing it with its image. Ours: `IDiscFormat2RawCD` has nothing of the
//! kind.
//!
//! GOOD proves nothing: a logged burn got GOOD for 147,198 sectors and left a blank disc. So the
//! session is read, and held against the image as both go by; nothing is kept of either but some
//! sectors.
//!
//! What is compared, and what a drive alters and therefore is not:
//!
//! | what | compared | not compared |
//! |---|---|---|
//! | the disc | READ DISC INFORMATION says that it is not blank | |
//! | lead-in | the track entries and A0 to A2 of its Q, with CONTROL, against READ TOC format 2, where the drive has that | everything else: no command reads a lead-in |
//! | pregap | | drives refuse addresses below 0 |
//! | a longer first pause | where the drive gives it | elsewhere |
//! | program, main channel | all 2352 bytes, from the first user sector up to the first whose Q has TNO AAh | |
//! | of data sectors (CONTROL bit 2) | the image descrambled: a drive descrambles what it reads | |
//! | of audio | shifted by any constant number of samples, up to four sectors: drives write and read audio some samples early or late, always as many. The shift is told | |
//! | program, Q | CONTROL and ADR, and the nine bytes that follow, where the read frame's CRC is good; that of a neighbour up to four sectors away will do, since drives read Q beside the sector | the CRC, which drives make; frames that came with a bad one, whose number is told |
//! | program, R to W | counted where they differ, for [`SectorType::RAW`]: nothing corrects a raw reading of them | for the other types, where the drive makes or packs them |
//! | program, P | | it is one bit repeated, and drives make it anew |
//! | lead-out | | few drives read it |
//!
//! A sector that the drive cannot read is an [`Error::Unreadable`] with its address, as one that differs is an
//! [`Error::VerifyFailed`].
//!
//! A drive that refuses the sub-channel is read without it, which is told too. Some drives know a new
//! disc only once it was loaded again.

mod mask;
mod shift;
mod table;
mod window;

pub use mask::{Mask, Recorded};

use core::time::Duration;

use cd_format::Lba;
use cd_format::sub_channel::interleave::q_frame;
use mmc_wire::block::disc_information::DiscStatus;
use mmc_wire::command::{ReadCd, SubChannelSelection};
use mmc_wire::{Cdb, SenseKey};
use scsi_transport::Data;

use crate::media;
use crate::next_session::Extent;
use crate::write::{Source, Stream};
use crate::{Error, RawImage, Recorder, SectorType};
use window::Window;

const MAIN_BYTES: usize = 2352;
const SUB_BYTES: usize = 96;
/// Sectors to either side of the one that is compared, in which it may be found: more than any drive is
/// known to be off.
pub const MARGIN: i32 = 4;
/// For one READ CD: a disc may have to spin up.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(1);
const ATTENTIONS: u32 = 8;

/// What to compare, and with what.
#[derive(Debug)]
pub struct Session<'a> {
    /// The drive.
    pub recorder: &'a Recorder,
    /// Where the session was written: the room that there was for it.
    pub extent: Extent,
    /// What the image's sectors hold.
    pub sector_type: SectorType,
    /// Sectors of the image before its first user sector.
    pub lead_in_sectors: i32,
}

/// What of an image was found on the disc. What was not is an error.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Verified {
    /// User sectors whose main channel is the image's.
    pub sectors: u32,
    /// Samples by which the drive reads audio late; negative for early.
    pub audio_shift: i32,
    /// Sectors whose Q is the image's.
    pub q_equal: u32,
    /// Sectors whose Q came with a bad CRC.
    pub q_unreadable: u32,
    /// Sectors whose R to W differ.
    pub rw_different: u32,
    /// Whether the drive gave its table of contents.
    pub toc: bool,
    /// Whether the drive gave sub-channels.
    pub sub_channel: bool,
}

/// Which bytes of a sector an [`Error::VerifyFailed`] speaks of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Channel {
    /// The 2352 bytes of the main channel; of a data sector descrambled.
    Main,
    /// The 12 bytes of Q.
    Q,
}

impl core::fmt::Display for Channel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Main => "the main channel",
            Self::Q => "Q",
        })
    }
}

/// Reads the session back. `meanwhile` is told how many user sectors were compared, after every
/// transfer, and says whether to go on.
///
/// The image is read once, in order, from where the session starts: one that cannot seek has to be a
/// fresh one.
pub fn compare(
    session: &Session<'_>,
    image: &mut dyn RawImage,
    mut meanwhile: impl FnMut(u32) -> bool,
) -> Result<Verified, Error> {
    let Session { recorder, extent, sector_type, lead_in_sectors } = *session;
    let part = Stream::of(sector_type, lead_in_sectors, image)?.part(&extent)?;
    if media::disc_information(recorder)?.status == DiscStatus::Blank {
        return Err(Error::NothingRecorded);
    }
    let Some(source) = Source::at(image, part.skip_bytes(), &mut || meanwhile(0))? else {
        return Err(Error::VerifyCancelled);
    };
    let end = extent.start + i32::try_from(part.sectors).unwrap_or(i32::MAX);
    let window = Window::new(source, sector_type, part.sector_bytes, extent.start, end);
    let mut reading = Reading {
        recorder,
        window,
        sub_channel: true,
        buffer: Vec::new(),
        mask: Mask::default(),
        verified: Verified::default(),
    };
    reading.verified.toc = reading.table(extent.first_user)?;
    let mut lba = reading.first_block(extent.first_user)?;
    while let Some(next) = reading.transfer(lba)? {
        lba = next;
        if !meanwhile(reading.verified.sectors) {
            return Err(Error::VerifyCancelled);
        }
    }
    reading.verified.audio_shift = reading.mask.settle()?;
    reading.verified.sub_channel = reading.sub_channel;
    Ok(reading.verified)
}

/// Both sides, as they go by.
struct Reading<'a> {
    recorder: &'a Recorder,
    window: Window<'a>,
    sub_channel: bool,
    buffer: Vec<u8>,
    mask: Mask,
    verified: Verified,
}

impl Reading<'_> {
    /// Compares the table of contents with the lead-in; whether the drive has given one.
    fn table(&mut self, first_user: Lba) -> Result<bool, Error> {
        let mut entries = table::Entries::default();
        let mut lba = self.window.start();
        while lba < first_user {
            let next = Lba(first_user.0.min(lba.0.saturating_add(self.window.step())));
            self.window.move_to(lba, next)?;
            for at in lba.0..next.0 {
                if let Some(frame) = self.window.q(Lba(at)) {
                    entries.note(frame);
                }
            }
            lba = next;
        }
        entries.compare(self.recorder)
    }

    /// The first block to read: the first of the program, or of index 1 where the first track's pause is longer
    /// than the pregap's two seconds and the drive gives nothing of it. Some do behind 00:02:00, few
    /// do between two sessions.
    fn first_block(&mut self, first: Lba) -> Result<Lba, Error> {
        let mut lba = first;
        self.window.move_to(lba, lba + 1)?;
        if self.index(lba) != Some(0) {
            return Ok(lba);
        }
        match self.read(lba, 1) {
            Err(error) if error.is_refusal() => self.sub_channel = true,
            other => return other.map(|_| lba),
        }
        loop {
            let next = lba + self.window.step();
            self.window.move_to(lba, next)?;
            if let Some(at) = (lba.0..next.0).map(Lba).find(|at| self.index(*at).is_some_and(|n| n > 0)) {
                return Ok(at);
            }
            if self.window.q(next - 1).is_none() {
                return Ok(first);
            }
            lba = next;
        }
    }

    /// The index that the image's Q tells of a block.
    fn index(&self, lba: Lba) -> Option<u8> {
        match self.window.q(lba)?.content() {
            Ok(cd_format::sub_channel::QContent::Position { index, .. }) => Some(index),
            _ => None,
        }
    }

    /// Compares what one command reads; gives where the next one begins, `None` at the end.
    fn transfer(&mut self, lba: Lba) -> Result<Option<Lba>, Error> {
        let step = self.step();
        self.window.move_to(lba, lba + step)?;
        let Some((blocks, data)) = self.window.alike(lba, step) else { return Ok(None) };
        let (block_bytes, blocks) = match self.read(lba, blocks) {
            // One of them is at fault: the next ones come alone until it has been met.
            Err(error) if blocks > 1 && error.unreadable().is_some() => (self.read(lba, 1), 1),
            read => (read, blocks),
        };
        let block_bytes = block_bytes.map_err(|error| match error.unreadable() {
            Some(sense) => Error::Unreadable { lba, sense },
            None => error,
        })?;
        let buffer = core::mem::take(&mut self.buffer);
        for (block, at) in buffer.chunks_exact(block_bytes).zip(lba.0..) {
            let (main, sub) = block.split_at(MAIN_BYTES.min(block.len()));
            self.mask.main(&self.window, Lba(at), main, data)?;
            if let Some(sub) = sub.first_chunk::<SUB_BYTES>() {
                self.sub(Lba(at), sub)?;
            }
            self.verified.sectors += 1;
        }
        self.buffer = buffer;
        Ok(Some(lba + blocks))
    }

    /// Blocks of one command.
    fn step(&self) -> i32 {
        let fit = self.recorder.max_transfer_bytes() / (MAIN_BYTES + SUB_BYTES);
        i32::try_from(fit).unwrap_or(i32::MAX).clamp(1, self.window.step())
    }

    fn sub(&mut self, lba: Lba, seen: &[u8; SUB_BYTES]) -> Result<(), Error> {
        if self.mask.q(&self.window, lba, q_frame(seen))? {
            self.verified.q_equal += 1;
        } else {
            self.verified.q_unreadable += 1;
        }
        self.verified.rw_different += u32::from(!self.mask.rw(&self.window, lba, seen));
        Ok(())
    }

    /// Reads blocks into the buffer; gives the bytes of one.
    fn read(&mut self, lba: Lba, blocks: i32) -> Result<usize, Error> {
        loop {
            let sub_bytes = if self.sub_channel { SUB_BYTES } else { 0 };
            let block_bytes = MAIN_BYTES + sub_bytes;
            let command = ReadCd {
                lba,
                blocks: u32::try_from(blocks).unwrap_or(0),
                sync: true,
                headers: 3,
                user_data: true,
                edc_ecc: true,
                sub_channel: if self.sub_channel {
                    SubChannelSelection::RAW
                } else {
                    SubChannelSelection::NONE
                },
                ..ReadCd::default()
            };
            let expected = usize::try_from(blocks).unwrap_or(0) * block_bytes;
            self.buffer.resize(expected, 0);
            match self.patiently(&command) {
                Ok(seen) if seen == expected => return Ok(block_bytes),
                Ok(seen) => {
                    return Err(Error::InvalidResponse {
                        command: ReadCd::ROW.name,
                        what: format!("at LBA {lba}: {seen} bytes came: expected {expected}"),
                    });
                }
                // Not this selection; where it is something else, the next try says so.
                Err(error) if self.sub_channel && self.verified.sectors == 0 && error.is_refusal() => {
                    self.sub_channel = false;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends the command again while the drive is not ready yet, and where it only had something to
    /// tell.
    fn patiently(&mut self, command: &ReadCd) -> Result<usize, Error> {
        let (mut waited, mut attentions) = (Duration::ZERO, 0);
        loop {
            let error = match self.recorder.run(command, Data::In(&mut self.buffer), READ_TIMEOUT) {
                Ok(seen) => return Ok(seen),
                Err(error) => error,
            };
            match error.sense().map(|sense| (sense.key, sense.asc, sense.ascq)) {
                Some((SenseKey::UNIT_ATTENTION, ..)) if attentions < ATTENTIONS => attentions += 1,
                Some((SenseKey::NOT_READY, 0x04, ascq)) if ascq != 0x03 && waited < READ_TIMEOUT => {
                    self.recorder.wait(PAUSE);
                    waited += PAUSE;
                }
                _ => return Err(error),
            }
        }
    }
}

/// The first byte that differs.
fn different(lba: Lba, channel: Channel, expected: &[u8], seen: &[u8]) -> Error {
    let pairs = expected.iter().zip(seen).enumerate();
    let first = pairs.filter(|(_, (expected, seen))| expected != seen).map(|(n, (e, s))| (n, *e, *s)).next();
    let (byte, expected, seen) = first.unwrap_or_default();
    Error::VerifyFailed { lba, channel, byte, expected, seen }
}
