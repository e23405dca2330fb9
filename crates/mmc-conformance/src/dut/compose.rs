//! Recording the disc that a case asks for, onto a blank CD-RW, in plain commands.
//!
//! A session written at once is written at once, with a cue sheet; one of single tracks track by track. What is in
//! the tracks is zeros.

use core::time::Duration;

use cd_format::{Control, Lba};
use mmc_sim::Scene;
use mmc_sim::scene::{Content, DiscScene, End, SessionFormat, SessionScene, TrackScene, Written};
use mmc_wire::Sense;
use mmc_wire::block::Block;
use mmc_wire::block::cue_sheet::{CueEntry, CuePosition, CueSheet, DataForm};
use mmc_wire::block::mode::{DataBlockType, MultiSession, PageBody, WriteParameters, WriteType};
use mmc_wire::command::{CloseFunction, CloseTrackSession, ReadTrackInformation, SendCueSheet, Write10};
use scsi_transport::{CommandError, Transport, TransportExt};

use super::settings::{Settings, select};
use super::settle::{After, LONG, settle};

const TIMEOUT: Duration = Duration::from_secs(60);
/// Of a WRITE that finds the buffer full.
const PAUSE: Duration = Duration::from_millis(50);
const REPEATS: u32 = 5200;

/// The most blocks that are recorded to bring a state about: five minutes at the speed a disc plays.
const MOST: u32 = 22_500;
/// The shortest track there can be, four seconds.
const SHORTEST_TRACK: u32 = 300;
const PREGAP: u32 = 150;
/// WRITE sends so many, at most 64 KiB.
const BLOCKS: u32 = 27;

/// The same disc with tracks as short as can be, for a case that does not mind.
pub fn shortened(scene: &Scene) -> Scene {
    let mut scene = scene.clone();
    for track in scene.disc.iter_mut().flat_map(|disc| &mut disc.sessions).flat_map(|s| &mut s.tracks) {
        track.blocks = track.blocks.min(SHORTEST_TRACK);
    }
    scene
}

/// Why a disc is not recorded here.
pub fn unrecordable(disc: &DiscScene) -> Option<String> {
    let tracks = || disc.sessions.iter().flat_map(|session| &session.tracks);
    let mixed = |session: &SessionScene| {
        session.tracks.iter().any(|track| Some(track.content) != session.tracks.first().map(|t| t.content))
    };
    let open = disc.sessions.last().filter(|_| disc.end == End::Open);
    let blocks = tracks().map(|track| track.blocks).fold(0, u32::saturating_add);
    let what = if blocks > MOST {
        return Some(format!(
            "needs {blocks} blocks on the CD-RW, and at most {MOST} are recorded for a case"
        ));
    } else if tracks().any(|track| track.content == Content::Mode2) {
        "tracks of mode 2"
    } else if tracks().any(|track| track.reserved) {
        "a reserved track"
    } else if disc.sessions.iter().any(|session| session.format != SessionFormat::CdRom) {
        "a session format other than CD-ROM"
    } else if disc.sessions.iter().any(mixed) {
        "sound and data in one session"
    } else if open.is_some_and(|session| session.written == Written::Sao) {
        "a session at once that is not closed"
    } else {
        return None;
    };
    Some(format!("needs {what} on the CD-RW, which the suite does not record"))
}

/// Records the disc. `tell` hears how much of it is done, in 65536ths.
pub fn compose(
    drive: &mut dyn Transport,
    settings: &Settings,
    disc: &DiscScene,
    tell: &mut dyn FnMut(Option<u16>),
) -> Result<(), String> {
    let blocks = disc.sessions.iter().flat_map(|session| &session.tracks).map(|track| track.blocks);
    let mut composer = Composer { drive, settings, tell, done: 0, all: blocks.sum() };
    let mut first_track = 1;
    for (n, session) in disc.sessions.iter().enumerate() {
        let last = n + 1 == disc.sessions.len();
        let end = if last { disc.end } else { End::Appendable };
        let recorded = match session.written {
            Written::Sao => composer.at_once(session, first_track, end),
            Written::Tao => composer.track_by_track(session, end),
        };
        recorded.map_err(|why| format!("recording session {}: {why}", n + 1))?;
        first_track += session.tracks.len();
    }
    Ok(())
}

struct Composer<'a> {
    drive: &'a mut dyn Transport,
    settings: &'a Settings,
    tell: &'a mut dyn FnMut(Option<u16>),
    done: u32,
    all: u32,
}

