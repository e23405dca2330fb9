//! READ DISC INFORMATION.

use cd_format::{DiscType, Lba, Msf};
use mmc_wire::Block;
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus, SessionState};
use mmc_wire::block::msf::WireMsf;
use mmc_wire::command::{DiscInformationType, ReadDiscInformation};

use super::{Handle, Io};
use crate::disc::{Disc, DiscState};
use crate::drive::Drive;
use crate::refusal::{Refusal, refuse_field};

impl Handle<ReadDiscInformation> for Drive {
    /// MMC "READ DISC INFORMATION Command". The empty session at the end of an appendable disc, and
    /// its invisible track, are counted.
    fn handle(&mut self, cdb: &ReadDiscInformation, io: &mut Io<'_>) -> Result<(), Refusal> {
        if cdb.kind != DiscInformationType::STANDARD {
            return Err(refuse_field!(ReadDiscInformation, "kind"));
        }
        if self.is_streaming() {
            return Err(self.personality.habits.busy_while_writing.is.sense().into());
        }
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        let blank_type = DiscType(self.personality.habits.blank_disc_type.is);
        information(disc, blank_type).emit(io.reply);
        Ok(())
    }
}

fn information(disc: &Disc, blank_type: DiscType) -> DiscInformation {
    let first_format = disc.closed().first().map(|session| DiscType(session.format));
    let closed = disc.closed().len() as u16;
    let next_track = disc.invisible().map_or(0, |track| u16::from(track.number));
    let (status, last_session, sessions, tracks, disc_type) = match &disc.state {
        DiscState::Blank => (DiscStatus::Blank, SessionState::Empty, 1, (1, 1), blank_type),
        DiscState::Open { open, .. } => {
            let first = open.tracks.first().map_or(next_track, |track| u16::from(track.number));
            // No invisible track follows one that was cut short.
            let last = open.tracks.last().map_or(first, |track| u16::from(track.number)).max(next_track);
            let disc_type = first_format.unwrap_or(DiscType::UNDEFINED);
            (DiscStatus::Appendable, SessionState::Incomplete, closed + 1, (first, last), disc_type)
        }
        DiscState::Appendable { .. } => (
            DiscStatus::Appendable,
            SessionState::Empty,
            closed + 1,
            (next_track, next_track),
            first_format.unwrap_or_default(),
        ),
        // The session that was cut short is counted, and none may follow it.
        DiscState::Damaged { closed: sessions } => {
            let next = sessions.iter().flat_map(|session| &session.tracks).count() as u16 + 1;
            let disc_type = first_format.unwrap_or(DiscType::UNDEFINED);
            (DiscStatus::Finalized, SessionState::Damaged, closed + 1, (next, next), disc_type)
        }
        DiscState::Complete { closed: sessions } => {
            let tracks = sessions.last().map_or((1, 1), |session| {
                let number =
                    |track: Option<&crate::disc::Track>| track.map_or(1, |track| u16::from(track.number));
                (number(session.tracks.first()), number(session.tracks.last()))
            });
            (DiscStatus::Finalized, SessionState::Complete, closed, tracks, first_format.unwrap_or_default())
        }
    };
    DiscInformation {
        erasable: disc.erasable(),
        last_session,
        status,
        first_track: disc.tracks().next().map_or(1, |track| track.number),
        sessions,
        first_track_in_last_session: tracks.0,
        last_track_in_last_session: tracks.1,
        unrestricted_use: disc.atip.as_ref().is_some_and(|atip| atip.unrestricted_use),
        disc_type,
        disc_id: disc.identification,
        last_session_lead_in: Some(disc.next_lead_in().and_then(lead_in_time).into_wire()),
        last_lead_out: Some(disc.lead_out_limit().and_then(Lba::to_program_msf).into_wire()),
        ..DiscInformation::default()
    }
}

/// The time of a lead-in: before the roll-over on a blank disc, in the program area later.
fn lead_in_time(lba: Lba) -> Option<Msf> {
    if lba.0 < 0 { lba.to_msf() } else { lba.to_program_msf() }
}

/// A time, or FF:FF:FF for none.
trait IntoWire {
    fn into_wire(self) -> WireMsf;
}

impl IntoWire for Option<Msf> {
    fn into_wire(self) -> WireMsf {
        self.map_or(WireMsf::NONE, WireMsf::from)
    }
}
