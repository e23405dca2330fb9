use proptest::prelude::*;

use super::*;
use crate::record::Answer;
use crate::testing::{NO_MEDIUM, READ_DISC_INFORMATION, TEST_UNIT_READY, TIMEOUT, WRITE_10};

const GOOD: Answer = Answer::Outcome { status: 0, sense: Vec::new(), transferred: 0 };

fn command(cdb: &[u8], data: Payload, answer: Answer) -> Event {
    Event::Command(Exchange { cdb: cdb.to_vec(), data, answer })
}

/// TEST UNIT READY without a disc, a wait, READ DISC INFORMATION for 34, WRITE (10) of a sector.
fn recording() -> Recording {
    let check = Answer::Outcome { status: 2, sense: NO_MEDIUM.to_vec(), transferred: 0 };
    let three = Answer::Outcome { status: 0, sense: Vec::new(), transferred: 3 };
    let events = vec![
        command(&TEST_UNIT_READY, Payload::NoData, check),
        Event::Wait(Duration::from_secs(2)),
        command(&READ_DISC_INFORMATION, Payload::In { room: 34, bytes: vec![0x00, 0x20, 0x0E] }, three),
        command(&WRITE_10, Payload::Out(vec![0; 2352]), GOOD),
    ];
    Recording { title: String::new(), events }
}

/// A replay that has played so many exchanges of [`recording`] rightly.
fn played(count: usize) -> Replay {
    let mut replay = Replay::new(recording());
    let mut buffer = [0; 34];
    let steps: [(&[u8], Data<'_>); 3] = [
        (&TEST_UNIT_READY, Data::None),
        (&READ_DISC_INFORMATION, Data::In(&mut buffer)),
        (&WRITE_10, Data::Out(&[0; 2352])),
    ];
    for (cdb, data) in steps.into_iter().take(count) {
        replay.execute(cdb, data, TIMEOUT).unwrap();
    }
    assert_eq!(replay.played(), count);
    replay
}

/// What a replay says to this after so many right exchanges.
fn says(count: usize, cdb: &[u8], data: Data<'_>) -> String {
    let mut replay = played(count);
    let answer = replay.execute(cdb, data, TIMEOUT);
    let Err(TransportError::Replay(message)) = &answer else {
        panic!("expected a departure, seen {answer:?}")
    };
    assert_eq!(replay.played(), count, "a departure is not played");
    let again = replay.execute(&TEST_UNIT_READY, Data::None, TIMEOUT);
    assert_eq!(again, answer, "the first departure is the last word");
    assert_eq!(replay.finish(), Err(TransportError::Replay(message.clone())));
    message.clone()
}

#[test]
fn answers_come_back_as_they_were() {
    let mut replay = Replay::new(recording());
    let answer = replay.execute(&TEST_UNIT_READY, Data::None, TIMEOUT);
    assert_eq!(answer, Ok(Outcome::check(NO_MEDIUM.to_vec())));
    let mut buffer = [0xEE; 34];
    let answer = replay.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT);
    assert_eq!(answer, Ok(Outcome::good(3)));
    assert_eq!(buffer[..4], [0x00, 0x20, 0x0E, 0xEE], "only what came is written");
    replay.wait(Duration::from_secs(1000));
    let sector = [0; 2352];
    assert_eq!(replay.execute(&WRITE_10, Data::Out(&sector), TIMEOUT), Ok(Outcome::good(0)));
    assert_eq!(replay.finish(), Ok(()));
}

#[test]
fn failures_of_the_transport_come_back_too() {
    let gone = TransportError::Gone("unplugged".to_owned());
    let events = vec![command(&TEST_UNIT_READY, Payload::NoData, Answer::NoAnswer(gone.clone()))];
    let mut replay = Replay::new(Recording { title: String::new(), events });
    assert_eq!(replay.execute(&TEST_UNIT_READY, Data::None, TIMEOUT), Err(gone));
    assert_eq!(replay.finish(), Ok(()));
}

#[test]
fn departures_name_the_first_byte() {
    let mut room = [0; 64];
    let mut format = READ_DISC_INFORMATION;
    format[8] = 36;
    let mut late = [0; 2352];
    late[2047] = 0x80;
    late[2051] = 0x80;
    let messages = [
        says(0, &READ_DISC_INFORMATION, Data::In(&mut room[..34])),
        says(1, &format, Data::In(&mut room[..34])),
        says(1, &READ_DISC_INFORMATION[..9], Data::In(&mut room[..34])),
        says(1, &[], Data::None),
        says(1, &READ_DISC_INFORMATION, Data::None),
        says(1, &READ_DISC_INFORMATION, Data::Out(&room[..34])),
        says(1, &READ_DISC_INFORMATION, Data::In(&mut room[..36])),
        says(2, &WRITE_10, Data::Out(&late)),
        says(2, &WRITE_10, Data::Out(&[0; 2448])),
        says(2, &WRITE_10, Data::Out(&[0; 2048])),
        says(3, &TEST_UNIT_READY, Data::None),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn what_was_not_played_is_told() {
    let messages = [0, 1, 2].map(|count| played(count).finish().unwrap_err().to_string());
    insta::assert_snapshot!(messages.join("\n"));
    assert_eq!(played(3).finish(), Ok(()));
    let waits = vec![Event::Wait(Duration::from_secs(1))];
    assert_eq!(Replay::new(Recording { title: String::new(), events: waits }).finish(), Ok(()));
}

#[test]
fn a_recording_with_more_bytes_than_room_is_cut() {
    let data = Payload::In { room: 2, bytes: vec![1; 9] };
    let events = vec![command(&READ_DISC_INFORMATION, data, GOOD)];
    let mut replay = Replay::new(Recording { title: String::new(), events });
    let mut buffer = [0; 2];
    replay.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT).unwrap();
    assert_eq!(buffer, [1, 1]);
}

proptest! {
    #[test]
    fn the_first_byte_is_the_first(a in prop::collection::vec(0_u8..2, 0..6), b in prop::collection::vec(0_u8..2, 0..6)) {
        let place = first_byte(&a, &b);
        prop_assert_eq!(place.is_none(), a == b);
        let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        if let Some(text) = place {
            let start = format!("byte {same}: ");
            prop_assert!(text.starts_with(&start), "{}", text);
        }
    }
}
