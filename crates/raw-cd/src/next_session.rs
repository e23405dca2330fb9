//! Where the next session begins and where the last lead-out may.
//!
//! A raw write begins with the lead-in, so StartOfNextSession is the address of the lead-in's
//! first sector. Evidence: the remarks of IDiscFormat2RawCD::get_StartOfNextSession tie it to lead-in sizes
//! and call it negative for a first session; the image creator starts at 95:00:00 so that one image
//! fits discs 'with different starting addresses'; WriteMedia seeks in the stream to a place that
//! depends on the disc; cdrdao and cdrecord begin raw writes there.
//!
//! The number comes from READ DISC INFORMATION (bytes 17 to 19), and where that has none from the
//! ATIP. **Never** from the next writable address of READ TRACK INFORMATION: in raw mode real drives
//! answer -150 or 0 there, and cdrecord prints 'Drive returns wrong startsec'.
//!
//! On an appendable disc without that time the last session's lead-out in the full TOC tells: the
//! next lead-in is 6750 frames behind the first one, 2250 behind a later one. A time that lies before that
//! lead-out would lead into what is recorded, and is no time either.

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_IN_FRAMES, LATER_LEAD_OUT_FRAMES, next_session};
use cd_format::{Lba, Msf, Point, TocEntry};
use mmc_wire::Block;
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus, SessionState};
use mmc_wire::block::msf::WireMsf;
use mmc_wire::block::toc::{AtipDescriptor, AtipReply, FullToc};
use mmc_wire::command::{ReadDiscInformation, ReadToc, TocFormat};

use crate::{COMMAND_TIMEOUT, Error, Recorder};

/// The room for the next session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extent {
    /// First sector of its lead-in: StartOfNextSession.
    pub start: Lba,
    /// First sector of its first track: 0 on a blank disc.
    pub first_user: Lba,
    /// The last sector at which its lead-out may start: LastPossibleStartOfLeadout.
    pub last_lead_out: Lba,
    /// Frames of its lead-out.
    pub lead_out_frames: i32,
}

impl Extent {
    /// Sectors of lead-in and pregap.
    pub fn lead_in_sectors(&self) -> i64 {
        i64::from(self.first_user.0) - i64::from(self.start.0)
    }

    /// First sector after the last possible lead-out.
    pub fn end(&self) -> i64 {
        i64::from(self.last_lead_out.0) + i64::from(self.lead_out_frames)
    }
}

/// The lead-in of a blank disc in a time: only minutes from 90 up can hold one.
pub fn first_lead_in(time: WireMsf) -> Option<Lba> {
    time.msf().filter(|msf| msf.minute() >= 90).map(Msf::to_lba)
}

/// The lead-in of a later session in a time: only minutes below 90, behind the first session.
pub fn later_lead_in(time: WireMsf) -> Option<Lba> {
    time.msf().filter(|msf| msf.minute() < 90).map(Msf::to_lba).filter(|lba| lba.0 > 0)
}

/// The last possible lead-out in a time, which lies behind the roll-over whatever its minute.
pub fn last_lead_out(time: WireMsf) -> Option<Lba> {
    time.program_lba().filter(|lba| lba.0 > 0)
}

/// The room for the next session on the disc in the drive, as a pure function of the disc: nothing is
/// prepared, locked or set, and no policy is asked. What IDiscFormat2RawCD's properties will say once
/// PrepareMedia has accepted the disc.
///
/// An error on a disc that takes no further session: it names no lead-in.
pub fn of_disc(recorder: &Recorder) -> Result<Extent, Error> {
    let information =
        recorder.query(&ReadDiscInformation::standard(DiscInformation::BYTES as u16), COMMAND_TIMEOUT)?;
    let found = match (information.status, information.last_session) {
        (DiscStatus::Finalized | DiscStatus::Other, _) => "this one is finalised, no session may follow",
        (DiscStatus::Appendable, SessionState::Incomplete) => "the last session of this one is open",
        _ => return extent(recorder, &information),
    };
    Err(Error::MediaNotBlank { found: found.to_owned() })
}

