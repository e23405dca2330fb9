//! The disc that its owner says yes to is the one that is written: a question takes time, and hands are quick.

use raw_cd::Recorder;

use crate::failure::Failure;
use crate::image::Room;
use crate::info::describe;

/// A drive and its disc, as they were when somebody was asked.
pub struct Agreed {
    pub drive: String,
    pub disc: String,
    room: Room,
}

impl Agreed {
    pub fn look(recorder: &Recorder) -> Result<Self, Failure> {
        let (drive, disc) = describe(recorder).map_err(Failure::drive)?;
        Ok(Self { drive, disc, room: Room::on(recorder).map_err(Failure::drive)? })
    }

    /// Whether drive and disc still look so.
    pub fn is_still_there(&self, recorder: &Recorder) -> Result<(), Failure> {
        let now = Self::look(recorder)?;
        if (&now.drive, &now.disc, &now.room) == (&self.drive, &self.disc, &self.room) {
            return Ok(());
        }
        Err(Failure::new(format_args!(
            "nothing was written: the disc is another than the one you were asked about; that was {}, and now it is {}",
            self.disc, now.disc
        )))
    }
}
