//! From the description of a disc to a disc: lays out tracks and sessions, refuses what cannot be.

use core::fmt;
use std::sync::Arc;

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{MINIMUM_TRACK_FRAMES, RUN_OUT_FRAMES, next_session};
use cd_format::{Control, Lba};

use super::packets::FIXED_PACKET;
use super::{Damage, Disc, DiscState, Laid, OpenSession, Packets, Session, Track};
use crate::scene::{Content, DiscKind, DiscScene, End, SessionFormat, SessionScene, TrackScene, Written};
use crate::store::Store;

/// Why a scene cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneError(pub(crate) String);

impl fmt::Display for SceneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for SceneError {}

fn refuse<T>(message: String) -> Result<T, SceneError> {
    Err(SceneError(message))
}

impl Disc {
    /// Lays out a disc.
    pub fn build(scene: &DiscScene) -> Result<Self, SceneError> {
        check_kind(scene)?;
        let mut closed: Vec<Session> = Vec::new();
        let mut open = None;
        let mut next_track = 1;
        for (n, session) in scene.sessions.iter().enumerate() {
            let number = n as u16 + 1;
            let start = match closed.last() {
                None => Lba(0),
                Some(before) => next_session(before.lead_out, u32::from(before.number)).first_user,
            };
            let last = n + 1 == scene.sessions.len();
            let is_open = last && scene.end == End::Open;
            let (mut tracks, mut end) =
                lay_out(session, scene.kind, number, &mut next_track, start, is_open)?;
            if scene.formatted {
                end = format(&mut tracks)?;
            }
            if is_open {
                open = Some(OpenSession {
                    number,
                    tracks,
                    next: end + RUN_OUT_FRAMES + PREGAP_FRAMES,
                    incomplete: None,
                });
            } else {
                // Packets have their run-out, however the session is told to be written.
                let runs_out = session.written == Written::Tao && !scene.formatted;
                let lead_out = if runs_out { end + RUN_OUT_FRAMES } else { end };
                let format = match session.format {
                    SessionFormat::CdRom => 0x00,
                    SessionFormat::CdI => 0x10,
                    SessionFormat::Xa => 0x20,
                };
                closed.push(Session { number, tracks, lead_out, format, lead_in: None });
            }
            let end = open.as_ref().map_or_else(|| closed.last().map_or(start, |s| s.lead_out), |o| o.next);
            if let Some(limit) = scene.atip.as_ref().map(cd_format::atip::Atip::last_lead_out_lba)
                && end > limit
            {
                return refuse(format!(
                    "session {number} ends at LBA {end}, but the pregroove allows no lead-out after LBA {limit}"
                ));
            }
        }
        let state = match (open, closed.is_empty()) {
            (Some(open), _) => DiscState::Open { closed, open },
            (None, true) => DiscState::Blank,
            (None, false) if scene.end == End::Appendable => DiscState::Appendable { closed },
            (None, false) => DiscState::Complete { closed },
        };
        let mut disc = Self {
            kind: scene.kind,
            atip: scene.atip.clone(),
            state,
            mcn: scene.mcn.as_deref().map(digits).transpose()?,
            cd_text: scene.cd_text.iter().map(|pack| hex_pack(pack)).collect::<Result<_, _>>()?,
            identification: scene.identification,
            formatted: scene.formatted,
            store: if scene.kind == DiscKind::CdRw { Store::rewritable() } else { Store::write_once() },
            laid: Laid::default(),
            damage: Damage::default(),
            // The defects are the disc's own from now on.
            scene: (!scene.sessions.is_empty())
                .then(|| Arc::new(DiscScene { defects: Vec::new(), ..scene.clone() })),
        };
        disc.laid = Laid::of(&disc)?;
        for defect in &scene.defects {
            disc.damage(defect.clone())?;
        }
        Ok(disc)
    }
}

fn check_kind(scene: &DiscScene) -> Result<(), SceneError> {
    match (scene.kind, &scene.atip) {
        (DiscKind::CdRom, Some(_)) => {
            return refuse("a CD-ROM has no pregroove: leave `atip` out".to_owned());
        }
        (DiscKind::CdR | DiscKind::CdRw, None) => {
            return refuse("a CD-R or CD-RW has a pregroove: give `atip`, e.g. (lead_in: \"97:26:66\", last_lead_out: \"79:59:74\")".to_owned());
        }
        _ => {}
    }
    if scene.kind == DiscKind::CdRom && (scene.sessions.is_empty() || scene.end != End::Finalised) {
        return refuse("a CD-ROM is pressed whole: give its sessions and `end: Finalised`".to_owned());
    }
    if scene.sessions.is_empty() && scene.end != End::Appendable {
        return refuse(format!("`end: {:?}` needs a session: a blank disc has none", scene.end));
    }
    if scene.formatted
        && (scene.kind != DiscKind::CdRw || scene.sessions.len() != 1 || scene.end != End::Finalised)
    {
        return refuse("only a CD-RW with one session and `end: Finalised` can be formatted".to_owned());
    }
    Ok(())
}

