//! What Microsoft's pages say `IDiscFormat2RawCD` does, as a small machine.
//!
//! Written from the documentation, and from nothing in the crates under test: states by
//! PrepareMedia's and ReleaseMedia's pages, codes by the return values of each member's page (numbers by
//! imapi2error.h, where page and header disagree), disc types by the erase sample. Where Microsoft is
//! silent the reading is the fixtures' (origin `Open`), or more than one answer is allowed.

use crate::allowed::*;
use crate::call::{Answer, Call, Drive, Medium, Value};

/// IMAPI_MEDIA_PHYSICAL_TYPE.
const CDROM: i64 = 1;
const CDR: i64 = 2;
const CDRW: i64 = 3;

/// What the drive that writes raw is able to, from its description.
#[derive(Clone, Debug)]
pub struct Abilities {
    pub sector_types: Vec<i64>,
    pub several_sessions: bool,
    pub raw_on_cd_rw: bool,
    /// kB/s and pure CAV, in the drive's order.
    pub write: Vec<(i64, bool)>,
    pub rewrite: Vec<(i64, bool)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Contents {
    Blank,
    Open,
    Appendable,
    Complete,
}

/// What the pages distinguish of a disc: IMAPI's type, what is on it, and the two addresses.
struct Disc {
    media_type: i64,
    contents: Contents,
    next_lead_in: i64,
    last_lead_out: i64,
}

/// 97:26:66 is -11634, 97:24:01 -11849, 97:10:00 -12900; 79:59:74 is 359849, 71:05:00 319725 (published
/// pairs). Behind sessions: lead-out + 6750 after the first, + 2250 after the second, which starts 11400
/// behind the first lead-out; track-at-once adds two run-out blocks.
fn disc(medium: Medium) -> Option<Disc> {
    let (media_type, contents, next_lead_in, last_lead_out) = match medium {
        Medium::Nothing => return None,
        Medium::BlankCdr => (CDR, Contents::Blank, -11_634, 359_849),
        Medium::BlankCdr71 => (CDR, Contents::Blank, -11_849, 319_725),
        Medium::BlankCdrw => (CDRW, Contents::Blank, -12_900, 359_849),
        Medium::OneSessionCdr => (CDR, Contents::Appendable, 26_750, 359_849),
        Medium::OneTaoSessionCdr => (CDR, Contents::Appendable, 26_752, 359_849),
        Medium::TwoSessionsCdr => (CDR, Contents::Appendable, 43_650, 359_849),
        Medium::OneSessionCdrw => (CDRW, Contents::Appendable, 26_750, 359_849),
        Medium::OpenCdr => (CDR, Contents::Open, 0, 0),
        // Complete and not erasable is a ROM (erase sample, Utility.cpp).
        Medium::FinalisedCdr | Medium::Pressed => (CDROM, Contents::Complete, 0, 0),
        Medium::FinalisedCdrw => (CDRW, Contents::Complete, 0, 0),
    };
    Some(Disc { media_type, contents, next_lead_in, last_lead_out })
}

pub struct Model {
    appendable: bool,
    drive: Abilities,
    // The object.
    recorder: bool,
    client_name: String,
    /// The two addresses.
    prepared: Option<(i64, i64)>,
    sector_type: i64,
    underrun_free_disabled: bool,
    speed: (i32, bool),
    // The world.
    pub tray_open: bool,
    medium: Medium,
    /// The drive may still have to say that it is becoming ready, or that the disc is new.
    restless: bool,
    other_program: u32,
}

impl Model {
    pub fn new(appendable: bool, drive: Abilities, medium: Medium) -> Self {
        Self {
            appendable,
            drive,
            recorder: false,
            client_name: String::new(),
            prepared: None,
            sector_type: 2,
            underrun_free_disabled: false,
            speed: (-1, false),
            tray_open: false,
            medium,
            restless: false,
            other_program: 0,
        }
    }

