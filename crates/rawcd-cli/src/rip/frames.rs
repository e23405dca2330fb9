//! What a drive reads, as frames: READ CD with P to W, data scrambled again as it lies on the disc.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cd_format::sector::{SYNC, scramble::scramble};
use cd_format::sub_channel::interleave::q_frame;
use cd_format::{CdTextPack, FRAME_BYTES, Lba, LeadInTold, RecordedFrames};
use mmc_wire::block::toc::{CdText, FullToc, TocReply};
use mmc_wire::command::{ReadCd, ReadToc, SubChannelSelection, TocFormat};
use mmc_wire::{Sense, SenseKey};
use raw_cd::{COMMAND_TIMEOUT, Error, Recorder};

use crate::args::disc::OnError;

const MAIN: usize = 2352;
/// Frames of a READ CD: 64 kB.
pub const BATCH: usize = 26;
/// For one READ CD: a disc may have to spin up, or be tried again and again.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The program areas of a disc's closed sessions. Lead-ins, pregaps and lead-outs no drive gives.
pub struct DriveFrames<'a> {
    recorder: &'a Recorder,
    runs: Vec<Range<Lba>>,
    /// Tracks in order: where each begins, and whether it is data.
    tracks: Vec<(Lba, bool)>,
    /// What each run's session tells of its lead-in.
    told: Vec<LeadInTold>,
    on_error: OnError,
    retries: u32,
    /// Blocks that were not read, and what the drive said of each.
    missing: Mutex<BTreeMap<i32, Sense>>,
}

/// Neighbouring blocks of which the drive says the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damaged {
    pub blocks: Range<i32>,
    pub sense: Sense,
}

impl<'a> DriveFrames<'a> {
    /// Asks the drive for its table of contents.
    pub fn of(recorder: &'a Recorder, on_error: OnError, retries: u32) -> Result<Self, Error> {
        let full =
            ReadToc { format: TocFormat::FULL_TOC, start: 1, allocation: 0xFFFF, ..ReadToc::default() };
        let TocReply::Full(FullToc { entries, .. }) = recorder.query(&full, COMMAND_TIMEOUT)? else {
            return Err(Error::InvalidResponse {
                command: "READ TOC/PMA/ATIP",
                what: "a format that was not asked for".into(),
            });
        };
        let sessions = cd_format::lead_in::sessions(&entries);
        let mut cd_text = cd_text(recorder)?;
        let mut runs: Vec<(Range<Lba>, LeadInTold)> = Vec::new();
        for session in &sessions {
            let Some(first) = session.tracks.first() else { continue };
            // A drive tells the text of the first lead-in.
            let cd_text = core::mem::take(&mut cd_text);
            let told = LeadInTold { cd_text, disc_type: Some(session.disc_type) };
            if first.start < session.lead_out {
                runs.push((first.start..session.lead_out, told));
            }
        }
        runs.sort_by_key(|(run, _)| run.start);
        let (runs, told) = runs.into_iter().unzip();
        let all = sessions.iter().flat_map(|session| &session.tracks);
        let mut tracks: Vec<_> = all.map(|track| (track.start, track.control.is_data())).collect();
        tracks.sort_by_key(|(start, _)| *start);
        Ok(Self { recorder, runs, tracks, told, on_error, retries, missing: Mutex::default() })
    }

    /// Whether a block is data, which a drive descrambles: Q says it, and where Q is not to be had the
    /// table of contents. The main channel does not: audio may begin like a sync.
    fn is_data(&self, lba: Lba, frame: &[u8; FRAME_BYTES]) -> bool {
        let q = frame.last_chunk().map(q_frame).filter(|q| q.crc_ok());
        let by_table = || {
            let n = self.tracks.partition_point(|(start, _)| *start <= lba);
            n.checked_sub(1).and_then(|n| self.tracks.get(n)).is_some_and(|(_, data)| *data)
        };
        q.map_or_else(by_table, |q| q.control().is_data())
    }

    /// What the session of a run tells of its lead-in.
    pub fn told_of(&self, run: usize) -> LeadInTold {
        self.told.get(run).cloned().unwrap_or_default()
    }

