//! A simulated drive on a bench: what is burnt on its disc, and what comes back from it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cd_format::{FRAME_BYTES, Lba};
use mmc_sim::disc::Disc;
use mmc_sim::{DiscKind, Drive, Personality, Scene};
use mmc_wire::Cdb;
use mmc_wire::block::sub_channel::SubChannelData;
use mmc_wire::command::{Blank, BlankingType, Read10, ReadCd, ReadSubChannel, SubChannelFormat};
use proptest::prelude::*;
use raw_cd::image_creator::{CdSectorType, SessionPlace};
use raw_cd::verify::Verified;
use raw_cd::{CountingClock, Error, MediaPolicy, RawCd, Recorder, WriteAction};
use scsi_transport::{Data, Transport, TransportExt};

use crate::disc::{Recipe, TrackRecipe, image, interleaved, special, starts};

const TIMEOUT: Duration = Duration::from_secs(60);

pub struct Bench {
    /// The recorder has it too.
    drive: Arc<Mutex<Drive>>,
    writer: Arc<RawCd>,
    actions: Arc<Mutex<Vec<WriteAction>>>,
    /// Where each session's tracks start, and the place that its image was made for.
    sessions: Vec<(Vec<Lba>, Option<SessionPlace>, i32)>,
}

fn scene(kind: DiscKind) -> Scene {
    Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap())
}

