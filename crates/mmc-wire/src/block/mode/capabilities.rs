//! Capabilities and mechanical status (2Ah): what old hosts ask instead of features.

use super::page::page;
use crate::open_number;

open_number! {
    /// How the disc turns (MMC "MM Capabilities and Mechanical Status Page", rotation control).
    RotationControl(u8) {
        /// Constant linear velocity, or the disc's own.
        CLV = 0 "CLV";
        /// Constant angular velocity.
        CAV = 1 "CAV";
    }
}

/// A write speed descriptor.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SpeedDescriptor {
    /// How the disc turns.
    pub rotation: RotationControl,
    /// kB/s.
    pub speed: u16,
}

page! {
    /// Capabilities and mechanical status (2Ah). Read-only.
    ///
    /// MMC "MM Capabilities and Mechanical Status Page (Page Code 2Ah)"; layout as in Microsoft's
    /// scsi.h. The write speed descriptors from byte 32 on are in `tail`, see
    /// [`write_speeds`](Capabilities::write_speeds).
    Capabilities(0x2A, 32) {
        /// Reads DVD-RAM, DVD-R, DVD-ROM, method 2, CD-RW, CD-R: bits 5 to 0.
        reads: u8 = bits(2, 5, 0);
        /// Writes DVD-RAM, DVD-R: bits 5 and 4.
        writes_dvd: u8 = bits(3, 5, 4);
        /// Test write.
        test_write: bool = bit(3, 2);
        /// Writes CD-RW.
        writes_cd_rw: bool = bit(3, 1);
        /// Writes CD-R.
        writes_cd_r: bool = bit(3, 0);
        /// Buffer underrun free recording.
        buffer_underrun_free: bool = bit(4, 7);
        /// Reads several sessions.
        multi_session: bool = bit(4, 6);
        /// Reads Mode 2 Form 2.
        mode_2_form_2: bool = bit(4, 5);
        /// Reads Mode 2 Form 1.
        mode_2_form_1: bool = bit(4, 4);
        /// Digital port 2, digital port 1, composite, audio play: bits 3 to 0.
        audio_outputs: u8 = bits(4, 3, 0);
        /// Reads bar codes.
        bar_code: bool = bit(5, 7);
        /// Reads the catalogue number.
        catalogue_number: bool = bit(5, 6);
        /// Reads recording codes.
        recording_code: bool = bit(5, 5);
        /// Gives C2 pointers.
        c2_pointers: bool = bit(5, 4);
        /// De-interleaves and corrects R-W.
        rw_corrected: bool = bit(5, 3);
        /// Gives R-W.
        rw: bool = bit(5, 2);
        /// Finds an audio position again to the sample.
        accurate_stream: bool = bit(5, 1);
        /// Reads audio.
        cdda: bool = bit(5, 0);
        /// Loading mechanism: 0 caddy, 1 tray, 2 pop-up.
        loading_mechanism: u8 = bits(6, 7, 5);
        /// Ejects on command.
        eject: bool = bit(6, 3);
        /// There is no prevent jumper, or it is in place.
        prevent_jumper: bool = bit(6, 2);
        /// The tray is locked now.
        locked: bool = bit(6, 1);
        /// Locks on command.
        lock: bool = bit(6, 0);
        /// R-W in the lead-in, side change, slots, disc present, mute, volume: bits 5 to 0.
        changer_and_volume: u8 = bits(7, 5, 0);
        /// Highest read speed, kB/s; obsolete.
        max_read_speed: u16 = be(8, 2);
        /// Volume levels.
        volume_levels: u16 = be(10, 2);
        /// Buffer, kB.
        buffer_kb: u16 = be(12, 2);
        /// Read speed in force, kB/s; obsolete.
        read_speed: u16 = be(14, 2);
        /// Highest write speed, kB/s; obsolete.
        max_write_speed: u16 = be(18, 2);
        /// Write speed in force, kB/s, as drives before MMC-3 have it.
        old_write_speed: u16 = be(20, 2);
        /// Copy management revision.
        copy_management: u16 = be(22, 2);
        /// How the disc turns while writing.
        rotation: RotationControl = bits(27, 1, 0);
        /// Write speed in force, kB/s; where the page is at least 28 bytes long.
        write_speed: u16 = be(28, 2);
        /// Write speed descriptors that follow.
        speed_descriptors: u16 = be(30, 2);
    }
}

impl Capabilities {
    /// The write speed descriptors, as many as are there whole.
    pub fn write_speeds(&self) -> Vec<SpeedDescriptor> {
        let (whole, _) = self.tail.as_chunks::<4>();
        whole
            .iter()
            .take(self.speed_descriptors.into())
            .map(|&[_, rotation, high, low]| SpeedDescriptor {
                rotation: RotationControl(rotation & 3),
                speed: u16::from_be_bytes([high, low]),
            })
            .collect()
    }

    /// The same page with these write speeds, 55 at most, and its length to match.
    #[must_use]
    pub fn with_write_speeds(mut self, speeds: &[SpeedDescriptor]) -> Self {
        let speeds = speeds.get(..55).unwrap_or(speeds);
        self.speed_descriptors = speeds.len() as u16;
        self.tail = speeds
            .iter()
            .flat_map(|speed| {
                let [high, low] = speed.speed.to_be_bytes();
                [0, speed.rotation.0 & 3, high, low]
            })
            .collect();
        self.page_bytes = (30 + self.tail.len()) as u8;
        self
    }
}
