//! A drive that records: what it is sent has to follow on without a gap. All else is answered by a
//! script.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard};

use cd_format::sector::scramble::scramble;
use cd_format::sub_channel::QFrame;
use cd_format::sub_channel::interleave::{q_frame, set_pq};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::script::{NONE, disc};
use super::*;
use crate::{CountingClock, ImageError, RawImage};

/// A script that records. Answers that the script has to WRITE (10) or READ CD come before what is
/// here.
#[derive(Clone)]
pub(super) struct Burner {
    pub script: Script,
    inner: Arc<Mutex<Recorded>>,
}

#[derive(Default)]
struct Recorded {
    block_bytes: usize,
    start: Option<i32>,
    bytes: Vec<u8>,
    /// WRITEs that came, those that were refused included.
    writes: u32,
    faults: Vec<(u32, Answer)>,
    /// GOOD is said, nothing is kept.
    forgets: bool,
    flushed: u32,
    /// Samples by which audio comes late.
    audio_shift: i32,
    /// READ CD knows no sub-channels.
    no_sub_channel: bool,
    /// Blocks that READ CD cannot read.
    scratched: Vec<i32>,
}

/// The lead-in of a disc that never was: 150 sectors, with which a test is soon done.
pub(super) const SHORT_LEAD_IN: [u8; 3] = [99, 58, 0];
/// Where it starts: (99 * 60 + 58) * 75 - 450150.
pub(super) const SHORT_START: i32 = -300;

impl Burner {
    /// A burner with a blank CD-R whose lead-in starts at -300.
    pub fn short() -> Self {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [disc(0x00, 1, SHORT_LEAD_IN, [79, 59, 74])]);
        Self { script, inner: Arc::default() }
    }

    /// A burner with the disc of the script.
    pub fn of(script: &Script) -> Self {
        Self { script: script.clone(), inner: Arc::default() }
    }

    /// Answers WRITE number `n`, from 0 and with those that were refused, with this.
    pub fn fault(&self, n: u32, answer: Answer) -> &Self {
        self.inner().faults.push((n, answer));
        self
    }

    /// From now on this block cannot be read.
    pub fn scratch(&self, lba: i32) -> &Self {
        self.inner().scratched.push(lba);
        self
    }

    /// Says GOOD and keeps nothing.
    pub fn forget_what_is_written(&self) -> &Self {
        self.inner().forgets = true;
        self
    }

    /// First block recorded.
    pub fn start(&self) -> Option<i32> {
        self.inner().start
    }

    /// Blocks recorded.
    pub fn blocks(&self) -> usize {
        let recorded = self.inner();
        recorded.bytes.len() / recorded.block_bytes.max(1)
    }

    /// What was recorded.
    pub fn bytes(&self) -> Vec<u8> {
        self.inner().bytes.clone()
    }

    /// Changes what was recorded.
    pub fn damage(&self, work: impl FnOnce(&mut [u8])) {
        work(&mut self.inner().bytes);
    }

    /// Reads audio so many samples late.
    pub fn shift_audio(&self, samples: i32) -> &Self {
        self.inner().audio_shift = samples;
        self
    }

    /// Refuses sub-channels in READ CD.
    pub fn without_sub_channel(&self) -> &Self {
        self.inner().no_sub_channel = true;
        self
    }

    /// How often the buffer was to be emptied.
    pub fn flushed(&self) -> u32 {
        self.inner().flushed
    }

    /// A prepared object on it; time is what is waited, and a second for every 64 MiB.
    pub fn prepared(&self) -> RawCd {
        self.prepared_with(MediaPolicy::BlankOnly)
    }

    pub fn prepared_with(&self, policy: MediaPolicy) -> RawCd {
        let object = RawCd::new(policy);
        let recorder = Recorder::with_clock(self.clone(), CountingClock::new(64 << 20));
        object.set_recorder(Some(&recorder)).unwrap();
        object.set_client_name("RawCD").unwrap();
        object.prepare_media().unwrap();
        self.script.forget();
        object
    }

    fn inner(&self) -> MutexGuard<'_, Recorded> {
        self.inner.lock().unwrap()
    }

    fn write(&self, cdb: &[u8], bytes: &[u8]) -> Option<Answer> {
        let mut recorded = self.inner();
        let n = recorded.writes;
        recorded.writes += 1;
        if let Some((_, fault)) = recorded.faults.iter().find(|(at, _)| *at == n) {
            return Some(fault.clone());
        }
        let lba = i32::from_be_bytes(cdb[2..6].try_into().unwrap());
        let blocks = usize::from(u16::from_be_bytes(cdb[7..9].try_into().unwrap()));
        assert_eq!(bytes.len() % blocks, 0, "whole blocks");
        if recorded.start.is_none() {
            recorded.start = Some(lba);
            recorded.block_bytes = bytes.len() / blocks;
        }
        assert_eq!(bytes.len(), blocks * recorded.block_bytes, "blocks of one size");
        let done = recorded.bytes.len() / recorded.block_bytes;
        if lba != recorded.start.unwrap() + i32::try_from(done).unwrap() {
            return Some(Answer::Check("5/21/02"));
        }
        recorded.bytes.extend_from_slice(bytes);
        if !recorded.forgets && done == 0 {
            // One session, complete; no room for another.
            self.script.on(READ_DISC_INFORMATION, [disc(0x0E, 1, NONE, NONE)]);
        }
        None
    }
}

