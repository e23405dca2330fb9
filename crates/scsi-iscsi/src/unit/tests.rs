//! Expectations from SAM, SPC and MMC: a device that says what it was told to say, and the simulated drive.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's answer")]

mod any;
mod identity;
mod sharing;

use std::collections::VecDeque;

use mmc_sim::{Drive, HostAct, Personality, Scene, scene};

use super::*;

const A: NexusId = NexusId(1);
const B: NexusId = NexusId(2);
const TIMEOUT: Duration = Duration::from_secs(1);
const TEST_UNIT_READY: [u8; 6] = [0; 6];

/// Answers in turn with what it was given, then GOOD for ever; keeps what it was asked.
#[derive(Default)]
struct Scripted {
    answers: VecDeque<(Outcome, Vec<u8>)>,
    asked: Vec<Vec<u8>>,
}

impl Scripted {
    fn says(mut self, sense: &str) -> Self {
        self.answers.push_back((check(sense.parse().unwrap()), Vec::new()));
        self
    }
    fn sends(mut self, bytes: &[u8]) -> Self {
        self.answers.push_back((Outcome::good(bytes.len()), bytes.to_vec()));
        self
    }
}

impl Transport for Scripted {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        self.asked.push(cdb.to_vec());
        let (mut outcome, bytes) = self.answers.pop_front().unwrap_or((Outcome::good(0), Vec::new()));
        if let Data::In(buffer) = data {
            outcome.transferred = bytes.len().min(buffer.len());
            buffer[..outcome.transferred].copy_from_slice(&bytes[..outcome.transferred]);
        }
        Ok(outcome)
    }
    fn wait(&mut self, _: Duration) {}
}

fn send<T: Transport>(unit: &mut LogicalUnit<T>, nexus: NexusId, cdb: &[u8]) -> Outcome {
    unit.execute(nexus, Lun::ZERO, cdb, Data::None, TIMEOUT).unwrap()
}

/// The sense of the answer, `good`, or the status.
fn said<T: Transport>(unit: &mut LogicalUnit<T>, nexus: NexusId, cdb: &[u8]) -> String {
    let outcome = send(unit, nexus, cdb);
    match Sense::in_data(&outcome.sense) {
        Some(sense) => sense.to_string(),
        None if outcome.is_good() => "good".to_owned(),
        None => outcome.status.to_string(),
    }
}

fn read<T: Transport>(unit: &mut LogicalUnit<T>, nexus: NexusId, lun: Lun, cdb: &[u8]) -> Vec<u8> {
    let mut buffer = [0xEE; 300];
    let outcome = unit.execute(nexus, lun, cdb, Data::In(&mut buffer), TIMEOUT).unwrap();
    assert!(outcome.is_good(), "{outcome:?}");
    assert!(buffer[outcome.transferred..].iter().all(|byte| *byte == 0xEE));
    buffer[..outcome.transferred].to_vec()
}

/// Both attached; each has heard of its power on.
fn settled<T: Transport>(transport: T) -> LogicalUnit<T> {
    let mut unit = LogicalUnit::new(transport);
    for nexus in [A, B] {
        unit.attach(nexus);
        assert_eq!(said(&mut unit, nexus, &TEST_UNIT_READY), "6/29/00");
    }
    unit
}

fn drive() -> Drive {
    let scene =
        Scene::blank(mmc_sim::DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Drive::new(Personality::reference(), &scene).unwrap()
}

/// SAM "Unit attention condition".
#[test]
fn what_the_device_tells_one_each_other_hears_once() {
    let mut unit = settled(Scripted::default().says("6/28/00").says("6/2A/01"));
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "6/28/00");
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "6/2A/01");
    assert_eq!(unit.transport_mut().asked.len(), 2);
    assert_eq!(unit.take_event(A), None);
    assert_eq!(unit.take_event(B), Some(Sense::MEDIUM_MAY_HAVE_CHANGED));
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/28/00");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/2A/01");
    assert_eq!(unit.transport_mut().asked.len(), 2, "told before the device is asked");
    assert_eq!(unit.take_event(B), None, "heard by a command");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "good");
}

/// SPC "Descriptor format sense data", response code 72h.
#[test]
fn descriptor_format_is_recognised() {
    let mut device = Scripted::default();
    device.answers.push_back((Outcome::check(vec![0x72, 6, 0x28, 0, 0, 0, 0, 0]), Vec::new()));
    let mut unit = settled(device);
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "6/28/00");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/28/00");
}

