//! What disc is in a drive, found out without trusting more than needed.

use core::fmt;
use core::time::Duration;

use mmc_sim::DiscKind;
use mmc_wire::Sense;
use scsi_transport::{Data, Transport, TransportError};

use crate::decode::{Fields, Reader};
use crate::term::Term;

const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a disc may take to spin up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is in the drive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum InDrive {
    /// No disc, or an open tray.
    Nothing,
    /// A disc.
    Disc(Seen),
    /// Something that the drive cannot make out; in its words.
    Unknown(String),
}

/// What the drive tells of a disc.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// What kind; `None` when it is not a CD.
    pub kind: Option<DiscKind>,
    /// `blank`, `appendable`, `finalised`.
    pub status: String,
    /// The last session has begun and is not closed.
    pub open: bool,
    /// Closed sessions.
    pub closed: i64,
    /// Lead-in and last lead-out of the ATIP.
    pub atip: Option<(String, String)>,
    /// Tracks of the closed sessions in order: whether data, and the first block.
    pub tracks: Vec<(bool, i64)>,
    /// Where the last closed session's lead-out begins; the disc's last track ends there.
    pub lead_out: Option<i64>,
    /// Where an open session goes on: its first and last track, and the next block.
    pub goes_on: Option<[Option<i64>; 3]>,
    /// All that the pregroove tells; no recording changes it.
    pub pregroove: Fields,
    /// What is on it: the table of contents, and what READ DISC INFORMATION tells of sessions and identification.
    pub content: Fields,
}

impl Seen {
    /// Whether this is the same kind of disc in the same state, with tracks of the same kinds.
    pub fn is_like(&self, other: &Self) -> bool {
        let kinds = |seen: &Self| seen.tracks.iter().map(|(data, _)| *data).collect::<Vec<_>>();
        (self.kind, &self.status, self.open, self.closed)
            == (other.kind, &other.status, other.open, other.closed)
            && kinds(self) == kinds(other)
    }

    /// Whether tracks begin and end where they do on the other.
    pub fn lies_as(&self, other: &Self) -> bool {
        (&self.tracks, self.lead_out, self.goes_on) == (&other.tracks, other.lead_out, other.goes_on)
    }

    /// Whether this can be the same disc, whatever was recorded on it since.
    pub fn is_of_the_make(&self, other: &Self) -> bool {
        (self.kind, &self.pregroove) == (other.kind, &other.pregroove)
    }

    /// The words for its kind.
    pub const fn kind_name(&self) -> &'static str {
        match self.kind {
            Some(DiscKind::CdR) => "CD-R",
            Some(DiscKind::CdRw) => "CD-RW",
            Some(DiscKind::CdRom) => "CD-ROM",
            None => "disc that is no CD",
        }
    }
}

impl fmt::Display for Seen {
    /// `a blank CD-R`, `an appendable CD-RW with 2 closed sessions and an open one (1 data, 3 audio tracks)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind_name();
        let article = if self.status.starts_with('a') { "an" } else { "a" };
        write!(f, "{article} {} {kind}", self.status)?;
        match self.closed {
            0 => {}
            1 => f.write_str(" with 1 closed session")?,
            n => write!(f, " with {n} closed sessions")?,
        }
        if self.open {
            f.write_str(if self.closed == 0 { " with an open session" } else { " and an open one" })?;
        }
        let data = self.tracks.iter().filter(|(data, _)| *data).count();
        match (data, self.tracks.len() - data) {
            (0, 0) => Ok(()),
            (data, audio) => write!(f, " ({data} data, {audio} audio tracks)"),
        }
    }
}

impl fmt::Display for InDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no disc"),
            Self::Disc(seen) => seen.fmt(f),
            Self::Unknown(told) => write!(f, "something of which the drive says {told}"),
        }
    }
}

/// Who the drive says it is: vendor, product, revision.
pub fn identity(drive: &mut dyn Transport) -> Result<[String; 3], TransportError> {
    let fields = ask(drive, &[0x12, 0, 0, 0, 36, 0], 36)?.unwrap_or_default();
    Ok(["vendor", "product", "revision"].map(|name| match fields.get(name) {
        Some(Term::Text(text)) => text.clone(),
        _ => String::new(),
    }))
}