    /// What the call may answer, before it is made; the model does what the call does.
    pub fn predict(&mut self, call: &Call) -> Allowed {
        let ok = || Allowed::code(S_OK);
        match call {
            Call::PutRecorder(_) if self.prepared.is_some() => Allowed::code(PREPARED),
            Call::PutRecorder(None) => {
                self.recorder = false;
                ok()
            }
            Call::PutRecorder(Some(Drive::Plain)) => Allowed::code(RECORDER_NOT_SUPPORTED),
            Call::PutRecorder(Some(Drive::Raw)) if self.other_program > 0 => Allowed::code(LOCKED),
            Call::PutRecorder(Some(Drive::Raw)) => {
                self.recorder = true;
                ok()
            }
            Call::Recorder => Allowed::value(Value::Recorder(self.recorder.then_some(Drive::Raw))),
            Call::PutClientName(name) => match (self.prepared, is_client_name(name)) {
                (Some(_), true) => Allowed::code(PREPARED),
                (Some(_), false) => Allowed::code(PREPARED).or(CLIENT_NAME),
                (None, false) => Allowed::code(CLIENT_NAME),
                (None, true) => {
                    self.client_name.clone_from(name);
                    ok()
                }
            },
            Call::ClientName => Allowed::value(Value::Text(self.client_name.clone())),
            Call::PrepareMedia => self.prepare(),
            Call::ReleaseMedia => match self.prepared.take() {
                Some(_) => ok(),
                None => Allowed::code(NOT_PREPARED),
            },
            Call::CancelWrite => Allowed::code(WRITE_NOT_IN_PROGRESS),
            Call::StartOfNextSession => self.while_prepared(|_, (start, _)| Value::Int(start)),
            Call::LastPossibleStartOfLeadout => self.while_prepared(|_, (_, last)| Value::Int(last)),
            Call::SupportedSectorTypes if !self.recorder => Allowed::code(E_POINTER),
            Call::SupportedSectorTypes => {
                self.while_prepared(|model, _| Value::Ints(model.drive.sector_types.clone()))
            }
            Call::RequestedSectorType => self.while_prepared(|model, _| Value::Int(model.sector_type)),
            Call::PutRequestedSectorType(kind) => match self.prepared {
                None => Allowed::code(NOT_PREPARED),
                Some(_) if self.drive.sector_types.contains(&i64::from(*kind)) => {
                    self.sector_type = (*kind).into();
                    ok()
                }
                // Beyond the enumeration an argument may be called what it is.
                Some(_) if !(1..=3).contains(kind) => Allowed::code(BLOCK_TYPE).or(E_INVALIDARG),
                Some(_) => Allowed::code(BLOCK_TYPE),
            },
            Call::PutBufferUnderrunFreeDisabled(disabled) => match self.prepared {
                None => Allowed::code(NOT_PREPARED),
                Some(_) => {
                    self.underrun_free_disabled = *disabled;
                    ok()
                }
            },
            Call::BufferUnderrunFreeDisabled => Allowed::value(Value::Bool(self.underrun_free_disabled)),
            Call::RequestedWriteSpeed => Allowed::value(Value::Int(self.speed.0.into())),
            Call::RequestedRotationTypeIsPureCAV => Allowed::value(Value::Bool(self.speed.1)),
            Call::SetWriteSpeed(..) if !self.recorder => Allowed::code(RECORDER_REQUIRED),
            Call::SetWriteSpeed(speed, _) if *speed == 0 || *speed < -1 => Allowed::code(E_INVALIDARG),
            Call::SetWriteSpeed(speed, cav) => {
                self.speed = (*speed, *cav);
                self.of_drive(|model, disc| match disc {
                    Some(disc) => model.adjusted(disc),
                    None => Allowed::any_adjustment().or(NO_MEDIA),
                })
            }
            Call::SupportedMediaTypes => Allowed::value(Value::Ints(vec![CDR, CDRW])),
            Call::IsRecorderSupported(Drive::Plain) => Allowed::code(NOT_SUPPORTED),
            Call::IsRecorderSupported(Drive::Raw) if self.other_program > 0 => Allowed::code(LOCKED),
            Call::IsRecorderSupported(Drive::Raw) => Allowed::value(Value::Bool(true)),
            Call::IsCurrentMediaSupported(Drive::Plain) => Allowed::value(Value::Bool(false)),
            // By type, and false where PrepareMedia would answer MEDIA_IS_NOT_SUPPORTED: one notion, two members.
            Call::IsCurrentMediaSupported(Drive::Raw) => self.of_disc(|model, disc| {
                let raw = disc.media_type == CDR || disc.media_type == CDRW && model.drive.raw_on_cd_rw;
                Value::Bool(raw)
            }),
            Call::MediaPhysicallyBlank | Call::MediaHeuristicallyBlank if !self.recorder => {
                Allowed::code(E_POINTER)
            }
            Call::MediaPhysicallyBlank | Call::MediaHeuristicallyBlank => {
                self.of_disc(|_, disc| Value::Bool(disc.contents == Contents::Blank))
            }
            Call::CurrentPhysicalMediaType
            | Call::CurrentWriteSpeed
            | Call::CurrentRotationTypeIsPureCAV
            | Call::SupportedWriteSpeeds
            | Call::SupportedWriteSpeedDescriptors
                if !self.recorder =>
            {
                Allowed::code(NO_RECORDER)
            }
            Call::CurrentPhysicalMediaType => self.of_disc(|_, disc| Value::Int(disc.media_type)),
            Call::CurrentWriteSpeed | Call::CurrentRotationTypeIsPureCAV => {
                self.of_drive(|_, disc| match disc {
                    Some(_) => Allowed(vec![(S_OK, None)]),
                    None => Allowed(vec![(S_OK, None)]).or(NO_MEDIA),
                })
            }
            Call::SupportedWriteSpeeds => {
                self.of_drive(|model, disc| match disc.and_then(|disc| model.offered(disc)) {
                    Some(offered) => {
                        let mut speeds: Vec<i64> = offered.iter().map(|(speed, _)| *speed).collect();
                        speeds.dedup();
                        Allowed::value(Value::Ints(speeds))
                    }
                    None => Allowed(vec![(S_OK, None)]).or(NO_MEDIA),
                })
            }
            Call::SupportedWriteSpeedDescriptors => self.of_drive(|model, disc| {
                let Some(disc) = disc else { return Allowed::code(NO_MEDIA) };
                let Some(offered) = model.offered(disc) else { return Allowed(vec![(S_OK, None)]) };
                let row = |(speed, cav): &(i64, bool)| (disc.media_type, *cav, *speed);
                Allowed::value(Value::Speeds(offered.iter().map(row).collect()))
            }),
            Call::OtherProgramAcquires if self.prepared.is_some() => Allowed::code(E_ACCESSDENIED),
            Call::OtherProgramAcquires => {
                self.other_program += 1;
                ok()
            }
            Call::OtherProgramReleases if self.other_program == 0 => Allowed::code(E_FAIL).or(E_HANDLE),
            Call::OtherProgramReleases => {
                self.other_program -= 1;
                ok()
            }
            Call::PressEject => {
                match (self.prepared, self.tray_open) {
                    (Some(_), _) => {}
                    (None, false) => self.tray_open = true,
                    (None, true) => self.close_tray(),
                }
                ok()
            }
            Call::Insert(medium) => {
                if self.prepared.is_none() {
                    self.medium = *medium;
                    self.close_tray();
                }
                ok()
            }
            Call::Wait(_) => ok(),
        }
    }