/// SPC "INQUIRY command", "REPORT LUNS command"; MMC "Unit attention condition" for the two others.
#[test]
fn some_commands_leave_it_pending() {
    let mut unit = LogicalUnit::new(Scripted::default());
    unit.attach(A);
    for opcode in [0x12, 0xA0, 0x46, 0x4A] {
        assert_eq!(said(&mut unit, A, &[opcode, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "good", "{opcode:02X}");
    }
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "6/29/00");
}

/// SPC "REQUEST SENSE command", "Fixed format sense data", "Descriptor format sense data".
#[test]
fn request_sense_hands_it_over() {
    let fixed = [0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0, 0, 0, 0, 0];
    for (desc, allocation, expected) in [
        (0, 18, &fixed[..]),
        (0, 13, &fixed[..13]),
        (0, 252, &fixed),
        (1, 8, &[0x72, 6, 0x29, 0, 0, 0, 0, 0]),
    ] {
        let mut unit = LogicalUnit::new(Scripted::default());
        unit.attach(A);
        assert_eq!(read(&mut unit, A, Lun::ZERO, &[3, desc, 0, 0, allocation, 0]), expected);
        assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "good");
    }
}

#[test]
fn what_request_sense_takes_from_the_device_the_others_hear_too() {
    let changed = [0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x28, 0, 0, 0, 0, 0];
    let mut unit = settled(Scripted::default().sends(&changed));
    assert_eq!(read(&mut unit, A, Lun::ZERO, &[3, 0, 0, 0, 4, 0]), changed[..4]);
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/28/00");
}

#[test]
fn the_devices_own_power_on_is_not_told_twice() {
    let scene = Scene { attention: vec![scene::Attention::Reset], ..Scene::default() };
    let mut unit = settled(Drive::new(Personality::reference(), &scene).unwrap());
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "2/3A/01");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "2/3A/01");
    unit.transport_mut().host(&HostAct::PowerCycle).unwrap();
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "6/29/00", "a new one is told");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/29/00");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "2/3A/01");
}

#[test]
fn a_disc_is_announced_once_and_told_once() {
    let mut unit = settled(drive());
    for nexus in [A, B] {
        assert_eq!(said(&mut unit, nexus, &TEST_UNIT_READY), "good");
    }
    let disc = unit.transport_mut().take_disc().unwrap();
    unit.transport_mut().insert_disc(disc);
    unit.announce(Sense::MEDIUM_MAY_HAVE_CHANGED);
    unit.transport_mut().wait(Duration::from_secs(60));
    for nexus in [A, B] {
        assert_eq!(unit.take_event(nexus), Some(Sense::MEDIUM_MAY_HAVE_CHANGED));
        assert_eq!(said(&mut unit, nexus, &TEST_UNIT_READY), "6/28/00");
        assert_eq!(said(&mut unit, nexus, &TEST_UNIT_READY), "good");
    }
    assert_eq!((unit.take_event(A), unit.take_event(B)), (None, None));
}

/// SPC-3 "MODE SELECT(6) command".
#[test]
fn the_others_hear_of_mode_parameters() {
    let mut unit = settled(Scripted::default().says("5/26/00"));
    assert_eq!(said(&mut unit, A, &[0x55, 0x10, 0, 0, 0, 0, 0, 0, 0, 0]), "5/26/00");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "good");
    assert_eq!(said(&mut unit, A, &[0x15, 0x10, 0, 0, 0, 0]), "good");
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "good");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/2A/01");
}

/// SAM "Logical unit reset": 29/03, before anything else that waits.
#[test]
fn a_reset_is_told_first_and_to_all() {
    let mut unit = settled(drive()).on_reset(|drive| drive.host(&HostAct::PowerCycle).unwrap());
    assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "good");
    unit.raise(Sense::MEDIUM_MAY_HAVE_CHANGED);
    unit.reset();
    for nexus in [A, B] {
        assert_eq!(said(&mut unit, nexus, &TEST_UNIT_READY), "6/29/03");
        assert_eq!(said(&mut unit, nexus, &TEST_UNIT_READY), "6/28/00");
    }
    let next = said(&mut unit, A, &TEST_UNIT_READY);
    assert!(!next.starts_with("6/29"), "the device's own reset is the same one: {next}");
}

#[test]
fn who_is_not_attached_is_not_heard() {
    let mut unit = LogicalUnit::new(Scripted::default());
    let error = unit.execute(A, Lun::ZERO, &TEST_UNIT_READY, Data::None, TIMEOUT).unwrap_err();
    assert_eq!(error.to_string(), "the request cannot be sent: I_T nexus 1 is not attached");
}
