//! The desk: two drives, another program, a person, and the object behind one of its doors.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mmc_sim::personality::{Raw, RawNextWritable, SpeedProfile, WriteSpeed};
use mmc_sim::scene::{Content, DiscScene, End, SessionFormat, SessionScene, TrackScene, Written};
use mmc_sim::{DiscKind, Drive as Simulated, HostAct, Personality, Scene};
use raw_cd::{MediaPolicy, Recorder};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use crate::allowed::S_OK;
use crate::call::{Answer, Call, Medium, Value};
use crate::doors::{Door, done};
use crate::model::Abilities;

/// Which drive stands on the desk, and which rule the object follows.
#[derive(Clone, Debug)]
pub struct Setting {
    pub appendable: bool,
    pub sector_types: Vec<u8>,
    pub several_sessions: bool,
    pub raw_on_cd_rw: bool,
    /// What the drive says of the next writable address; nothing may depend on it.
    pub next_writable: u8,
    pub medium: Medium,
}

impl Setting {
    fn personality(&self) -> Personality {
        let mut personality = Personality::reference();
        personality.abilities.raw = Some(Raw {
            block_types: self.sector_types.clone(),
            multisession: self.several_sessions,
            cd_rw: self.raw_on_cd_rw,
        });
        personality.habits.raw_next_writable.is = match self.next_writable {
            0 => RawNextWritable::LeadInStart,
            1 => RawNextWritable::Pregap,
            _ => RawNextWritable::Zero,
        };
        personality
    }

    pub fn abilities(&self) -> Abilities {
        let speeds = self.personality().speeds;
        let row = |speed: &WriteSpeed| (i64::from(speed.kbps), speed.profile == SpeedProfile::Cav);
        Abilities {
            sector_types: self.sector_types.iter().map(|kind| (*kind).into()).collect(),
            several_sessions: self.several_sessions,
            raw_on_cd_rw: self.raw_on_cd_rw,
            write: speeds.write.iter().map(row).collect(),
            rewrite: speeds.rewrite.iter().map(row).collect(),
        }
    }
}

/// A simulated drive that a person can reach while a recorder holds it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Simulated>>);

impl Transport for Shared {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.0.lock().unwrap().execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.0.lock().unwrap().wait(duration);
    }
}

impl Shared {
    fn host(&self, act: &HostAct) {
        self.0.lock().unwrap().host(act).unwrap();
    }

    /// A look at the tray: GET EVENT STATUS NOTIFICATION, media class, door open. At a copy, so that
    /// looking changes nothing.
    fn is_open(&self) -> bool {
        let mut copy = self.0.lock().unwrap().clone();
        let mut reply = [0; 8];
        let cdb = [0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0];
        let outcome = copy.execute(&cdb, Data::In(&mut reply), Duration::from_secs(1)).unwrap();
        assert!(outcome.is_good() && outcome.transferred == 8, "{outcome:?}");
        reply[5] & 1 != 0
    }
}

pub struct Bench<D> {
    raw: Shared,
    other: Recorder,
    door: Option<D>,
}

impl<D: Door> Bench<D> {
    pub fn new(setting: &Setting) -> Self {
        let drive = |personality, medium| {
            Shared(Arc::new(Mutex::new(Simulated::new(personality, &scene(medium)).unwrap())))
        };
        let raw = drive(setting.personality(), setting.medium);
        let mut without = Personality::reference();
        without.abilities.raw = None;
        let plain = Recorder::new(drive(without, Medium::BlankCdr));
        let recorder = Recorder::new(raw.clone());
        let other = recorder.another();
        let policy = if setting.appendable { MediaPolicy::Appendable } else { MediaPolicy::BlankOnly };
        Self { raw, other, door: Some(D::new(policy, recorder, plain)) }
    }

    pub fn run(&self, call: &Call) -> Answer {
        let nothing = Answer { code: S_OK, value: Value::None };
        match call {
            Call::OtherProgramAcquires => return done(self.other.acquire(true, "another program")),
            Call::OtherProgramReleases => return done(self.other.release()),
            Call::PressEject => self.raw.host(&HostAct::PressEject),
            Call::Insert(medium) => {
                if !self.raw.is_open() {
                    self.raw.host(&HostAct::PressEject);
                }
                if self.raw.is_open() {
                    self.raw.host(&HostAct::Insert(scene(*medium)));
                }
            }
            Call::Wait(seconds) => self.other.wait(Duration::from_secs((*seconds).into())),
            call => return self.door.as_ref().unwrap().call(call),
        }
        nothing
    }

    pub fn tray_open(&self) -> bool {
        self.raw.is_open()
    }

    pub fn drop_object(&mut self) {
        self.door = None;
    }

    pub fn owner(&self) -> Option<String> {
        self.other.exclusive_access_owner()
    }
}

/// Tracks of 20000 and 10000 blocks; the addresses that follow from them stand in the model.
fn scene(medium: Medium) -> Scene {
    let session = |blocks, written| SessionScene {
        tracks: vec![TrackScene {
            content: Content::Mode1,
            blocks,
            copy: false,
            pre_emphasis: false,
            isrc: None,
            reserved: false,
        }],
        written,
        format: SessionFormat::CdRom,
    };
    let disc = |kind, lead_in: &str, last: &str, sessions: Vec<SessionScene>, end| {
        let blank = DiscScene::blank(kind, lead_in.parse().unwrap(), last.parse().unwrap());
        Scene { disc: Some(DiscScene { sessions, end, ..blank }), ..Scene::default() }
    };
    let cdr = |sessions, end| disc(DiscKind::CdR, "97:26:66", "79:59:74", sessions, end);
    let cdrw = |sessions, end| disc(DiscKind::CdRw, "97:10:00", "79:59:74", sessions, end);
    let sao = |blocks| session(blocks, Written::Sao);
    match medium {
        Medium::Nothing => Scene::default(),
        Medium::BlankCdr => cdr(vec![], End::Appendable),
        Medium::BlankCdr71 => disc(DiscKind::CdR, "97:24:01", "71:05:00", vec![], End::Appendable),
        Medium::BlankCdrw => cdrw(vec![], End::Appendable),
        Medium::OneSessionCdr => cdr(vec![sao(20_000)], End::Appendable),
        Medium::OneTaoSessionCdr => cdr(vec![session(20_000, Written::Tao)], End::Appendable),
        Medium::TwoSessionsCdr => cdr(vec![sao(20_000), sao(10_000)], End::Appendable),
        Medium::OneSessionCdrw => cdrw(vec![sao(20_000)], End::Appendable),
        Medium::OpenCdr => cdr(vec![sao(20_000)], End::Open),
        Medium::FinalisedCdr => cdr(vec![sao(20_000)], End::Finalised),
        Medium::FinalisedCdrw => cdrw(vec![sao(20_000)], End::Finalised),
        Medium::Pressed => disc(DiscKind::CdRom, "97:26:66", "79:59:74", vec![sao(20_000)], End::Finalised),
    }
}
