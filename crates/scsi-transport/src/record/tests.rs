use proptest::prelude::*;

use super::*;
use crate::replay::Replay;
use crate::testing::{NO_MEDIUM, Puppet, READ_DISC_INFORMATION, TEST_UNIT_READY, TIMEOUT, WRITE_10};

/// The start of READ DISC INFORMATION of a finalised CD-ROM as QEMU's ATAPI drive answers it:
/// length 32, complete, one session, tracks 1 to 1.
const DISC: [u8; 9] = [0x00, 0x20, 0x0E, 1, 1, 1, 1, 0x20, 0x00];

/// What the host of [`session`] saw.
type Seen = Vec<(Result<Outcome, TransportError>, Vec<u8>)>;

/// A small session with every kind of data phase and answer.
fn session(drive: &mut impl Transport) -> Seen {
    let mut seen = Vec::new();
    let answer = drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT);
    seen.push((answer, Vec::new()));
    drive.wait(Duration::new(2, 1));
    let mut buffer = [0xEE; 34];
    let answer = drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT);
    seen.push((answer, buffer.to_vec()));
    let answer = drive.execute(&WRITE_10, Data::Out(&[0x5A; 2352]), TIMEOUT);
    seen.push((answer, Vec::new()));
    let answer = drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT);
    seen.push((answer, Vec::new()));
    seen
}

fn puppet() -> Puppet {
    Puppet::default()
        .answers(&[], Ok(Outcome::check(NO_MEDIUM.to_vec())))
        .says(&DISC)
        .answers(&[], Ok(Outcome::good(2352)))
        .answers(&[], Err(TransportError::Timeout(TIMEOUT)))
}

#[test]
fn recording_keeps_everything_and_changes_nothing() {
    let bare = session(&mut puppet());
    let mut drive = Recorded::new(puppet());
    assert_eq!(session(&mut drive), bare);
    let (below, recording) = drive.into_parts();
    assert_eq!(below.waited, Duration::new(2, 1));
    assert_eq!(recording.events.len(), 5);
    assert_eq!(recording.exchanges().count(), 4);
    let Event::Command(disc) = &recording.events[2] else { panic!("a command is third") };
    assert_eq!(disc.cdb, READ_DISC_INFORMATION);
    assert_eq!(disc.data, Payload::In { room: 34, bytes: DISC.to_vec() });
    assert_eq!(disc.answer, Answer::Outcome { status: 0, sense: Vec::new(), transferred: 9 });
    let Event::Command(write) = &recording.events[3] else { panic!("a command is fourth") };
    assert_eq!(write.data, Payload::Out(vec![0x5A; 2352]));
}

#[test]
fn what_is_saved_replays() {
    let mut drive = Recorded::new(puppet());
    let live = session(&mut drive);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.ron");
    let recording = drive.take();
    recording.save(&path).unwrap();
    assert_eq!(drive.recording(), &Recording::default());

    let loaded = Recording::load(&path).unwrap();
    assert_eq!(loaded, recording);
    let mut replay = Replay::new(loaded);
    assert_eq!(session(&mut replay), live);
    assert_eq!(replay.finish(), Ok(()));
}

#[test]
fn recordings_are_readable() {
    let mut drive =
        Recorded::new(Puppet::default().says(&DISC).answers(&[], Ok(Outcome::check(NO_MEDIUM.to_vec()))));
    let mut buffer = [0; 34];
    drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT).unwrap();
    drive.wait(Duration::from_secs(2));
    drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT).unwrap();
    let recording = drive.take();
    insta::assert_snapshot!(recording.to_ron().unwrap());
    let lines: Vec<_> = recording.events.iter().map(Event::to_string).collect();
    assert_eq!(
        lines,
        [
            "READ DISC INFORMATION [51 00 00 00 00 00 00 00 22 00] in 34 -> GOOD 9",
            "wait 2s",
            "TEST UNIT READY [00 00 00 00 00 00] -> CHECK CONDITION 2/3A/01 MEDIUM NOT PRESENT - TRAY CLOSED",
        ]
    );
}

