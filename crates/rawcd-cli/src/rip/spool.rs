//! The reading pass of a rip: every block of a session is read once, in order, into a file beside the
//! result. Formats are written from that, which takes two looks: what tracks there are, Q alone tells.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cd_format::{FRAME_BYTES, Lba, LeadInTold, RecordedFrames};
use indicatif::{ProgressBar, ProgressStyle};
use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::output;

/// Blocks asked for at once: what one READ CD gives.
const BATCH: i32 = super::frames::BATCH as i32;

/// Blocks that were read: [`FRAME_BYTES`] each, as they lie on the disc. The file goes with this.
pub struct Spool {
    file: Mutex<NamedTempFile>,
    run: Range<Lba>,
    told: LeadInTold,
}

impl Spool {
    /// Reads `run`. If that ends early, what was read stays beside `output` under a name that says so.
    pub fn read<F: RecordedFrames>(frames: &F, run: Range<Lba>, output: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(format_args!("a file in {}: {error}", output::folder(output).display()))
        };
        let mut file = output::beside(output, ".rip-").map_err(failed)?;
        let bar = progress(run.end - run.start);
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        // There is a handler already only when somebody else wants it so.
        let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
        let mut buffer = vec![0; FRAME_BYTES * BATCH as usize];
        let mut at = run.start;
        while at < run.end {
            let blocks = (run.end - at).min(BATCH);
            let part = buffer.get_mut(..FRAME_BYTES * blocks as usize).unwrap_or_default();
            let done = match interrupted.load(Ordering::Relaxed) {
                true => Err("interrupted".to_owned()),
                false => frames.read(at, part).map_err(|error| error.to_string()),
            };
            if let Err(why) = done {
                bar.finish_and_clear();
                return Err(stopped(&why, run.start..at, file, output));
            }
            file.write_all(part).map_err(failed)?;
            at = at + blocks;
            bar.inc(blocks.unsigned_abs().into());
        }
        bar.finish_and_clear();
        Ok(Self { file: Mutex::new(file), run, told: LeadInTold::default() })
    }

    /// With what is known of the session's lead-in.
    pub fn with_lead_in(self, told: LeadInTold) -> Self {
        Self { told, ..self }
    }
}

/// The name of what an unfinished rip leaves.
pub fn partial(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn stopped(why: &str, read: Range<Lba>, file: NamedTempFile, output: &Path) -> Failure {
    let failure = format!("reading stopped at LBA {}: {why}", read.end);
    let blocks = read.end - read.start;
    let path = partial(output);
    if blocks == 0 || file.persist(&path).is_err() {
        return Failure::new(failure);
    }
    Failure::new(failure).hint(format!(
        "the {blocks} blocks from LBA {} on that were read are in {}, {FRAME_BYTES} bytes each as they lie on \
         the disc: no image yet",
        read.start,
        path.display()
    ))
}

/// A bar on a terminal, and nothing elsewhere.
fn progress(blocks: i32) -> ProgressBar {
    let bar = ProgressBar::new(blocks.unsigned_abs().into());
    if let Ok(style) = ProgressStyle::with_template("reading   [{bar:40}] {percent:>3} %  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

impl RecordedFrames for Spool {
    type Error = std::io::Error;

    fn runs(&self) -> Vec<Range<Lba>> {
        vec![self.run.clone()]
    }

    fn told_of_lead_in(&self) -> LeadInTold {
        self.told.clone()
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), std::io::Error> {
        let block = u64::try_from(lba - self.run.start).map_err(std::io::Error::other)?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file: &mut File = file.as_file_mut();
        file.seek(SeekFrom::Start(block * FRAME_BYTES as u64))?;
        file.read_exact(out)
    }
}
