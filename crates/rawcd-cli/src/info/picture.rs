//! What a drive answers when it is asked who it is and what is in it.

use cd_format::{Adr, Lba, Point};
use mmc_wire::block::configuration::Configuration;
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus, SessionState};
use mmc_wire::block::feature::{CdMastering, CdTrackAtOnce};
use mmc_wire::block::inquiry::{InquiryData, StandardInquiry};
use mmc_wire::block::toc::{AtipDescriptor, FullToc, Pma, TocReply};
use mmc_wire::block::track_information::TrackInformation;
use mmc_wire::command::{
    GetConfiguration, Inquiry, ReadDiscInformation, ReadToc, ReadTrackInformation, TestUnitReady, TocFormat,
};
use mmc_wire::{Query, SenseKey};
use raw_cd::next_session::{self, Extent};
use raw_cd::{COMMAND_TIMEOUT, Error, Recorder};
use serde_json::{Value, json};

/// How often a unit attention is let pass: one a kind, and some.
const UNIT_ATTENTIONS: usize = 4;

/// A drive and its disc.
#[derive(Debug)]
pub struct Picture {
    pub identity: StandardInquiry,
    /// `None`: the drive has no GET CONFIGURATION.
    pub configuration: Option<Configuration>,
    /// Why there is no disc to speak of, or the disc.
    pub disc: Result<Disc, Error>,
}

/// What the drive says of its disc.
#[derive(Debug)]
pub struct Disc {
    pub information: DiscInformation,
    pub atip: Option<AtipDescriptor>,
    pub toc: Option<FullToc>,
    /// What the program memory area says, asked for where a session is open: no lead-in has its tracks yet.
    pub pma: Option<Pma>,
    pub invisible: Option<TrackInformation>,
    /// Where the next session goes, as the raw writing API would say once the disc is prepared.
    pub next: Result<Extent, Error>,
}

/// A session of the table of contents, or the open one.
#[derive(Debug)]
pub struct Session {
    pub number: u16,
    /// Its lead-in is not written; what is known of it is in the PMA.
    pub open: bool,
    /// Track number, first block, whether it is data.
    pub tracks: Vec<(u8, Lba, bool)>,
    pub lead_out: Option<Lba>,
}

impl Picture {
    /// Asks. What a drive refuses is left out; that it does not answer at all is an error.
    pub fn take(recorder: &Recorder) -> Result<Self, Error> {
        let inquiry = Inquiry { allocation: 96, ..Inquiry::default() };
        let InquiryData::Standard(identity) = recorder.query(&inquiry, COMMAND_TIMEOUT)? else {
            return Err(Error::InvalidResponse {
                command: "INQUIRY",
                what: "a page that was not asked for".into(),
            });
        };
        let all = GetConfiguration { allocation: 4096, ..GetConfiguration::default() };
        Ok(Self { identity, configuration: optional(recorder, &all), disc: disc(recorder) })
    }

    /// The raw recording abilities, if the drive lists any.
    pub fn mastering(&self) -> Option<&CdMastering> {
        self.configuration.as_ref()?.find()
    }

    /// The track-at-once abilities, if the drive lists any.
    pub fn track_at_once(&self) -> Option<&CdTrackAtOnce> {
        self.configuration.as_ref()?.find()
    }

    /// The same for a program.
    pub fn as_json(&self) -> Value {
        let features = self.configuration.as_ref().map(|configuration| {
            let list = configuration.features.iter().map(|feature| {
                json!({
                    "code": format!("{:04X}", feature.code().0),
                    "name": feature.code().name(),
                    "current": feature.current,
                    "persistent": feature.persistent,
                })
            });
            list.collect::<Vec<_>>()
        });
        json!({
            "drive": {
                "vendor": self.identity.vendor.text(),
                "product": self.identity.product.text(),
                "revision": self.identity.revision.text(),
                "profile": self.configuration.as_ref().map(|configuration| {
                    json!({ "code": configuration.current_profile.0, "name": configuration.current_profile.name() })
                }),
                "features": features,
                "raw_recording": self.mastering().is_some_and(|mastering| mastering.raw),
                "raw_multisession": self.mastering().is_some_and(|mastering| mastering.raw_multi_session),
            },
            "disc": match &self.disc {
                Ok(disc) => disc.as_json(),
                Err(error) => json!({ "error": error.to_string(), "hresult": error.hresult().to_string() }),
            },
        })
    }
}