impl Bench {
    pub fn new(kind: DiscKind, policy: MediaPolicy) -> Self {
        let mut personality = Personality::reference();
        if let Some(raw) = &mut personality.abilities.raw {
            raw.multisession = true;
        }
        let drive = Arc::new(Mutex::new(Drive::new(personality, &scene(kind)).unwrap()));
        let writer = Arc::new(RawCd::new(policy));
        // A clock on which a burn takes a minute, so that there are events while it goes on.
        let clock = CountingClock::new(1 << 20);
        writer.set_recorder(Some(&Recorder::with_clock(drive.clone(), clock))).unwrap();
        writer.set_client_name("end to end").unwrap();
        let actions = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&actions);
        writer.on_update(move |_, progress| seen.lock().unwrap().push(progress.action));
        Self { drive, writer, actions, sessions: Vec::new() }
    }

    pub fn disc(&self) -> Disc {
        self.drive.lock().unwrap().disc().unwrap().clone()
    }

    /// What on the disc breaks a rule of the format.
    pub fn lint(&self) -> cd_lint::Report {
        let disc = self.disc();
        let atip = disc.atip.clone().unwrap();
        let options = cd_lint::Options {
            lead_in: Some(atip.lead_in_lba()),
            last_lead_out: Some(atip.last_lead_out_lba()),
            ..cd_lint::Options::default()
        };
        cd_lint::lint(&disc.frames(), &options).unwrap()
    }

    pub fn actions(&self) -> Vec<WriteAction> {
        self.actions.lock().unwrap().clone()
    }

    pub fn change_disc(&mut self, kind: DiscKind) {
        let disc = Disc::build(scene(kind).disc.as_ref().unwrap()).unwrap();
        self.drive.lock().unwrap().insert_disc(disc);
        self.drive.wait(Duration::from_secs(60));
        self.sessions.clear();
    }

    /// Where the next session's image is for.
    fn place(&self, appendable: bool) -> (Option<SessionPlace>, i32) {
        let disc = self.disc();
        let atip = disc.atip.clone().unwrap();
        let Some(last) = disc.closed().last() else {
            return (appendable.then(|| SessionPlace::first().appendable(atip)), 1);
        };
        let number = u8::try_from(last.number).unwrap() + 1;
        let place = SessionPlace::later(number, disc.next_lead_in().unwrap());
        let first_track = disc.tracks().count() as i32 + 1;
        (Some(if appendable { place.appendable(atip) } else { place }), first_track)
    }

    /// Burns a session; gives StartOfNextSession.
    pub fn burn(&mut self, recipe: &Recipe, appendable: bool) -> Result<Lba, Error> {
        self.writer.prepare_media()?;
        let done = self.write(recipe, appendable);
        self.writer.release_media().unwrap();
        done
    }

    fn write(&mut self, recipe: &Recipe, appendable: bool) -> Result<Lba, Error> {
        let (place, first_track) = self.place(appendable);
        self.writer.set_requested_sector_type(recipe.sector_type)?;
        let start = self.writer.start_of_next_session()?;
        let mut image = image(recipe, place.as_ref(), first_track);
        let lead_in = place.as_ref().map_or(22_650, |place| place.lead_in_sectors());
        self.writer.write_media2(&mut image, lead_in)?;
        self.sessions.push((starts(recipe, place.as_ref(), first_track), place, first_track));
        Ok(start)
    }

    /// Burns and cancels when this address is written.
    pub fn burn_until(&mut self, recipe: &Recipe, last: Lba) -> Result<Lba, Error> {
        let handler = self.writer.on_update(move |writer, progress| {
            if progress.action == WriteAction::WRITING && progress.last_written_lba >= last {
                writer.cancel_write().unwrap();
            }
        });
        let done = self.burn(recipe, false);
        self.writer.unsubscribe(handler);
        done
    }

    /// Burns another disc of the same recipe and verifies that one, as a client would.
    pub fn verify(&mut self, recipe: &Recipe, appendable: bool) -> Result<Verified, Error> {
        self.change_disc(self.disc().kind);
        self.burn_verified(recipe, appendable)
    }

    /// Burns a session and verifies it.
    pub fn burn_verified(&mut self, recipe: &Recipe, appendable: bool) -> Result<Verified, Error> {
        self.writer.prepare_media()?;
        let start = self.write(recipe, appendable);
        let verified = start.and_then(|_| self.verify_written(recipe));
        self.writer.release_media().unwrap();
        verified
    }

    fn verify_written(&self, recipe: &Recipe) -> Result<Verified, Error> {
        let (_, place, first_track) = self.sessions.last().unwrap();
        let lead_in = place.as_ref().map_or(22_650, |place| place.lead_in_sectors());
        self.writer.verify_media(&mut image(recipe, place.as_ref(), *first_track), lead_in)
    }

    pub fn blank(&mut self, minimal: bool) {
        let kind = BlankingType(u8::from(minimal));
        let cdb = Blank { kind, ..Blank::default() };
        let outcome = self.drive.execute(&cdb.bytes(), Data::None, TIMEOUT).unwrap();
        assert!(outcome.is_good(), "{outcome:?}");
        self.sessions.clear();
    }

    fn read(&mut self, cdb: &impl Cdb, bytes: usize) -> Vec<u8> {
        let mut buffer = vec![0; bytes];
        let outcome = self.drive.execute(&cdb.bytes(), Data::In(&mut buffer), TIMEOUT).unwrap();
        assert!(outcome.is_good() && outcome.transferred == bytes, "{outcome:?}");
        buffer
    }

    /// Every user sector, R to W, catalogue number and recording codes against what went in.
    pub fn compare(&mut self, recipe: &Recipe, session: usize) -> Result<(), TestCaseError> {
        let (starts, place, first_track) = self.sessions[session - 1].clone();
        for (n, (track, start)) in recipe.tracks.iter().zip(&starts).enumerate() {
            let number = first_track + n as i32;
            self.compare_sectors(track, &track.data(n, *start), *start)?;
            let isrc = self.sub_channel(SubChannelFormat::ISRC, number as u8);
            let SubChannelData::Isrc { isrc, .. } = isrc else { panic!("{isrc:?}") };
            let expected: Option<[u8; 12]> =
                track.isrc.as_ref().map(|code| code.as_bytes().try_into().unwrap());
            prop_assert_eq!(isrc.code(), expected);
        }
        let mcn = self.sub_channel(SubChannelFormat::MCN, 0);
        let SubChannelData::Mcn(mcn) = mcn else { panic!("{mcn:?}") };
        prop_assert_eq!(mcn.text(), recipe.mcn.clone());
        let place = place.unwrap_or(SessionPlace::first());
        let disc = self.disc();
        if recipe.rw {
            let lead_out = disc.closed()[session - 1].lead_out;
            for (n, symbols) in
                interleaved(lead_out - place.first_user()).as_chunks::<96>().0.iter().enumerate()
            {
                let lba = place.first_user() + n as i32;
                let frame = recorded(&disc, lba);
                let seen: Vec<u8> = frame[2352..].iter().map(|byte| byte & 0x3F).collect();
                prop_assert!(seen == symbols, "R to W at LBA {lba}");
            }
        }
        if let Some(blocks) = recipe.special {
            let program = place.first_user() - 150;
            for (lba, sound) in (program.0..).zip(special(blocks).as_chunks::<2352>().0) {
                prop_assert!(recorded(&disc, Lba(lba))[..2352] == *sound, "special pregap at LBA {lba}");
            }
        }
        Ok(())
    }

    fn compare_sectors(&mut self, track: &TrackRecipe, data: &[u8], start: Lba) -> Result<(), TestCaseError> {
        let each = track.kind.source_bytes().unwrap();
        for (part, at) in data.chunks(25 * each).zip((start.0..).step_by(25)) {
            let blocks = part.len() / each;
            let cdb = ReadCd {
                lba: Lba(at),
                blocks: blocks as u32,
                sync: true,
                headers: 3,
                user_data: true,
                edc_ecc: true,
                ..ReadCd::default()
            };
            let seen = self.read(&cdb, blocks * 2352);
            for (n, (sector, block)) in seen.chunks(2352).zip(part.chunks(each)).enumerate() {
                let (from, bytes) = track.expected(block);
                prop_assert!(sector[from..from + bytes.len()] == bytes, "{:?} {}", track.kind, at + n as i32);
            }
            if track.kind == CdSectorType::MODE1 {
                let cdb = Read10 { lba: Lba(at), blocks: blocks as u16, ..Read10::default() };
                prop_assert!(self.read(&cdb, part.len()) == part, "READ (10) at LBA {at}");
            }
        }
        Ok(())
    }

    fn sub_channel(&mut self, format: SubChannelFormat, track: u8) -> SubChannelData {
        let cdb = ReadSubChannel { data: true, format, track, allocation: 24, ..ReadSubChannel::default() };
        self.drive.query(&cdb, TIMEOUT).unwrap().data.unwrap()
    }
}

fn recorded(disc: &Disc, lba: Lba) -> [u8; FRAME_BYTES] {
    let mut frame = [0; FRAME_BYTES];
    disc.store.read(lba, &mut frame).unwrap();
    frame
}