/// Finds the room on a disc that `information` describes; asks for ATIP and full TOC as needed.
pub(crate) fn extent(recorder: &Recorder, information: &DiscInformation) -> Result<Extent, Error> {
    let mut atip = Atip::default();
    let last_lead_out = match information.last_lead_out.and_then(last_lead_out) {
        Some(lba) => lba,
        None => atip.time(recorder, "last possible lead-out", |atip| last_lead_out(atip.last_lead_out))?,
    };
    let told = information.last_session_lead_in;
    if information.status == DiscStatus::Blank {
        let start = match told.and_then(first_lead_in) {
            Some(lba) => lba,
            None => atip.time(recorder, "lead-in", |atip| first_lead_in(atip.lead_in))?,
        };
        let lead_out_frames = FIRST_LEAD_OUT_FRAMES;
        return Ok(Extent { start, first_user: Lba(0), last_lead_out, lead_out_frames });
    }
    let recorded = LastSession::read(recorder)?;
    let free = |lba: &Lba| recorded.is_none_or(|session| *lba > session.lead_out);
    let start = match (told.and_then(later_lead_in).filter(free), recorded) {
        (Some(lba), _) => lba,
        (None, Some(session)) => session.next_lead_in(),
        (None, None) => {
            return Err(Error::InvalidResponse {
                command: "READ DISC INFORMATION",
                what: "it gives no lead-in for the next session, and the full TOC no lead-out of the last"
                    .to_owned(),
            });
        }
    };
    let first_user = start + (LATER_LEAD_IN_FRAMES + PREGAP_FRAMES);
    Ok(Extent { start, first_user, last_lead_out, lead_out_frames: LATER_LEAD_OUT_FRAMES })
}

/// The ATIP, read when first needed.
#[derive(Default)]
struct Atip {
    reply: Option<AtipReply>,
}

impl Atip {
    fn time(
        &mut self,
        recorder: &Recorder,
        what: &str,
        get: impl FnOnce(&AtipDescriptor) -> Option<Lba>,
    ) -> Result<Lba, Error> {
        let reply = match self.reply {
            Some(reply) => reply,
            None => *self.reply.insert(table(recorder, TocFormat::ATIP)?.unwrap_or_default()),
        };
        reply.atip.as_ref().and_then(get).ok_or_else(|| Error::InvalidResponse {
            command: "READ DISC INFORMATION",
            what: format!("it gives no {what} that a disc can have, and neither does the ATIP"),
        })
    }
}

/// The last session that the full TOC lists.
#[derive(Clone, Copy)]
struct LastSession {
    number: u8,
    /// The first sector of its lead-out.
    lead_out: Lba,
}

impl LastSession {
    /// `None` where the drive has no such table, or one without the session's lead-out.
    fn read(recorder: &Recorder) -> Result<Option<Self>, Error> {
        let toc: Option<FullToc> = table(recorder, TocFormat::FULL_TOC)?;
        Ok(toc.and_then(|toc| {
            let number = toc.last_session;
            let is_lead_out = |entry: &&TocEntry| entry.session == number && entry.point == Point::A2;
            let [m, s, f] = toc.entries.iter().find(is_lead_out)?.p_time;
            let lead_out = last_lead_out(WireMsf { hour: 0, m, s, f })?;
            Some(Self { number, lead_out })
        }))
    }

    fn next_lead_in(self) -> Lba {
        next_session(self.lead_out, u32::from(self.number)).lead_in
    }
}

/// Reads a table; `None` where the drive refuses or garbles it, which for a fall-back is no more than a
/// missing answer.
pub(crate) fn table<B: Block>(recorder: &Recorder, format: TocFormat) -> Result<Option<B>, Error> {
    // 99 sessions of four entries and 99 tracks, 11 bytes each.
    const ROOM: u16 = 4 + 11 * (99 * 4 + 99);
    let command = ReadToc::whole(format, ROOM);
    match recorder.read(&command, usize::from(ROOM), COMMAND_TIMEOUT) {
        Ok(bytes) => Ok(B::parse(&bytes).ok()),
        Err(error) if error.is_refusal() => Ok(None),
        Err(error) => Err(error),
    }
}
