//! The room for the next session on the disc in a drive, as the drive tells it: simulated or real.

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::FIRST_LEAD_OUT_FRAMES;
use cd_format::{Atip, Lba};
use cd_image::Place;
use cd_lint::Options;
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus};
use mmc_wire::block::toc::{AtipDescriptor, TocReply};
use mmc_wire::command::{ReadDiscInformation, ReadToc, TocFormat};
use raw_cd::next_session::{self, Extent};
use raw_cd::{COMMAND_TIMEOUT, Error, Recorder};

/// 95:00:00, where an image begins that is for any blank disc (Microsoft: IDiscFormat2RawCD::WriteMedia).
const ANY_DISC: Lba = Lba(-22_650);
/// The last block that the disc's clock names, 99:59:74.
const LAST_BLOCK: Lba = Lba(449_849);

/// Where the next session goes, and what it is called there.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// StartOfNextSession, LastPossibleStartOfLeadout and what follows from them.
    pub extent: Extent,
    /// The session's number.
    pub session: u8,
    /// Number of its first track.
    pub first_track: u16,
    /// The disc's ATIP, where the drive gives one; a first session's lead-in repeats it.
    pub atip: Option<Atip>,
}

impl Room {
    /// The room on a blank disc of which nothing is known.
    pub const ANY: Self = Self {
        extent: Extent {
            start: ANY_DISC,
            first_user: Lba(0),
            last_lead_out: LAST_BLOCK,
            lead_out_frames: FIRST_LEAD_OUT_FRAMES,
        },
        session: 1,
        first_track: 1,
        atip: None,
    };

    /// Asks the drive. A disc that takes no session any more is an error.
    pub fn on(recorder: &Recorder) -> Result<Self, Error> {
        let extent = next_session::of_disc(recorder)?;
        let standard = ReadDiscInformation::standard(DiscInformation::BYTES as u16);
        let information = recorder.query(&standard, COMMAND_TIMEOUT)?;
        let atip = match recorder.query(&ReadToc::whole(TocFormat::ATIP, 32), COMMAND_TIMEOUT) {
            Ok(TocReply::Atip(reply)) => reply.atip.as_ref().and_then(AtipDescriptor::atip),
            Ok(_) => None,
            Err(error) if error.sense().is_some() => None,
            Err(error) => return Err(error),
        };
        if information.status == DiscStatus::Blank {
            return Ok(Self { extent, session: 1, first_track: 1, atip });
        }
        // Of an appendable disc the last session is the one that is not there yet, and its first track
        // the one that comes next (MMC "READ DISC INFORMATION Command").
        let session = u8::try_from(information.sessions).ok().filter(|number| (2..=99).contains(number));
        let Some(session) = session else {
            let what = format!("{} sessions of an appendable disc, expected 2 to 99", information.sessions);
            return Err(Error::InvalidResponse { command: "READ DISC INFORMATION", what });
        };
        Ok(Self { extent, session, first_track: information.first_track_in_last_session, atip })
    }

    /// The same for a layout.
    pub fn place(&self) -> Place {
        Place {
            lead_in: self.extent.start,
            program: self.extent.first_user - PREGAP_FRAMES,
            lead_out_frames: self.extent.lead_out_frames.unsigned_abs(),
        }
    }

    /// What the linter is to know of the disc.
    pub fn lint_options(&self) -> Options {
        Options {
            lead_in: self.atip.as_ref().map(Atip::lead_in_lba),
            last_lead_out: self.atip.as_ref().map(Atip::last_lead_out_lba),
            ..Options::default()
        }
    }
}
