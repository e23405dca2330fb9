//! What the safe client has beside calls by name: sinks, and streams that come out of a call.

use std::cell::RefCell;
use std::rc::Rc;

use raw_cd::HResult;

use super::{State, good, writer};
use crate::client::{Argument, ComImageCreator, ComRawCd, ComSink, ComStream, Handler, Value};
use crate::events::{CONNECT_E_CANNOTCONNECT, CONNECT_E_NOCONNECTION};

type Told = Rc<RefCell<Vec<i64>>>;

/// Notes the actions; answers as told.
fn noting(told: &Told, answer: HResult) -> Handler {
    let told = Rc::clone(told);
    Box::new(move |_, event| {
        if let Some(Value::Int(action)) = event.call("get_CurrentAction", &[]).unwrap().value {
            told.borrow_mut().push(action);
        }
        answer
    })
}

/// Lead-in, pregap and 66 sectors more.
fn write(writer: &ComRawCd) -> HResult {
    let arguments = [Argument::Zeros(11_700 * 2448), Argument::Int(11_634)];
    writer.call("WriteMedia2", &arguments).unwrap().hresult
}

/// Microsoft: IMAPI_FORMAT2_RAW_CD_WRITE_ACTION, preparing 1, writing 2, finishing 3; what Update answers is
/// ignored.
#[test]
fn sinks_of_both_kinds_hear_the_same_until_they_leave() {
    let (writer, _recorder) = writer(State::Prepared);
    let [first, second] = [Told::default(), Told::default()];
    let (code, cookie) = writer.advise(Some(&ComSink::vtable(noting(&first, HResult::E_FAIL))));
    assert_eq!(code, HResult::S_OK);
    assert_eq!(writer.advise(Some(&ComSink::dispatch(noting(&second, HResult::S_OK)))).0, HResult::S_OK);
    assert_eq!(write(&writer), HResult::S_OK);
    assert_eq!(first.take(), second.borrow().clone());
    let mut actions = second.take();
    actions.dedup();
    assert_eq!(actions, [1, 2, 3]);
    assert_eq!(writer.unadvise(cookie), HResult::S_OK);
    assert_eq!(write(&writer), HResult::S_OK);
    assert!(first.take().is_empty() && !second.take().is_empty());
}

#[test]
fn an_event_brings_the_writer_that_can_be_cancelled() {
    let (writer, _recorder) = writer(State::Prepared);
    let own = writer.clone();
    let sink = ComSink::dispatch(Box::new(move |sender, _| {
        assert!(*sender == own);
        sender.call("CancelWrite", &[]).unwrap().hresult
    }));
    let (_, cookie) = writer.advise(Some(&sink));
    assert_eq!(write(&writer), HResult::E_IMAPI_REQUEST_CANCELLED);
    assert_eq!(writer.unadvise(cookie), HResult::S_OK);
}

/// A handler that panics is an answer like another, not the end of the write.
#[test]
fn a_panic_of_a_handler_ends_at_the_border() {
    let (writer, _recorder) = writer(State::Prepared);
    let sink = ComSink::vtable(Box::new(|_, _| panic!("a handler of a test")));
    assert_eq!(writer.advise(Some(&sink)).0, HResult::S_OK);
    assert_eq!(write(&writer), HResult::S_OK);
}

/// Microsoft: IConnectionPoint::Advise and Unadvise.
#[test]
fn what_is_no_sink_and_who_has_left_is_known() {
    let (writer, _recorder) = writer(State::NoRecorder);
    assert_eq!(writer.advise(None), (HResult::E_POINTER, 0));
    assert_eq!(writer.advise(Some(&ComSink::other())), (CONNECT_E_CANNOTCONNECT, 0));
    let sink = ComSink::vtable(noting(&Told::default(), HResult::S_OK));
    assert_eq!(writer.advise_with_null_cookie(&sink), HResult::E_POINTER);
    assert_eq!(writer.unadvise(5), CONNECT_E_NOCONNECTION);
}

fn image(creator: &ComImageCreator) -> ComStream {
    match creator.call("CreateResultImage", &[]).unwrap().value {
        Some(Value::Stream(Some(stream))) => stream,
        other => panic!("no stream: {other:?}"),
    }
}

/// 22650 sectors up to LBA 0, 300 of the track, 6750 of the lead-out, of 2448 bytes.
#[test]
fn a_creator_gives_tracks_and_a_stream_that_can_be_written() {
    let creator = ComImageCreator::new();
    let track = vec![0x5A; 300 * 2352];
    let added = creator.call("AddTrack", &[Argument::Int(0), Argument::Bytes(&track)]).unwrap();
    assert_eq!(added.value, Some(Value::Int(1)));
    let Some(Value::Track(Some(info))) = creator.call("get_TrackInfo", &[Argument::Int(1)]).unwrap().value
    else {
        panic!("no track")
    };
    assert_eq!(info.call("get_SectorCount", &[]).unwrap().value, Some(Value::Int(300)));
    let stream = image(&creator);
    let sectors = 22_650 + 300 + 6750;
    assert_eq!(stream.stat(), (HResult::S_OK, sectors * 2448));
    assert_eq!(stream.seek(22_650 * 2448, 0), (HResult::S_OK, 22_650 * 2448));
    assert_eq!(stream.read(4), (HResult::S_OK, vec![0x5A; 4]));
    assert_eq!(stream.seek(-1, 2).0, HResult::S_OK);
    assert_eq!(stream.read(4).1.len(), 1);
    let (writer, _recorder) = writer(State::Prepared);
    good(&writer, "WriteMedia", &[Argument::Stream(&stream)]);
}
