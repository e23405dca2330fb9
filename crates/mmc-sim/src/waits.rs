//! What the drive is doing and for how long yet, for whoever stands beside it: a host has to ask by commands.

use core::time::Duration;

use crate::disc::Disc;
use crate::drive::{Busy, COMMAND_TIME, Drive};
use crate::loader::{Found, Settling};
use crate::recording::Stream;
use crate::scene::Tray;

/// Something that ends by itself, and that a host polls for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Awaited {
    /// Of all of it.
    pub whole: Duration,
    /// From now on.
    pub left: Duration,
}

impl Drive {
    /// What a host would have to wait for: a long operation to end, or a disc to be known.
    pub fn awaited(&self) -> Option<Awaited> {
        if let Busy::Long { ends, takes, .. } = self.activity {
            return Some(Awaited { whole: takes, left: ends.saturating_sub(self.clock) });
        }
        let (Found::Loading, Settling::Until(moment)) = (self.loader.find(), self.loader.settling) else {
            return None;
        };
        let left = moment.saturating_sub(self.clock);
        let spin_up = Duration::from_secs(self.personality.speeds.spin_up_seconds.into());
        Some(Awaited { whole: spin_up.max(left), left })
    }

    /// How long the laser takes to make room in the write buffer: for so many bytes, and for most of what the buffer
    /// holds, but not so long that it would run empty. `None` while nothing is recorded.
    pub fn time_to_make_room(&self, bytes: u64) -> Option<Duration> {
        let recording = self.recording.as_ref()?;
        Some(recording.buffer.time_to_make_room(self.clock, bytes))
    }

    /// Whether the laser is about to run empty, and the recording would be lost by it: the host has to go on soon.
    pub fn is_starving(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| {
            let is_lost_by_it = !recording.underrun_free && !matches!(recording.stream, Stream::Packet(_));
            is_lost_by_it && recording.buffer.is_low(self.clock)
        })
    }

    /// Lets commands cost no time, or what they usually do.
    pub const fn stop_clock(&mut self, stopped: bool) {
        self.command_time = if stopped { Duration::ZERO } else { COMMAND_TIME };
    }

    /// Whether a recording is in progress: from its first WRITE to what ends it.
    pub const fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// Where the tray is.
    pub const fn tray(&self) -> Tray {
        self.loader.tray
    }

    /// Whether the host has locked the tray.
    pub const fn is_locked(&self) -> bool {
        self.loader.locked
    }

    /// The disc that is in the drive or on its tray, known to it or not.
    pub const fn disc_on_tray(&self) -> Option<&Disc> {
        self.loader.disc.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use scsi_transport::{Data, Transport};

    use super::*;
    use crate::scene::{DiscKind, Scene};
    use crate::{HostAct, Personality};

    fn drive(kind: DiscKind) -> Drive {
        let scene = Scene::blank(kind, "97:10:00".parse().unwrap(), "79:59:74".parse().unwrap());
        Drive::new(Personality::reference(), &scene).unwrap()
    }

    #[test]
    fn a_long_operation_is_awaited_until_it_is_over() {
        let mut drive = drive(DiscKind::CdRw);
        assert_eq!(drive.awaited(), None);
        let blank = [0xA1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!(drive.execute(&blank, Data::None, Duration::ZERO).unwrap().is_good());
        let Awaited { whole, left } = drive.awaited().unwrap();
        assert_eq!(whole, left);
        drive.wait(whole / 4);
        assert_eq!(drive.awaited(), Some(Awaited { whole, left: whole - whole / 4 }));
        drive.wait(whole);
        assert_eq!(drive.awaited(), None);
    }

    #[test]
    fn a_disc_is_awaited_until_it_is_known() {
        let mut drive = drive(DiscKind::CdR);
        assert!(drive.disc_on_tray().is_some() && drive.disc().is_some());
        drive.host(&HostAct::PressEject).unwrap();
        assert_eq!((drive.tray(), drive.awaited()), (Tray::Open, None));
        assert!(drive.disc_on_tray().is_some() && drive.disc().is_none());
        drive.host(&HostAct::CloseTray).unwrap();
        let Awaited { whole, left } = drive.awaited().unwrap();
        assert!(whole == left && whole > Duration::ZERO);
        drive.wait(left);
        assert_eq!(drive.awaited(), None);
        assert_eq!(drive.time_to_make_room(1), None);
    }
}