impl Recorded {
    /// A block as READ CD gives it, with all of the main channel.
    fn block(&self, lba: i32, sub_channel: bool) -> Option<Vec<u8>> {
        let place = usize::try_from(lba - self.start?).ok()? * self.block_bytes;
        let block = self.bytes.get(place..place + self.block_bytes).filter(|_| lba >= 0)?;
        let mut sub = [0; 96];
        match block[2352..].first_chunk::<96>() {
            Some(recorded) => sub = *recorded,
            None => set_pq(&mut sub, false, QFrame::seal(block[2352..2362].try_into().unwrap())),
        }
        let mut main: [u8; 2352] = block[..2352].try_into().unwrap();
        if q_frame(&sub).control().is_data() {
            scramble(&mut main);
        } else {
            for (n, byte) in main.iter_mut().enumerate() {
                let at = lba * 2352 + n as i32 - self.audio_shift * 4;
                let place = usize::try_from(at.div_euclid(2352) - self.start?).ok()? * self.block_bytes;
                *byte = *self.bytes.get(place + at.rem_euclid(2352) as usize)?;
            }
        }
        Some(if sub_channel { [&main[..], &sub].concat() } else { main.to_vec() })
    }

    fn read(&self, cdb: &[u8]) -> Answer {
        let lba = i32::from_be_bytes(cdb[2..6].try_into().unwrap());
        let blocks = i32::from_be_bytes([0, cdb[6], cdb[7], cdb[8]]);
        assert_eq!((cdb[1], cdb[9]), (0, 0xF8), "any type; sync, headers, user data, EDC and ECC");
        match cdb[10] {
            1 if self.no_sub_channel => return Answer::Check("5/24/00"),
            0 | 1 => {}
            other => panic!("sub-channel selection {other}"),
        }
        if self.scratched.iter().any(|scratched| (lba..lba + blocks).contains(scratched)) {
            return Answer::Check("3/11/05");
        }
        let blocks = (lba..lba + blocks).map(|lba| self.block(lba, cdb[10] == 1));
        match blocks.collect::<Option<Vec<_>>>() {
            Some(blocks) => Answer::Data(blocks.concat()),
            None => Answer::Check("5/21/00"),
        }
    }
}

impl Transport for Burner {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        if cdb[0] == SYNCHRONIZE_CACHE {
            self.inner().flushed += 1;
        }
        if cdb[0] == WRITE_10 && !self.script.answers(WRITE_10) {
            let Data::Out(bytes) = &data else { panic!("WRITE without data") };
            // The script notes it and says GOOD, or what is to be said.
            if let Some(answer) = self.write(cdb, bytes) {
                self.script.on(WRITE_10, [answer]);
                let outcome = self.script.execute(cdb, data, timeout);
                self.script.no_more(WRITE_10);
                return outcome;
            }
        }
        if cdb[0] == READ_CD && !self.script.answers(READ_CD) {
            let answer = self.inner().read(cdb);
            self.script.on(READ_CD, [answer]);
            let outcome = self.script.execute(cdb, data, timeout);
            self.script.no_more(READ_CD);
            return outcome;
        }
        self.script.execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.script.wait(duration);
    }
}

/// An image whose every sector begins with its number, big-endian, and goes on with the last byte of
/// it.
#[derive(Debug)]
pub(super) struct Numbered {
    pub sectors: u64,
    pub sector_bytes: u64,
    pub seeks: bool,
    pub at: u64,
    /// The longest read, as pipes have them.
    pub gulp: usize,
}

impl Numbered {
    pub fn of(sectors: u64) -> Self {
        Self { sectors, sector_bytes: 2448, seeks: true, at: 0, gulp: usize::MAX }
    }

    pub fn all(&self) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(self.sectors * self.sector_bytes).unwrap()];
        assert_eq!(Self::of(self.sectors).read_some(&mut bytes), Ok(bytes.len()));
        bytes
    }
}

impl RawImage for Numbered {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Ok(self.sectors * self.sector_bytes)
    }
    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        if !self.seeks {
            return Err(ImageError { hresult: HResult::E_NOTIMPL, text: "no seeking".to_owned() });
        }
        self.at = offset;
        Ok(())
    }
    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let left = self.sectors * self.sector_bytes - self.at;
        let count = buffer.len().min(self.gulp).min(usize::try_from(left).unwrap());
        let mut rest = &mut buffer[..count];
        while !rest.is_empty() {
            let (sector, place) = (self.at / self.sector_bytes, self.at % self.sector_bytes);
            let number = u32::try_from(sector).unwrap().to_be_bytes();
            let here = rest.len().min(usize::try_from(self.sector_bytes - place).unwrap());
            let (piece, behind) = rest.split_at_mut(here);
            piece.fill(number[3]);
            for (byte, n) in piece.iter_mut().zip(usize::try_from(place).unwrap()..4) {
                *byte = number[n];
            }
            self.at += here as u64;
            rest = behind;
        }
        Ok(count)
    }
}
