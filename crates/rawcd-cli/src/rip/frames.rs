//! What a drive reads, as frames: READ CD with P to W, data scrambled again as it lies on the disc.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cd_format::sector::{SYNC, scramble::scramble};
use cd_format::{FRAME_BYTES, Lba, RecordedFrames};
use mmc_wire::block::toc::{FullToc, TocReply};
use mmc_wire::command::{ReadCd, ReadToc, SubChannelSelection, TocFormat};
use raw_cd::{COMMAND_TIMEOUT, Error, Recorder};

const MAIN: usize = 2352;
/// Frames of a READ CD: 64 kB.
pub const BATCH: usize = 26;
/// For one READ CD: a disc may have to spin up, or be tried again and again.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The program areas of a disc's closed sessions. Lead-ins, pregaps and lead-outs no drive gives.
pub struct DriveFrames<'a> {
    recorder: &'a Recorder,
    runs: Vec<Range<Lba>>,
    unreadable: Mutex<BTreeSet<i32>>,
}

impl<'a> DriveFrames<'a> {
    /// Asks the drive for its table of contents.
    pub fn of(recorder: &'a Recorder) -> Result<Self, Error> {
        let full =
            ReadToc { format: TocFormat::FULL_TOC, start: 1, allocation: 0xFFFF, ..ReadToc::default() };
        let TocReply::Full(FullToc { entries, .. }) = recorder.query(&full, COMMAND_TIMEOUT)? else {
            return Err(Error::InvalidResponse {
                command: "READ TOC/PMA/ATIP",
                what: "a format that was not asked for".into(),
            });
        };
        let sessions = cd_format::lead_in::sessions(&entries);
        let run = |session: &cd_format::Session| Some(session.tracks.first()?.start..session.lead_out);
        let mut runs: Vec<Range<Lba>> =
            sessions.iter().filter_map(run).filter(|run| run.start < run.end).collect();
        runs.sort_by_key(|run| run.start);
        Ok(Self { recorder, runs, unreadable: Mutex::default() })
    }

    /// The first block that could not be read, and how many.
    pub fn unreadable(&self) -> Option<(i32, usize)> {
        let blocks = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        Some((*blocks.first()?, blocks.len()))
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
        for frame in frames {
            if let Some(main) = frame.first_chunk_mut::<MAIN>()
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

    /// Blocks that cannot be read become zeros, and are counted; that the drive is gone is an error.
    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), Error> {
        for (part, at) in out.chunks_mut(BATCH * FRAME_BYTES).zip((lba.0..).step_by(BATCH)) {
            match self.read_cd(Lba(at), part) {
                Ok(()) => continue,
                Err(error) if error.sense().is_none() => return Err(error),
                Err(_) => {}
            }
            for (frame, at) in part.chunks_mut(FRAME_BYTES).zip(at..) {
                match self.read_cd(Lba(at), frame) {
                    Ok(()) => {}
                    Err(error) if error.sense().is_none() => return Err(error),
                    Err(_) => {
                        frame.fill(0);
                        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).insert(at);
                    }
                }
            }
        }
        Ok(())
    }
}
