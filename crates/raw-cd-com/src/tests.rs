//! The objects from outside: through slots, by name, and with what a careless caller passes.

mod arguments;
mod client;
mod drive;
mod events;
mod identity;
mod image_creator;
mod invoke;
mod slots;
mod writing;

use raw_cd::{HResult, RawCd, Recorder};

use crate::client::{Answer, Argument, ComRawCd, ComRecorder, Value};
use drive::TestDrive;

/// A state of the writer, and how it is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    NoRecorder,
    Unprepared,
    Prepared,
    Released,
}

impl State {
    const ALL: [Self; 4] = [Self::NoRecorder, Self::Unprepared, Self::Prepared, Self::Released];
}

/// A writer in this state and the recorder it was given.
fn writer(state: State) -> (ComRawCd, ComRecorder) {
    let recorder = ComRecorder::new(Recorder::new(TestDrive::default()), "drive 0");
    let writer = ComRawCd::new(RawCd::default());
    if state != State::NoRecorder {
        good(&writer, "put_Recorder", &[Argument::Recorder(&recorder)]);
        good(&writer, "put_ClientName", &[Argument::Text("rawcd test")]);
    }
    if matches!(state, State::Prepared | State::Released) {
        good(&writer, "PrepareMedia", &[]);
    }
    if state == State::Released {
        good(&writer, "ReleaseMedia", &[]);
    }
    (writer, recorder)
}

fn call(writer: &ComRawCd, member: &str, arguments: &[Argument<'_>]) -> Answer {
    writer.call(member, arguments).unwrap()
}

fn good(writer: &ComRawCd, member: &str, arguments: &[Argument<'_>]) -> Option<Value> {
    let answer = call(writer, member, arguments);
    assert_eq!(answer.hresult, HResult::S_OK, "{member}");
    answer.value
}
