//! A cue sheet's meaning: the session that it plans on the disc in the drive, or the byte at which
//! it plans none.
//!
//! MMC "SEND CUE SHEET Command": the catalogue number's two entries first, then the lead-in, then for
//! each track the two of its recording code and its indexes, then the lead-out; times ascend.

mod region;
mod sheet;
#[cfg(test)]
mod tests;

use cd_format::lead_in::Contents;
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_OUT_FRAMES, NextSession, next_session};
use cd_format::sub_channel::{Rules, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Adr, DiscType, Lba, Point, TocEntry};
use mmc_wire::block::cue_sheet::{CueSheet, MainForm};
use mmc_wire::block::mode::{MultiSession, WriteParameters};

use crate::disc::{Disc, DiscState, Session, Track};
use crate::scene::{Content, Written};

pub(crate) use region::Region;

/// Where a sheet plans nothing that can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Byte of the sheet.
    pub byte: usize,
    /// Most significant bit of the field; `None` for whole bytes.
    pub bit: Option<u8>,
}

/// Where on the disc the next session lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// First block of the lead-in.
    pub lead_in: Lba,
    /// First block of the first pregap.
    pub program: Lba,
    /// The last block at which the lead-out may start.
    pub last_lead_out: Lba,
    /// Number of the session.
    pub session: u16,
    /// Number that the first track has to have; any on a blank disc.
    pub first_track: Option<u8>,
}

impl Room {
    /// The room on a disc; `None` unless it is blank or appendable.
    pub fn on(disc: &Disc) -> Option<Self> {
        let last_lead_out = disc.lead_out_limit()?;
        match &disc.state {
            DiscState::Blank => Some(Self {
                lead_in: disc.next_lead_in()?,
                program: Lba(-150),
                last_lead_out,
                session: 1,
                first_track: None,
            }),
            DiscState::Appendable { closed } => {
                let last = closed.last()?;
                let NextSession { lead_in, pregap, .. } = next_session(last.lead_out, last.number.into());
                let track = last.tracks.last()?.number;
                Some(Self {
                    lead_in,
                    program: pregap,
                    last_lead_out,
                    session: last.number.checked_add(1)?,
                    first_track: Some(track.saturating_add(1)),
                })
            }
            DiscState::Open { .. } | DiscState::Complete { .. } | DiscState::Damaged { .. } => None,
        }
    }
}

/// A session at once that can be recorded on the disc in the drive.
#[derive(Clone, Debug)]
pub(crate) struct CuePlan {
    layout: SessionLayout,
    /// P and Q of every block.
    pub sub_channel: SubChannelPlan,
    /// From the first block of the lead-in to the last of the lead-out, without gaps.
    pub regions: Vec<Region>,
    contents: Vec<Content>,
    number: u16,
    disc_type: DiscType,
    may_go_on: bool,
    lead_in: Vec<TocEntry>,
}

impl CuePlan {
    /// Plans the session that `sheet` and write parameters describe.
    pub fn new(sheet: &CueSheet, page: &WriteParameters, disc: &Disc, room: Room) -> Result<Self, Misfit> {
        let read = sheet::read(sheet, room)?;
        let lead_out_frames = if room.session == 1 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
        let layout = SessionLayout {
            lead_in: room.lead_in,
            tracks: read.tracks,
            lead_out: read.lead_out,
            lead_out_frames: lead_out_frames.unsigned_abs(),
            mcn: read.mcn,
        };
        // Whatever else a session cannot be is the fault of the sheet as a whole.
        let whole = Misfit { byte: 0, bit: None };
        let disc_type = DiscType(page.session_format.0);
        let lead_in = lead_in(&layout, page.multi_session, disc, room.session, disc_type).ok_or(whole)?;
        let sub_channel = SubChannelPlan::new(&layout, &lead_in, Rules::default()).map_err(|_| whole)?;
        let mut regions = read.regions;
        if let Some(last) = regions.last_mut() {
            last.end = layout.lead_out + lead_out_frames;
        }
        Ok(Self {
            contents: contents(&layout, &regions),
            layout,
            sub_channel,
            regions,
            number: room.session,
            disc_type,
            may_go_on: page.multi_session == MultiSession::NEXT,
            lead_in,
        })
    }