    /// What an answer tells of the world: a drive that has answered about its disc knows it.
    pub fn learn(&mut self, call: &Call, answer: &Answer) {
        let about_the_disc = matches!(
            call,
            Call::MediaPhysicallyBlank
                | Call::MediaHeuristicallyBlank
                | Call::CurrentPhysicalMediaType
                | Call::IsCurrentMediaSupported(Drive::Raw)
        );
        if about_the_disc && answer.code == S_OK {
            self.restless = false;
        }
    }

    /// Dropping the object ends what PrepareMedia began.
    pub fn drop_object(&mut self) {
        self.prepared = None;
        self.recorder = false;
    }

    pub fn owned_by_other(&self) -> bool {
        self.other_program > 0
    }

    fn close_tray(&mut self) {
        self.tray_open = false;
        self.restless = self.medium != Medium::Nothing;
    }

    fn disc(&self) -> Option<Disc> {
        if self.tray_open { None } else { disc(self.medium) }
    }

    fn while_prepared(&self, value: impl Fn(&Self, (i64, i64)) -> Value) -> Allowed {
        match self.prepared {
            Some(addresses) => Allowed::value(value(self, addresses)),
            None => Allowed::code(NOT_PREPARED),
        }
    }

    /// A member that asks the drive something.
    fn of_drive(&self, answer: impl Fn(&Self, Option<&Disc>) -> Allowed) -> Allowed {
        if self.other_program > 0 {
            return Allowed::code(LOCKED);
        }
        let allowed = answer(self, self.disc().as_ref());
        if !self.restless {
            return allowed;
        }
        // Not known yet, the disc leaves open what the drive says of its speeds.
        let mut any = Allowed(
            allowed.0.into_iter().chain(Allowed::any_adjustment().0).map(|(code, _)| (code, None)).collect(),
        );
        any.0.push((BECOMING_READY, Some(Value::None)));
        any
    }

