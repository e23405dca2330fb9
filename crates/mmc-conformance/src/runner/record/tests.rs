use scsi_transport::TransportError;

use super::*;
use crate::fixture::{SessionImage, TrackImage};

/// Answers as told, then GOOD; notes addresses, lengths and waits.
#[derive(Default)]
struct Line {
    answers: Vec<Outcome>,
    sent: Vec<(i32, usize)>,
    waited: Duration,
}

impl Transport for Line {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        let bytes = if let Data::Out(bytes) = data { bytes.len() } else { 0 };
        self.sent.push((i32::from_be_bytes([cdb[2], cdb[3], cdb[4], cdb[5]]), bytes));
        Ok(if self.answers.is_empty() { Outcome::good(bytes) } else { self.answers.remove(0) })
    }

    fn wait(&mut self, duration: Duration) {
        self.waited += duration;
    }
}

fn check(key: u8, asc: u8, ascq: u8) -> Outcome {
    Outcome::check(vec![0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0])
}

fn image() -> Image {
    let session: SessionImage = SessionImage {
        lead_in: -11_634,
        tracks: vec![TrackImage { content: crate::fixture::TrackContent::Audio, blocks: 300, pause: 0 }],
        session: 1,
        first_track: 1,
        block: crate::fixture::BlockForm::Raw,
        next: crate::fixture::NextSession::Absent,
        lead_out: None,
    };
    Image::new(&session).unwrap()
}

fn stretch(frames: u32, patient: bool) -> Stretch {
    Stretch { skip: 10, frames, at: Lba(-11_624), by: WriteCommand::Write10, patient }
}

#[test]
fn transfers_follow_one_another_and_the_last_is_short() {
    let mut line = Line::default();
    let (answer, taken) = record(&mut line, &image(), stretch(60, true)).unwrap();
    assert_eq!(taken, 60);
    assert!(answer.outcome.unwrap().is_good());
    assert_eq!(line.sent, [(-11_624, 26 * 2448), (-11_598, 26 * 2448), (-11_572, 8 * 2448)]);
    assert_eq!(answer.cdb[..6], [0x2A, 0, 0xFF, 0xFF, 0xD2, 0xCC]);
}

#[test]
fn a_full_buffer_is_waited_for_unless_the_fixture_has_no_patience() {
    let busy = || vec![check(2, 4, 8), check(2, 4, 7)];
    let mut line = Line { answers: busy(), ..Line::default() };
    assert!(record(&mut line, &image(), stretch(26, true)).unwrap().0.outcome.unwrap().is_good());
    assert_eq!((line.sent.len(), line.waited), (3, 2 * PAUSE));
    let mut line = Line { answers: busy(), ..Line::default() };
    assert!(!record(&mut line, &image(), stretch(26, false)).unwrap().0.outcome.unwrap().is_good());
    assert_eq!(line.sent.len(), 1);
}

#[test]
fn the_first_refusal_is_the_answer() {
    let mut line = Line { answers: vec![Outcome::good(0), check(5, 0x21, 2)], ..Line::default() };
    let (answer, taken) = record(&mut line, &image(), stretch(260, true)).unwrap();
    assert_eq!(taken, 26);
    assert_eq!(Sense::in_data(&answer.outcome.unwrap().sense), Some(Sense::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(line.sent.len(), 2);
    assert!(record(&mut line, &image(), stretch(0, true)).is_none());
}

#[test]
fn a_drive_that_is_never_ready_ends_the_step() {
    let mut line = Line { answers: vec![check(2, 4, 8); 6000], ..Line::default() };
    assert!(!record(&mut line, &image(), stretch(26, true)).unwrap().0.outcome.unwrap().is_good());
    assert_eq!(line.sent.len(), 1 + REPEATS as usize);
}