    /// Whether the disc is still as it was when this was planned.
    pub fn fits(&self, disc: &Disc) -> bool {
        Room::on(disc).is_some_and(|room| {
            (room.session, room.lead_in, Some(room.program))
                == (self.number, self.layout.lead_in, self.layout.program())
        })
    }

    /// First block of the lead-in.
    pub const fn start(&self) -> Lba {
        self.layout.lead_in
    }

    /// First block of the lead-out.
    pub const fn lead_out(&self) -> Lba {
        self.layout.lead_out
    }

    /// The block behind the last of the lead-out.
    pub fn end(&self) -> Lba {
        self.regions.last().map_or(self.layout.lead_out, |last| last.end)
    }

    /// The region that `lba` lies in.
    pub fn region(&self, lba: Lba) -> Option<&Region> {
        let n = self.regions.partition_point(|region| region.end <= lba);
        self.regions.get(n).filter(|region| region.start <= lba)
    }

    /// The catalogue number.
    pub fn mcn(&self) -> Option<[u8; 13]> {
        self.layout.mcn.map(|mcn| mcn.digits().map(|digit| digit + b'0'))
    }

    /// Whether another session may follow.
    pub const fn may_go_on(&self) -> bool {
        self.may_go_on
    }

    /// The session as it is once it has been recorded.
    pub fn session(&self) -> Session {
        let ends = self.layout.tracks.iter().skip(1).map(|track| track.pregap).chain([self.layout.lead_out]);
        let tracks = self.layout.tracks.iter().zip(&self.contents).zip(ends);
        let track = |((track, content), end): ((&TrackLayout, &Content), Lba)| Track {
            number: track.number,
            session: self.number,
            control: track.control,
            content: *content,
            start: track.start,
            blocks: u32::try_from(end - track.start).unwrap_or(0),
            written: Written::Sao,
            packets: None,
            reserved: false,
            isrc: track.isrc.map(|isrc| *isrc.ascii()),
        };
        Session {
            number: self.number,
            tracks: tracks.map(track).collect(),
            lead_out: self.layout.lead_out,
            format: self.disc_type.0,
            lead_in: Some(self.lead_in.clone()),
        }
    }
}

/// The entries of the session's lead-in. Whether they point at a next session is the write parameters'
/// say: nowhere, at FF:FF:FF, or at the next program area (MMC "Write Parameters", multi-session).
fn lead_in(
    layout: &SessionLayout,
    multi_session: MultiSession,
    disc: &Disc,
    number: u16,
    disc_type: DiscType,
) -> Option<Vec<TocEntry>> {
    let number = u8::try_from(number).ok()?;
    let mut sessions: Vec<cd_format::Session> = disc.closed().iter().map(Session::to_format).collect();
    sessions.push(layout.session(number, disc_type));
    let appendable = multi_session != MultiSession::NONE;
    let contents = Contents { sessions: &sessions, atip: disc.atip.as_ref(), appendable };
    let mut entries = contents.full_toc().ok()?;
    entries.retain(|entry| entry.session == number);
    if multi_session == MultiSession::CLOSED {
        for entry in &mut entries {
            if entry.adr == Adr::MULTI_SESSION && entry.point == Point::B0 {
                entry.time = [0xFF; 3];
            }
        }
    }
    Some(entries)
}

/// What is in each track: that of the blocks at its index 1.
fn contents(layout: &SessionLayout, regions: &[Region]) -> Vec<Content> {
    let content = |track: &TrackLayout| {
        let region = regions.iter().find(|region| region.start <= track.start && track.start < region.end);
        match region.map(|region| region.main) {
            Some(MainForm::Mode1(_)) => Content::Mode1,
            Some(MainForm::Xa(_) | MainForm::Mode2(_)) => Content::Mode2,
            Some(MainForm::Audio(_)) | None => Content::Audio,
        }
    };
    layout.tracks.iter().map(content).collect()
}