    /// A member that asks for the disc.
    fn of_disc(&self, value: impl Fn(&Self, &Disc) -> Value) -> Allowed {
        if self.other_program > 0 {
            return Allowed::code(LOCKED);
        }
        let Some(disc) = self.disc() else { return Allowed::code(NO_MEDIA) };
        let allowed = Allowed::value(value(self, &disc));
        if self.restless { allowed.or(BECOMING_READY) } else { allowed }
    }

    /// PrepareMedia's page: first what the caller forgot, then the drive, then the disc's type, then
    /// what is on it. It waits for a disc that spins up.
    fn prepare(&mut self) -> Allowed {
        if !self.recorder {
            return Allowed::code(NO_RECORDER);
        }
        if self.prepared.is_some() {
            return Allowed::code(PREPARED);
        }
        if self.client_name.is_empty() {
            return Allowed::code(CLIENT_NAME);
        }
        if self.other_program > 0 {
            return Allowed::code(LOCKED);
        }
        let Some(disc) = self.disc() else { return Allowed::code(NO_MEDIA) };
        self.restless = false;
        if disc.media_type == CDROM || disc.media_type == CDRW && !self.drive.raw_on_cd_rw {
            return Allowed::code(NOT_SUPPORTED);
        }
        let may_follow =
            self.appendable && self.drive.several_sessions && disc.contents == Contents::Appendable;
        if disc.contents != Contents::Blank && !may_follow {
            return Allowed::code(NOT_BLANK);
        }
        self.prepared = Some((disc.next_lead_in, disc.last_lead_out));
        self.sector_type = 2;
        self.underrun_free_disabled = false;
        self.adjusted(&disc)
    }

    /// Sectors a second (kB/s × 1000 / 2352, erase sample) and rotation, where the disc can be written.
    fn offered(&self, disc: &Disc) -> Option<Vec<(i64, bool)>> {
        let speeds = if disc.media_type == CDRW { &self.drive.rewrite } else { &self.drive.write };
        let writable = disc.contents != Contents::Complete;
        writable.then(|| speeds.iter().map(|(kbps, cav)| (kbps * 1000 / 2352, *cav)).collect())
    }

    /// SetWriteSpeed's page: the closest speed is taken, and a success code says so.
    fn adjusted(&self, disc: &Disc) -> Allowed {
        let (wanted, cav) = self.speed;
        let Some(offered) = self.offered(disc) else { return Allowed::any_adjustment() };
        let rank = |(speed, pure_cav): &&(i64, bool)| {
            let distance = if wanted == -1 { -speed } else { (speed - i64::from(wanted)).abs() };
            (distance, *speed, *pure_cav != cav)
        };
        let Some((taken, rotation)) = offered.iter().min_by_key(rank) else {
            return Allowed::any_adjustment();
        };
        // The fastest comes as it comes: whether its rotation is an adjustment, no page says.
        let silent = wanted == -1 && !cav;
        let code = match (wanted != -1 && *taken != i64::from(wanted), *rotation != cav && !silent) {
            (false, false) => S_OK,
            (true, false) => SPEED_ADJUSTED,
            (false, true) => ROTATION_ADJUSTED,
            (true, true) => BOTH_ADJUSTED,
        };
        if silent && *rotation { Allowed::code(code).or(ROTATION_ADJUSTED) } else { Allowed::code(code) }
    }
}

/// 1 to 62 characters of those that `CDROM_EXCLUSIVE_LOCK` allows.
fn is_client_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || " .,:;-_".contains(c);
    (1..=62).contains(&name.chars().count()) && name.chars().all(known)
}