/// Waits until the drive knows its disc, clearing unit attentions, and looks.
pub fn inspect(drive: &mut dyn Transport) -> Result<InDrive, TransportError> {
    let mut waited = Duration::ZERO;
    let mut attentions = 0;
    loop {
        let outcome = drive.execute(&[0; 6], Data::None, TIMEOUT)?;
        if outcome.is_good() {
            break;
        }
        match Sense::in_data(&outcome.sense) {
            Some(sense) if sense.key.0 == 6 && attentions < 8 => attentions += 1,
            Some(sense) if sense.key.0 == 2 && sense.asc == 0x3A => return Ok(InDrive::Nothing),
            Some(sense) if sense.key.0 == 2 && sense.asc == 0x04 && waited < PATIENCE => {
                let pause = Duration::from_millis(500);
                drive.wait(pause);
                waited += pause;
            }
            Some(sense) => {
                return Ok(InDrive::Unknown(format!("{sense} ({})", sense.name().unwrap_or("no name"))));
            }
            None => return Ok(InDrive::Unknown(outcome.status.to_string())),
        }
    }
    look(drive)
}

fn look(drive: &mut dyn Transport) -> Result<InDrive, TransportError> {
    let profile = ask(drive, &[0x46, 2, 0, 0, 0, 0, 0, 0, 8, 0], 8)?
        .and_then(|fields| fields.get("profile").and_then(Term::int))
        .unwrap_or(0);
    let Some(disc) = ask(drive, &[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], 34)? else {
        return Ok(InDrive::Unknown("READ DISC INFORMATION failed".into()));
    };
    let atip = ask(drive, &[0x43, 0, 4, 0, 0, 0, 0, 0, 28, 0], 28)?;
    let toc = ask(drive, &[0x43, 0, 0, 0, 0, 0, 0, 3, 0x24, 0], 804)?.unwrap_or_default();
    let text = |fields: &Fields, name: &str| match fields.get(name) {
        Some(Term::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let times = atip.as_ref().and_then(|atip| Some((text(atip, "lead_in")?, text(atip, "last_lead_out")?)));
    let erasable = atip.as_ref().and_then(|atip| atip.get("erasable")) == Some(&Term::Bool(true));
    let kind = match (profile, &times) {
        (0x09, _) => Some(DiscKind::CdR),
        (0x0A, _) => Some(DiscKind::CdRw),
        // A finalised CD-R is a CD-ROM to some drives; its ATIP tells.
        (0x08 | 0, Some(_)) if erasable => Some(DiscKind::CdRw),
        (0x08 | 0, Some(_)) => Some(DiscKind::CdR),
        (0x08, None) => Some(DiscKind::CdRom),
        _ => None,
    };
    let status = text(&disc, "status").unwrap_or_default();
    let sessions = disc.get("sessions").and_then(Term::int).unwrap_or(0);
    let last = text(&disc, "last_session").unwrap_or_default();
    let closed = if last == "complete" { sessions } else { (sessions - 1).max(0) };
    let number = |name: &str| toc.get(name).and_then(Term::int);
    let tracks = (1..=99)
        .filter_map(|track| {
            let control = number(&format!("track_{track}_control"))?;
            Some((control & 4 != 0, number(&format!("track_{track}_start_lba"))?))
        })
        .collect();
    // The rest of READ DISC INFORMATION is of the drive: what it has calibrated, what it could record.
    let told = ["status", "last_session", "sessions", "first_track", "disc_id", "disc_type"];
    let mut content = toc.clone();
    content.extend(told.iter().filter_map(|name| Some(((*name).to_owned(), disc.get(*name)?.clone()))));
    let open = status != "finalised" && matches!(last.as_str(), "incomplete" | "damaged");
    let goes_on = if open {
        let next = ask(drive, &[0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0], 36)?.unwrap_or_default();
        let track = |name: &str| disc.get(name).and_then(Term::int);
        Some([
            track("first_track_in_last_session"),
            track("last_track_in_last_session"),
            next.get("next_writable").and_then(Term::int),
        ])
    } else {
        None
    };
    Ok(InDrive::Disc(Seen {
        kind,
        goes_on,
        pregroove: atip.unwrap_or_default(),
        content,
        open,
        status,
        closed,
        atip: times,
        tracks,
        lead_out: number("lead_out_start_lba"),
    }))
}

/// The fields of a reply; `None` where the drive refuses.
fn ask(drive: &mut dyn Transport, cdb: &[u8], room: usize) -> Result<Option<Fields>, TransportError> {
    let mut buffer = vec![0; room];
    let outcome = drive.execute(cdb, Data::In(&mut buffer), TIMEOUT)?;
    let moved = &buffer[..outcome.transferred.min(room)];
    Ok(outcome.is_good().then(|| Reader::of(cdb).map(|reader| reader.read(moved)).unwrap_or_default()))
}