/// Tracks of a session, and the block after the last user block.
fn lay_out(
    session: &SessionScene,
    kind: DiscKind,
    number: u16,
    next_track: &mut u8,
    start: Lba,
    is_open: bool,
) -> Result<(Vec<Track>, Lba), SceneError> {
    if session.tracks.is_empty() {
        return refuse(format!("session {number} has no tracks"));
    }
    let mut tracks: Vec<Track> = Vec::with_capacity(session.tracks.len());
    for track in &session.tracks {
        if *next_track > 99 {
            return refuse("a disc has at most 99 tracks".to_owned());
        }
        let blocks = i64::from(track.blocks);
        if kind != DiscKind::CdRom && blocks < i64::from(MINIMUM_TRACK_FRAMES) {
            return refuse(format!(
                "track {next_track} has {blocks} blocks: a track has at least {MINIMUM_TRACK_FRAMES} (4 seconds)"
            ));
        }
        if blocks > i64::from(Lba::MAX.0) * 2 {
            return refuse(format!("track {next_track} has {blocks} blocks: no disc is that long"));
        }
        if track.reserved && !is_open {
            return refuse(format!("track {next_track} is reserved, but its session is closed"));
        }
        let start = match tracks.last() {
            None => start,
            Some(before) if session.written == Written::Tao || is_open => {
                before.end() + RUN_OUT_FRAMES + PREGAP_FRAMES
            }
            Some(before) => before.end(),
        };
        tracks.push(Track {
            number: *next_track,
            session: number,
            control: control(track),
            content: track.content,
            start,
            blocks: track.blocks,
            written: if is_open { Written::Tao } else { session.written },
            packets: None,
            reserved: track.reserved,
            isrc: track.isrc.as_deref().map(isrc).transpose()?,
        });
        *next_track += 1;
    }
    let end = tracks.last().map_or(start, Track::end);
    Ok((tracks, end))
}

/// Divides the one track of a formatted disc in fixed packets; gives the frame behind its last run-out. Its control
/// nibble is 7, as a real one answered (udftools pull request 44).
fn format(tracks: &mut [Track]) -> Result<Lba, SceneError> {
    let packet = FIXED_PACKET.unsigned_abs();
    match tracks {
        [track] if track.content == Content::Mode2 && track.blocks.is_multiple_of(packet) => {
            track.packets = Some(Packets::Fixed);
            track.control = Control::DATA_INCREMENTAL.with_copy(true);
            Ok(track.end_frame() + RUN_OUT_FRAMES)
        }
        _ => refuse(format!("a formatted disc is one track of Mode 2 in packets of {packet} blocks")),
    }
}

/// The control nibble (ECMA-130 "Control field"): bit 2 data, bit 1 copy, bit 0 pre-emphasis.
fn control(track: &TrackScene) -> Control {
    let data = track.content != Content::Audio;
    Control::new(u8::from(data) << 2 | u8::from(track.copy) << 1 | u8::from(track.pre_emphasis && !data))
}

fn digits(text: &str) -> Result<[u8; 13], SceneError> {
    match <[u8; 13]>::try_from(text.as_bytes()) {
        Ok(bytes) if bytes.iter().all(u8::is_ascii_digit) => Ok(bytes),
        _ => refuse(format!("mcn is {text:?}: expected 13 digits")),
    }
}

fn isrc(text: &str) -> Result<[u8; 12], SceneError> {
    match <[u8; 12]>::try_from(text.as_bytes()) {
        Ok(bytes) if bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) => Ok(bytes),
        _ => refuse(format!("isrc is {text:?}: expected 12 digits and capital letters")),
    }
}

fn hex_pack(text: &str) -> Result<[u8; 18], SceneError> {
    let nibbles: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).map(|digit| digit as u8))
        .collect();
    let bytes: Vec<u8> =
        nibbles.unwrap_or_default().chunks(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect();
    <[u8; 18]>::try_from(bytes)
        .map_err(|_| SceneError(format!("cd_text pack {text:?}: expected 18 bytes in hexadecimal")))
}
