//! Which session of a disc an image is for. Ours: Microsoft's creator makes the only one.

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{
    FIRST_LEAD_OUT_FRAMES, LATER_LEAD_IN_FRAMES, LATER_LEAD_OUT_FRAMES, MINIMUM_TRACK_FRAMES,
};
use cd_format::{Atip, Lba};

use super::error::ImageCreatorError;
use crate::write::STANDARD_LEAD_IN_SECTORS;

/// Which session an image is for: where its lead-in begins, and whether another session may follow.
///
/// [`first`](Self::first) is what Microsoft's creator makes, and the default.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPlace {
    number: u8,
    lead_in: Lba,
    appendable: Option<Atip>,
}

impl SessionPlace {
    /// The first session, from 95:00:00: one image for discs whose lead-ins begin at different times.
    pub const fn first() -> Self {
        Self { number: 1, lead_in: Lba(-STANDARD_LEAD_IN_SECTORS), appendable: None }
    }

    /// The first session, from another time: WriteMedia2 has to be told, by
    /// [`lead_in_sectors`](Self::lead_in_sectors).
    pub const fn first_from(lead_in: Lba) -> Self {
        Self { number: 1, lead_in, appendable: None }
    }

    /// Session `number`, from 2 up, whose lead-in begins at `lead_in`: StartOfNextSession on the disc
    /// that is to take it.
    pub const fn later(number: u8, lead_in: Lba) -> Self {
        Self { number, lead_in, appendable: None }
    }

    /// The same session with a lead-in that lets another follow: point B0, and in the first session
    /// C0, which repeats the disc's ATIP.
    #[must_use]
    pub fn appendable(self, atip: Atip) -> Self {
        Self { appendable: Some(atip), ..self }
    }

    /// Session number, from 1.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// First sector of the lead-in, and so of the image.
    pub const fn lead_in(&self) -> Lba {
        self.lead_in
    }

    /// The ATIP of the disc, when another session may follow.
    pub const fn atip(&self) -> Option<&Atip> {
        self.appendable.as_ref()
    }

    /// First user sector of a first track with a pregap of two seconds.
    pub fn first_user(&self) -> Lba {
        match self.number {
            ..=1 => Lba(0),
            _ => self.lead_in + (LATER_LEAD_IN_FRAMES + PREGAP_FRAMES),
        }
    }

    /// Sectors of the image before [`first_user`](Self::first_user): what WriteMedia2 calls
    /// `streamLeadInSectors`.
    pub fn lead_in_sectors(&self) -> i32 {
        self.first_user() - self.lead_in
    }

    /// Sectors of the lead-out.
    pub const fn lead_out_frames(&self) -> i32 {
        if self.number <= 1 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES }
    }

    /// The last sector at which the lead-out can start: it has to end by 89:59:74.
    pub fn last_lead_out(&self) -> Lba {
        Lba::MAX + 1 - self.lead_out_frames()
    }

    pub(super) fn check(&self) -> Result<(), ImageCreatorError> {
        let last = match self.number {
            1 => Lba(-PREGAP_FRAMES - 1),
            _ => self.last_lead_out() - (LATER_LEAD_IN_FRAMES + PREGAP_FRAMES + MINIMUM_TRACK_FRAMES),
        };
        let first = if self.number == 1 { Lba::MIN } else { Lba(1) };
        let wrong = |argument, given: i64, expected| {
            Err(ImageCreatorError::InvalidArgument { argument, given, expected })
        };
        if !matches!(self.number, 1..=99) {
            return wrong("session number", self.number.into(), "1 to 99".to_owned());
        }
        if !(first..=last).contains(&self.lead_in) {
            return wrong("start of lead-in", self.lead_in.0.into(), format!("LBA {first} to {last}"));
        }
        Ok(())
    }
}

impl Default for SessionPlace {
    fn default() -> Self {
        Self::first()
    }
}