    /// The blocks that should be there and could not be read.
    pub fn damaged(&self) -> Vec<Damaged> {
        let mut stretches: Vec<Damaged> = Vec::new();
        for (lba, sense) in &*self.missing.lock().unwrap_or_else(PoisonError::into_inner) {
            match stretches.last_mut() {
                _ if !is_damage(*sense) => {}
                Some(last) if last.blocks.end == *lba && last.sense == *sense => last.blocks.end += 1,
                _ => stretches.push(Damaged { blocks: *lba..lba + 1, sense: *sense }),
            }
        }
        stretches
    }

    /// The first block that the drive says is none, as the run-out behind a track written at once, and how
    /// many.
    pub fn absent(&self) -> Option<(i32, usize)> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut absent = missing.iter().filter(|(_, sense)| !is_damage(**sense)).map(|(lba, _)| *lba);
        Some((absent.next()?, absent.count() + 1))
    }

    /// Reads a block that did not come with its neighbours, as often as it may take.
    fn read_patiently(&self, lba: Lba, frame: &mut [u8]) -> Result<(), Error> {
        let mut tries = 0;
        loop {
            match self.read_cd(lba, frame) {
                Err(error) if error.unreadable().is_some() && tries < self.retries => tries += 1,
                read => return read,
            }
        }
    }

    fn read_cd(&self, lba: Lba, out: &mut [u8]) -> Result<(), Error> {
        let blocks = u32::try_from(out.len() / FRAME_BYTES).unwrap_or(0);
        let command = ReadCd {
            lba,
            blocks,
            sync: true,
            headers: 3,
            user_data: true,
            edc_ecc: true,
            sub_channel: SubChannelSelection::RAW,
            ..ReadCd::default()
        };
        let bytes = self.recorder.read(&command, out.len(), TIMEOUT)?;
        if bytes.len() != out.len() {
            let what = format!("{} bytes of {blocks} blocks, expected {}", bytes.len(), out.len());
            return Err(Error::InvalidResponse { command: "READ CD", what });
        }
        out.copy_from_slice(&bytes);
        let (frames, _) = out.as_chunks_mut::<FRAME_BYTES>();
        for (frame, at) in frames.iter_mut().zip(lba.0..) {
            let data = self.is_data(Lba(at), frame);
            if let Some(main) = frame.first_chunk_mut::<MAIN>()
                && data
                && main.starts_with(&SYNC)
            {
                scramble(main);
            }
        }
        Ok(())
    }
}

impl RecordedFrames for DriveFrames<'_> {
    type Error = Error;

    fn runs(&self) -> Vec<Range<Lba>> {
        self.runs.clone()
    }

    /// Blocks that cannot be read are tried again, one by one; then they become zeros, and are kept in mind,
    /// or the first one is an error. That the drive is gone is one always.
    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), Error> {
        for (part, at) in out.chunks_mut(BATCH * FRAME_BYTES).zip((lba.0..).step_by(BATCH)) {
            match self.read_cd(Lba(at), part) {
                Ok(()) => continue,
                Err(error) if error.sense().is_none() => return Err(error),
                Err(_) => {}
            }
            for (frame, at) in part.chunks_mut(FRAME_BYTES).zip(at..) {
                let Err(error) = self.read_patiently(Lba(at), frame) else { continue };
                let Some(sense) = error.sense() else { return Err(error) };
                if self.on_error == OnError::Stop && is_damage(sense) {
                    return Err(Error::Unreadable { lba: Lba(at), sense });
                }
                frame.fill(0);
                self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(at, sense);
            }
        }
        Ok(())
    }
}

/// The packs that the drive tells; none of a drive that does not know them.
fn cd_text(recorder: &Recorder) -> Result<Vec<CdTextPack>, Error> {
    let command = ReadToc { format: TocFormat::CD_TEXT, allocation: 0xFFFF, ..ReadToc::default() };
    match recorder.query(&command, COMMAND_TIMEOUT) {
        Ok(TocReply::CdText(CdText { packs })) => Ok(packs),
        Err(error) if error.sense().is_none() => Err(error),
        Ok(_) | Err(_) => Ok(Vec::new()),
    }
}

/// Whether a block is there and reads badly; the other senses say that there is none of the kind.
fn is_damage(sense: Sense) -> bool {
    [SenseKey::MEDIUM_ERROR, SenseKey::HARDWARE_ERROR].contains(&sense.key)
}
