use super::*;
use crate::testing::{NO_MEDIUM, Puppet, READ_DISC_INFORMATION, TEST_UNIT_READY, TIMEOUT, WRITE_10};

/// Lines of a transport with this one answer.
fn traced(cdb: &[u8], data: Data<'_>, answer: Result<Outcome, TransportError>) -> String {
    let mut lines = Vec::new();
    let mut drive = Traced::new(Puppet::default().answers(&[], answer.clone()), |line: &str| {
        lines.push(line.to_owned());
    });
    assert_eq!(drive.execute(cdb, data, TIMEOUT), answer, "the trace changes nothing");
    lines.join("\n")
}

fn check(sense: &[u8]) -> Result<Outcome, TransportError> {
    Ok(Outcome::check(sense.to_vec()))
}

#[test]
fn lines_of_what_drives_answer() {
    let mut room = [0; 2352];
    let descriptor = [0x72, 0x05, 0x24, 0x00, 0, 0, 0, 0];
    let deferred = [0x71, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x0C, 0x09, 0, 0, 0, 0];
    let vendor = [0x70, 0, 9, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x80, 0x01, 0, 0, 0, 0];
    let short_read = Outcome { status: Status::CHECK_CONDITION, sense: vec![0x70, 0, 3], transferred: 2048 };
    let status = |status| Ok(Outcome { status, sense: Vec::new(), transferred: 0 });
    let lines = [
        traced(&READ_DISC_INFORMATION, Data::In(&mut room[..34]), Ok(Outcome::good(34))),
        traced(&READ_DISC_INFORMATION, Data::In(&mut room[..34]), Ok(Outcome::good(0))),
        traced(&TEST_UNIT_READY, Data::None, Ok(Outcome::good(0))),
        traced(&WRITE_10, Data::Out(&[0; 2352]), Ok(Outcome::good(2352))),
        traced(&TEST_UNIT_READY, Data::None, check(&NO_MEDIUM)),
        traced(&READ_DISC_INFORMATION, Data::In(&mut room[..34]), check(&descriptor)),
        traced(&WRITE_10, Data::Out(&[0; 2352]), check(&deferred)),
        traced(&[0xE9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Data::None, check(&vendor)),
        traced(&[0x28, 0, 0, 0, 0, 16, 0, 0, 2, 0], Data::In(&mut room), Ok(short_read)),
        traced(&TEST_UNIT_READY, Data::None, status(Status::BUSY)),
        traced(&TEST_UNIT_READY, Data::None, status(Status(0x31))),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn lines_of_garbage() {
    let lines = [
        traced(&[], Data::None, Ok(Outcome::good(0))),
        traced(&[0xFF; 300], Data::None, Ok(Outcome::good(65_535))),
        traced(&TEST_UNIT_READY, Data::None, check(&[])),
        traced(&TEST_UNIT_READY, Data::None, check(&[0x70])),
        traced(&TEST_UNIT_READY, Data::None, check(&[0; 252])),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn lines_without_an_answer() {
    let lines = [
        TransportError::Timeout(TIMEOUT),
        TransportError::Gone("/dev/sr0: no such device".to_owned()),
        TransportError::AccessDenied("/dev/sr0 is in use".to_owned()),
        TransportError::Host("DID_BUS_BUSY\nand more".to_owned()),
    ]
    .map(|error| traced(&TEST_UNIT_READY, Data::None, Err(error)));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn waits_are_lines_and_pass_through() {
    let mut lines = Vec::new();
    let mut drive = Traced::new(Puppet::default(), |line: &str| lines.push(line.to_owned()));
    drive.wait(Duration::from_secs(2));
    drive.wait(Duration::from_millis(1500));
    assert_eq!(drive.get_mut().waited, Duration::from_millis(3500));
    drop(drive);
    assert_eq!(lines, ["wait 2s", "wait 1.5s"]);
}

proptest::proptest! {
    #[test]
    fn any_answer_is_one_line(
        cdb in proptest::collection::vec(0_u8.., 0..20),
        sense in proptest::collection::vec(0_u8.., 0..40),
        status: u8,
        transferred: usize,
    ) {
        let outcome = Outcome { status: Status(status), sense, transferred };
        let line = line(&cdb, Phase::In(64), &Ok(outcome));
        proptest::prop_assert!(!line.contains('\n'));
        let parts = line.split(" -> ").count();
        proptest::prop_assert_eq!(parts, 2);
    }
}
