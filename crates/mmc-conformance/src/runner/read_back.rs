//! Reading back what was recorded, and comparing it.
//!
//! What is expected is what the fixture has sent, and never what a drive has said; what a drive alters of it
//! is known from [`raw_cd::verify`], whose mask is used here too.

use cd_format::Lba;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::sub_channel::{QFrame, SUB_CHANNEL_BYTES};
use mmc_wire::Cdb;
use mmc_wire::command::{Read10, Read12, ReadCd, SubChannelSelection};
use raw_cd::Error;
use raw_cd::verify::{MARGIN, Mask, Recorded};
use scsi_transport::{Data, Transport};

use super::COMMAND_TIMEOUT;
use crate::fixture::{DriveExpect, MainPart, ReadCommand, SubPart};
use crate::image::OnDisc;
use crate::judge::{self, Answer, Saved, Verdict};
use crate::literal::SensePattern;

/// Blocks of one command: what 64 KiB hold with sub-channels.
const TRANSFER: u32 = 26;

/// Bytes of the main channel.
const MAIN: usize = 2352;

/// Which blocks are read, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'a> {
    pub from: Lba,
    pub blocks: u32,
    pub by: ReadCommand,
    /// What the drive may refuse them with.
    pub or_refused: &'a [SensePattern],
}

/// Reads the blocks and compares them with what `expected` says of each. `Err` where it says nothing.
pub(super) fn compare(
    line: &mut impl Transport,
    range: Range<'_>,
    expected: impl Fn(Lba) -> Option<OnDisc>,
) -> Result<Verdict, String> {
    let mut reading = Reading { by: range.by, mask: Mask::default(), q_good: 0, q_bad: 0 };
    let mut read = 0;
    while read < range.blocks {
        let lba = Lba(range.from.0.saturating_add_unsigned(read));
        let window = Window::around(lba, TRANSFER.min(range.blocks - read), &expected);
        let count = window.alike(lba, range.by)?;
        let answer = send(line, range.by, lba, count, window.block_bytes(lba, range.by));
        if !range.or_refused.is_empty() && refused(range.or_refused, &answer) {
            read += count;
            continue;
        }
        let good = judge::command(&DriveExpect::Good, &answer, &Saved::new());
        if !good.is_pass() {
            return Ok(good);
        }
        if let Some(different) = reading.blocks(&window, lba, count, &answer.data) {
            return Ok(different);
        }
        read += count;
    }
    Ok(reading.settle())
}

/// Reads each block by itself, which has to be refused.
pub(super) fn refuses(line: &mut impl Transport, range: Range<'_>, with: &[SensePattern]) -> Verdict {
    let expect = DriveExpect::Sense(with.to_vec());
    for n in 0..range.blocks {
        let lba = Lba(range.from.0.saturating_add_unsigned(n));
        let answer = send(line, range.by, lba, 1, MAIN + SUB_CHANNEL_BYTES);
        let verdict = judge::command(&expect, &answer, &Saved::new());
        if let Verdict::Fail(mut mismatch) = verdict {
            mismatch.what = format!("the answer at LBA {lba}");
            return Verdict::Fail(mismatch);
        }
    }
    Verdict::Pass
}

fn refused(with: &[SensePattern], answer: &Answer) -> bool {
    judge::command(&DriveExpect::Sense(with.to_vec()), answer, &Saved::new()).is_pass()
}

/// Sends one command that reads.
fn send(line: &mut impl Transport, by: ReadCommand, lba: Lba, blocks: u32, block_bytes: usize) -> Answer {
    let cdb = match by {
        ReadCommand::Read10 => {
            let blocks = u16::try_from(blocks).unwrap_or(u16::MAX);
            Read10 { lba, blocks, ..Read10::default() }.bytes().to_vec()
        }
        ReadCommand::Read12 => Read12 { lba, blocks, ..Read12::default() }.bytes().to_vec(),
        ReadCommand::ReadCd { main, sub } => {
            let whole = main == MainPart::Whole;
            ReadCd {
                lba,
                blocks,
                sync: whole,
                headers: if whole { 3 } else { 0 },
                user_data: true,
                edc_ecc: whole,
                sub_channel: match sub {
                    SubPart::Nothing => SubChannelSelection::NONE,
                    SubPart::Raw => SubChannelSelection::RAW,
                },
                ..ReadCd::default()
            }
            .bytes()
            .to_vec()
        }
    };
    let mut room = vec![0; block_bytes.saturating_mul(usize::try_from(blocks).unwrap_or(0))];
    let outcome = line.execute(&cdb, Data::In(&mut room), COMMAND_TIMEOUT);
    room.truncate(outcome.as_ref().map_or(0, |outcome| outcome.transferred));
    Answer { cdb, outcome, data: room }
}

/// What was recorded around the blocks of one command.
struct Window {
    first: Lba,
    blocks: Vec<Option<OnDisc>>,
    upto: Lba,
}

impl Window {
    fn around(lba: Lba, blocks: u32, expected: &impl Fn(Lba) -> Option<OnDisc>) -> Self {
        let first = Lba(lba.0.saturating_sub(MARGIN));
        let upto = lba.0.saturating_add_unsigned(blocks);
        let held = (first.0..upto.saturating_add(MARGIN)).map(|at| expected(Lba(at))).collect();
        Self { first, blocks: held, upto: Lba(upto) }
    }