impl Composer<'_> {
    fn at_once(&mut self, session: &SessionScene, first_track: usize, end: End) -> Result<(), String> {
        let Some(first) = session.tracks.first() else { return Err("it has no track".into()) };
        self.set(WriteType::SAO, first, end)?;
        let start = self.next()?;
        let sheet = sheet(session, start, first_track).ok_or("it lies beyond every address")?.to_bytes();
        let cue_bytes = u32::try_from(sheet.len()).unwrap_or(0);
        let send = SendCueSheet { cue_bytes };
        self.drive.send(&send, &sheet, TIMEOUT).map_err(told)?;
        let blocks = session.tracks.iter().map(|track| track.blocks).fold(PREGAP, u32::saturating_add);
        self.write(start, blocks, first.content)?;
        self.settled()
    }

    fn track_by_track(&mut self, session: &SessionScene, end: End) -> Result<(), String> {
        for track in &session.tracks {
            self.set(WriteType::TAO, track, end)?;
            let start = self.next()?;
            self.write(start, track.blocks, track.content)?;
            self.settled()?;
        }
        if end == End::Open {
            return Ok(());
        }
        let close = CloseTrackSession {
            immediate: true,
            function: CloseFunction::SESSION,
            ..CloseTrackSession::default()
        };
        self.drive.order(&close, LONG).map_err(told)?;
        self.settled()
    }

    /// Sets the write parameters page.
    fn set(&mut self, write_type: WriteType, track: &TrackScene, end: End) -> Result<(), String> {
        let before = self.settings.page().ok_or("the drive does not tell its write parameters")?;
        let page = WriteParameters {
            write_type,
            test_write: false,
            link_size_valid: false,
            multi_session: if end == End::Finalised { MultiSession::NONE } else { MultiSession::NEXT },
            fixed_packet: false,
            copy: false,
            track_mode: control(track),
            data_block_type: match track.content {
                Content::Audio => DataBlockType::RAW,
                Content::Mode1 | Content::Mode2 => DataBlockType::MODE_1,
            },
            session_format: mmc_wire::block::mode::SessionFormat::CD_ROM,
            ..WriteParameters::from_page(before)
        };
        select(self.drive, &page.to_page()).map_err(told)
    }

    /// Where the next block goes.
    fn next(&mut self) -> Result<Lba, String> {
        let ask = ReadTrackInformation::of_track(ReadTrackInformation::INVISIBLE, 36);
        let track = self.drive.query(&ask, TIMEOUT).map_err(told)?;
        track.next_writable.ok_or_else(|| "the drive names no next writable address".into())
    }

    /// Writes zeros. A full buffer is waited for.
    fn write(&mut self, start: Lba, blocks: u32, content: Content) -> Result<(), String> {
        let each = if content == Content::Audio { 2352 } else { 2048 };
        let zeros = vec![0; BLOCKS as usize * each];
        let mut sent = 0;
        while sent < blocks {
            let count = BLOCKS.min(blocks - sent);
            let lba = Lba(start.0.saturating_add_unsigned(sent));
            let write = Write10 { lba, blocks: count as u16, ..Write10::default() };
            let data = zeros.get(..count as usize * each).unwrap_or(&zeros);
            let mut repeats = 0;
            while let Err(error) = self.drive.send(&write, data, TIMEOUT) {
                if !is_busy(&error) || repeats == REPEATS {
                    return Err(told(error));
                }
                repeats += 1;
                self.drive.wait(PAUSE);
            }
            sent += count;
            self.done = self.done.saturating_add(count).min(self.all);
            (self.tell)(u16::try_from(u64::from(self.done) * 65535 / u64::from(self.all.max(1))).ok());
        }
        Ok(())
    }

    fn settled(&mut self) -> Result<(), String> {
        settle(self.drive, After::Recording, LONG, &mut |_| {})
    }
}

/// The cue sheet of a session whose tracks follow one another; `None` beyond every address.
fn sheet(session: &SessionScene, start: Lba, first_track: usize) -> Option<CueSheet> {
    let first = session.tracks.first()?;
    let (sent, generated) = match first.content {
        Content::Audio => (DataForm(0x00), DataForm(0x01)),
        Content::Mode1 | Content::Mode2 => (DataForm(0x10), DataForm(0x14)),
    };
    let entry = |track: &TrackScene, number: u8, index: u8, form: DataForm, time: [u8; 3]| {
        CueEntry::Position(CuePosition {
            control: control(track),
            track: number,
            index,
            form,
            serial_copy: 0,
            time,
        })
    };
    let time = |lba: Lba| lba.to_program_msf().map(|msf| msf.fields());
    let mut entries = vec![entry(first, 0, 0, generated, [0; 3])];
    let number = u8::try_from(first_track).ok()?;
    entries.push(entry(first, number, 0, sent, time(start)?));
    let mut next = Lba(start.0.checked_add_unsigned(PREGAP)?);
    for (n, track) in session.tracks.iter().enumerate() {
        entries.push(entry(track, number.checked_add(u8::try_from(n).ok()?)?, 1, sent, time(next)?));
        next = Lba(next.0.checked_add_unsigned(track.blocks)?);
    }
    let last = session.tracks.last()?;
    entries.push(entry(last, CuePosition::LEAD_OUT, 1, generated, time(next)?));
    Some(CueSheet { entries })
}

fn control(track: &TrackScene) -> Control {
    let kind = if track.content == Content::Audio { Control::AUDIO } else { Control::DATA };
    Control::new(kind.nibble() | u8::from(track.copy) << 1 | u8::from(track.pre_emphasis))
}

fn is_busy(error: &CommandError) -> bool {
    matches!(error.sense(), Some(Sense::LONG_WRITE_IN_PROGRESS | Sense::OPERATION_IN_PROGRESS))
}

fn told(error: CommandError) -> String {
    error.to_string()
}