/// The example in the module's documentation.
#[test]
fn the_documented_form_is_read() {
    let text = include_str!("../record.rs");
    let block = text.split("```text").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let example = block.replace("//!", "");
    let recording = Recording::from_ron(&example).unwrap();
    assert_eq!(recording.events.len(), 2);
    assert_eq!(recording.exchanges().next().unwrap().result(), Ok(Outcome::check(NO_MEDIUM.to_vec())),);
}

#[test]
fn a_drive_that_claims_more_than_fits_is_kept_as_it_was() {
    let mut drive = Recorded::new(Puppet::default().answers(&[7; 8], Ok(Outcome::good(usize::MAX))));
    let mut buffer = [0; 4];
    drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT).unwrap();
    let recording = drive.take();
    let exchange = recording.exchanges().next().unwrap();
    assert_eq!(exchange.data, Payload::In { room: 4, bytes: vec![7; 4] });
    assert_eq!(exchange.result(), Ok(Outcome::good(usize::MAX)));
}

#[test]
fn files_that_are_no_recordings_say_where_and_why() {
    let say = |text: &str| Recording::from_ron(text).unwrap_err().to_string();
    let lines = [
        say("(events: [Command((cdb: \"5\", data: NoData, answer: NoAnswer(Gone(\"\"))))])"),
        say("(events: [], drive: 1)"),
        say("(events: [Wait((secs: 2, nanos: 0)),"),
        say("(events: [Command((cdb: \"00\", data: In(bytes: \"\"), answer: NoAnswer(Gone(\"\"))))])"),
    ];
    insta::assert_snapshot!(lines.join("\n"));

    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.ron");
    assert!(matches!(Recording::load(&missing), Err(RecordingError::Read { path, .. }) if path == missing));
    let broken = folder.path().join("broken.ron");
    fs::write(&broken, "[]").unwrap();
    assert!(matches!(Recording::load(&broken), Err(RecordingError::File { path, .. }) if path == broken));
    let nowhere = folder.path().join("no/such/folder.ron");
    let saved = Recording::default().save(&nowhere);
    assert!(matches!(saved, Err(RecordingError::Write { path, .. }) if path == nowhere));
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..40)
}

fn event() -> impl Strategy<Value = Event> {
    let data = prop_oneof![
        Just(Payload::NoData),
        (any::<usize>(), bytes()).prop_map(|(room, bytes)| Payload::In { room, bytes }),
        bytes().prop_map(Payload::Out),
    ];
    let error = prop_oneof![
        any::<Duration>().prop_map(TransportError::Timeout),
        any::<String>().prop_map(TransportError::Gone),
        any::<String>().prop_map(TransportError::AccessDenied),
        any::<String>().prop_map(TransportError::Host),
        any::<String>().prop_map(TransportError::Request),
        any::<String>().prop_map(TransportError::Replay),
    ];
    let answer = prop_oneof![
        (any::<u8>(), bytes(), any::<usize>()).prop_map(|(status, sense, transferred)| Answer::Outcome {
            status,
            sense,
            transferred
        }),
        error.prop_map(Answer::NoAnswer),
    ];
    prop_oneof![
        (bytes(), data, answer).prop_map(|(cdb, data, answer)| Event::Command(Exchange {
            cdb,
            data,
            answer
        })),
        any::<Duration>().prop_map(Event::Wait),
    ]
}

proptest! {
    #[test]
    fn recordings_survive_ron(title: String, events in prop::collection::vec(event(), 0..8)) {
        let recording = Recording { title, events };
        let text = recording.to_ron().unwrap();
        prop_assert_eq!(Recording::from_ron(&text).unwrap(), recording);
    }

    #[test]
    fn any_text_reads_or_fails_cleanly(text: String) {
        let _ = Recording::from_ron(&text);
    }
}