fn disc(recorder: &Recorder) -> Result<Disc, Error> {
    for _ in 0..UNIT_ATTENTIONS {
        match recorder.order(&TestUnitReady {}, COMMAND_TIMEOUT) {
            Err(error) if error.sense().is_some_and(|sense| sense.key == SenseKey::UNIT_ATTENTION) => {}
            Err(error) => return Err(error),
            Ok(()) => break,
        }
    }
    let information = recorder.query(&ReadDiscInformation::standard(34), COMMAND_TIMEOUT)?;
    let atip = match optional(recorder, &ReadToc::whole(TocFormat::ATIP, 32)) {
        Some(TocReply::Atip(reply)) => reply.atip,
        _ => None,
    };
    let toc = match optional(recorder, &ReadToc::whole(TocFormat::FULL_TOC, 8192)) {
        Some(TocReply::Full(toc)) => Some(toc),
        _ => None,
    };
    // Of a blank disc it is not asked for: a Panasonic CW-7502 is said to crash at that.
    let pma = match information.last_session {
        SessionState::Incomplete | SessionState::Damaged => {
            match optional(recorder, &ReadToc::whole(TocFormat::PMA, 8192)) {
                Some(TocReply::Pma(pma)) => Some(pma),
                _ => None,
            }
        }
        _ => None,
    };
    let invisible = optional(recorder, &ReadTrackInformation::of_track(ReadTrackInformation::INVISIBLE, 36));
    let next = next_session::of_disc(recorder);
    Ok(Disc { information, atip, toc, pma, invisible, next })
}

/// A reply that a drive may do without.
fn optional<Q: Query>(recorder: &Recorder, command: &Q) -> Option<Q::Reply> {
    recorder.query(command, COMMAND_TIMEOUT).ok()
}

impl Disc {
    /// Blank, appendable, finalised: in a word.
    pub const fn status(&self) -> &'static str {
        match (self.information.status, self.information.last_session) {
            (DiscStatus::Blank, _) => "blank",
            (DiscStatus::Appendable, SessionState::Incomplete) => "appendable, last session open",
            (DiscStatus::Appendable, _) => "appendable",
            (DiscStatus::Finalized, _) => "finalised",
            (DiscStatus::Other, _) => "randomly writable",
        }
    }

    /// The closed sessions, and behind them the open one when it holds tracks.
    pub fn sessions(&self) -> Vec<Session> {
        let mut sessions = self.closed_sessions();
        let closed = |number: u8| {
            sessions.iter().flat_map(|session| &session.tracks).any(|(known, ..)| *known == number)
        };
        let entries = self.pma.iter().flat_map(|pma| &pma.entries);
        let mut tracks: Vec<_> = entries
            .filter(|entry| entry.adr == Adr::POSITION)
            .filter_map(|entry| Some((entry.point.track()?, entry.p_msf()?, entry.control.is_data())))
            .filter(|(number, ..)| !closed(*number))
            .map(|(number, start, data)| (number, start.to_program_lba(), data))
            .collect();
        // The PMA repeats its entries.
        tracks.sort_unstable();
        tracks.dedup();
        if !tracks.is_empty() {
            sessions.push(Session { number: self.information.sessions, open: true, tracks, lead_out: None });
        }
        sessions
    }

    fn closed_sessions(&self) -> Vec<Session> {
        let mut sessions: Vec<Session> = Vec::new();
        for entry in self.toc.iter().flat_map(|toc| &toc.entries) {
            let number = u16::from(entry.session);
            if sessions.last().is_none_or(|session| session.number != number) {
                sessions.push(Session { number, open: false, tracks: Vec::new(), lead_out: None });
            }
            let (Some(session), Some(time)) = (sessions.last_mut(), entry.p_msf()) else { continue };
            if entry.point == Point::A2 {
                session.lead_out = Some(time.to_program_lba());
            } else if let Some(number) = entry.point.track() {
                session.tracks.push((number, time.to_program_lba(), entry.control.is_data()));
            }
        }
        sessions
    }

    fn as_json(&self) -> Value {
        let place = |lba: Lba| json!({ "lba": lba.0, "msf": msf(lba) });
        let sessions: Vec<Value> = self
            .sessions()
            .into_iter()
            .map(|session| {
                let tracks: Vec<Value> = session
                    .tracks
                    .iter()
                    .map(|(number, start, data)| json!({ "number": number, "start": place(*start), "data": data }))
                    .collect();
                json!({
                    "number": session.number,
                    "open": session.open,
                    "tracks": tracks,
                    "lead_out": session.lead_out.map(place),
                })
            })
            .collect();
        json!({
            "status": self.status(),
            "erasable": self.information.erasable,
            "sessions_counted": self.information.sessions,
            "atip": self.atip.as_ref().and_then(AtipDescriptor::atip).map(|atip| json!({
                "lead_in": place(atip.lead_in_lba()),
                "last_possible_lead_out": { "lba": atip.last_lead_out_lba().0, "msf": atip.last_lead_out.to_string() },
                "sub_type": atip.sub_type,
            })),
            "sessions": sessions,
            "next_writable_address": self.invisible.as_ref().and_then(|track| track.next_writable).map(place),
            "start_of_next_session": self.next.as_ref().ok().map(|next| place(next.start)),
            "last_possible_start_of_leadout": self.next.as_ref().ok().map(|next| place(next.last_lead_out)),
            "no_next_session": self.next.as_ref().err().map(ToString::to_string),
        })
    }
}

/// The time of an address: before the roll-over below -150, straight on above.
pub fn msf(lba: Lba) -> Option<String> {
    let time = if lba.0 < -150 { lba.to_msf() } else { lba.to_program_msf() };
    time.map(|time| time.to_string())
}