    fn block(&self, lba: Lba) -> Option<&OnDisc> {
        let place = usize::try_from(i64::from(lba.0) - i64::from(self.first.0)).ok()?;
        self.blocks.get(place)?.as_ref()
    }

    /// How many blocks from `lba` on one command reads: of one kind, and as long as one another.
    fn alike(&self, lba: Lba, by: ReadCommand) -> Result<u32, String> {
        let kind = |block: &OnDisc| match by {
            ReadCommand::ReadCd { main: MainPart::Whole, .. } => (block.data, MAIN),
            _ => (block.data, block.user.len()),
        };
        let unknown = |lba| format!("no earlier step has recorded LBA {lba}, so nothing is known of it");
        let first = self.block(lba).map(kind).ok_or_else(|| unknown(lba))?;
        let cooked = matches!(by, ReadCommand::Read10 | ReadCommand::Read12);
        if cooked && first != (true, 2048) {
            return Err(format!("LBA {lba} has no 2048 bytes of user data: read it by ReadCd"));
        }
        let alike = (lba.0..self.upto.0).take_while(|at| self.block(Lba(*at)).map(kind) == Some(first));
        Ok(u32::try_from(alike.count()).unwrap_or(1).max(1))
    }

    fn block_bytes(&self, lba: Lba, by: ReadCommand) -> usize {
        let user = self.block(lba).map_or(0, |block| block.user.len());
        match by {
            ReadCommand::Read10 | ReadCommand::Read12 => user,
            ReadCommand::ReadCd { main, sub } => {
                let main = if main == MainPart::Whole { MAIN } else { user };
                main + if sub == SubPart::Raw { SUB_CHANNEL_BYTES } else { 0 }
            }
        }
    }
}

impl Recorded for Window {
    fn main(&self, lba: Lba) -> Option<&[u8]> {
        Some(&self.block(lba)?.main)
    }

    fn q(&self, lba: Lba) -> Option<QFrame> {
        self.block(lba)?.q
    }

    /// Sessions of fixtures have nothing in R to W, and a raw reading of them is not corrected.
    fn rw(&self, _: Lba) -> Option<&[u8; SUB_CHANNEL_BYTES]> {
        None
    }
}

struct Reading {
    by: ReadCommand,
    mask: Mask,
    q_good: u32,
    q_bad: u32,
}

impl Reading {
    /// What of the blocks that one command brought is different.
    fn blocks(&mut self, window: &Window, lba: Lba, count: u32, seen: &[u8]) -> Option<Verdict> {
        let each = window.block_bytes(lba, self.by);
        let expected = each.saturating_mul(usize::try_from(count).unwrap_or(0));
        if seen.len() != expected {
            let what = format!("bytes read from LBA {lba} on");
            return Some(mismatch(what, expected.to_string(), seen.len().to_string()));
        }
        seen.chunks_exact(each.max(1)).zip(lba.0..).find_map(|(seen, at)| self.block(window, Lba(at), seen))
    }

    fn block(&mut self, window: &Window, lba: Lba, seen: &[u8]) -> Option<Verdict> {
        let block = window.block(lba)?;
        let (main, sub) = match self.by {
            ReadCommand::ReadCd { main: MainPart::Whole, .. } => seen.split_at_checked(MAIN)?,
            _ => {
                let (user, sub) = seen.split_at_checked(block.user.len())?;
                if let Some(at) = user.iter().zip(&block.user).position(|(seen, sent)| seen != sent) {
                    let byte = |of: &[u8]| of.get(at).map(|byte| format!("{byte:02X}")).unwrap_or_default();
                    let what = format!("LBA {lba}, user data, byte {at}");
                    return Some(mismatch(what, byte(&block.user), byte(user)));
                }
                (&[][..], sub)
            }
        };
        if !main.is_empty()
            && let Err(error) = self.mask.main(window, lba, main, block.data)
        {
            return Some(different(&error));
        }
        if let Some(sub) = sub.first_chunk() {
            match self.mask.q(window, lba, q_frame(sub)) {
                Ok(true) => self.q_good += 1,
                Ok(false) => self.q_bad += 1,
                Err(error) => return Some(different(&error)),
            }
        }
        None
    }

    /// What shows only at the end.
    fn settle(&mut self) -> Verdict {
        if self.q_good == 0 && self.q_bad > 0 {
            let seen = format!("none of {}", self.q_bad);
            return mismatch("Q frames with a good CRC".into(), "one or more".into(), seen);
        }
        match self.mask.settle() {
            Ok(_) => Verdict::Pass,
            Err(error) => different(&error),
        }
    }
}

/// The words of a comparison that failed.
fn different(error: &Error) -> Verdict {
    match error {
        Error::VerifyFailed { lba, channel, byte, expected, seen } => mismatch(
            format!("LBA {lba}, {channel}, byte {byte}"),
            format!("{expected:02X}"),
            format!("{seen:02X}"),
        ),
        other => mismatch("the block".into(), "as recorded".into(), other.to_string()),
    }
}

fn mismatch(what: String, expected: String, seen: String) -> Verdict {
    Verdict::Fail(judge::Mismatch { what, expected, seen })
}

#[cfg(test)]
mod tests;
