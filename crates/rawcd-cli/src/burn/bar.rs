//! The bar of a burn: how far, how fast, and how full the drive's buffer is.

use indicatif::{ProgressBar, ProgressStyle};
use mmc_wire::block::buffer_capacity::BufferCapacity;
use mmc_wire::command::ReadBufferCapacity;
use raw_cd::{COMMAND_TIMEOUT, RawCd, Recorder, WriteAction};

/// A bar on a terminal, and nothing elsewhere.
pub fn over(writer: &RawCd) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:9} [{bar:40}] {percent:>3} %  {prefix}  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let shown = bar.clone();
    let mut drive = writer.recorder();
    writer.on_update(move |_, progress| {
        let doing = match progress.action {
            WriteAction::PREPARING => "preparing",
            WriteAction::WRITING => "writing",
            WriteAction::FINISHING => "finishing",
            _ => "verifying",
        };
        let done = progress.last_written_lba - progress.start_lba;
        let seconds = progress.elapsed.as_secs_f64();
        let mut text = match seconds > 0.0 {
            true => format!("{:.1}x", f64::from(done.max(0)) / seconds / 75.0),
            false => String::new(),
        };
        // A drive that does not tell once is not asked again.
        if progress.action == WriteAction::WRITING {
            match drive.as_ref().and_then(percent_full) {
                Some(percent) => text.push_str(&format!("  drive's buffer {percent} %")),
                None => drive = None,
            }
        }
        shown.set_length(progress.sector_count.into());
        shown.set_position(u64::try_from(done).unwrap_or(0));
        shown.set_message(doing);
        shown.set_prefix(text);
    });
    bar
}

/// How full the drive says that its buffer is.
fn percent_full(drive: &Recorder) -> Option<u64> {
    let command =
        ReadBufferCapacity { allocation: BufferCapacity::BYTES as u16, ..ReadBufferCapacity::default() };
    let told = drive.query(&command, COMMAND_TIMEOUT).ok()?;
    let used = u64::from(told.length).checked_sub(told.free.into())?;
    (used * 100).checked_div(told.length.into())
}

#[cfg(test)]
mod tests {
    use mmc_sim::{Drive, Personality, Scene};

    use super::*;

    #[test]
    fn an_empty_buffer_is_told_as_such() {
        let scene =
            Scene::blank(mmc_sim::DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
        let drive = Drive::new(Personality::reference(), &scene).unwrap();
        assert_eq!(percent_full(&Recorder::new(drive)), Some(0));
        let empty = Drive::new(Personality::reference(), &Scene::default()).unwrap();
        let _ = percent_full(&Recorder::new(empty));
    }
}
