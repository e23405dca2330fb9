//! The other side of the border: a safe client that calls through the vtables.
//!
//! [`ComRawCd`], [`ComRecorder`] and [`ComImageCreator`] hold interface pointers and know nothing of the
//! objects behind them; so do what they give out, [`ComTrackInfo`], [`ComStream`] and, to a [`ComSink`],
//! [`ComEventArgs`]. Members are named as Microsoft names them; a call reads the function from the slot of
//! [`crate::members`] and passes what a C program would pass: strings as `BSTR`, NULL where the
//! test wants NULL, and room for the result that is filled with a pattern, so that a member that
//! leaves it untouched is seen.
//!
//! ```
//! use raw_cd_com::client::{Argument, ComRawCd, ComRecorder};
//! # fn example(drive: raw_cd::Recorder) -> Result<(), raw_cd_com::client::Misuse> {
//! let recorder = ComRecorder::new(drive, "drive 0");
//! let writer = ComRawCd::new(raw_cd::RawCd::default());
//! writer.call("put_Recorder", &[Argument::Recorder(&recorder)])?;
//! let answer = writer.call_with_null_result("get_StartOfNextSession", &[])?;
//! assert_eq!(answer.hresult, raw_cd::HResult::E_POINTER);
//! # Ok(())
//! # }
//! ```

use core::ffi::c_void;

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::{GUID, IUnknown, Interface};

use crate::automation::{Array, Bstr, Variant};
use crate::image_creator_object::ImageCreatorObject;
use crate::interfaces::{
    IDiscFormat2RawCD, IDiscFormat2RawCDEventArgs, IDiscRecorder2, IRawCDImageCreator, IRawCDImageTrackInfo,
    IStream, IWriteSpeedDescriptor,
};
use crate::members::{self, Gives, Table, Takes};
use crate::object::RawCdObject;
use crate::recorder_object::RecorderObject;
use crate::slot::{self, Input, Output};
use crate::stream::MemoryStream;

mod sink;
mod stream;
mod values;

pub use sink::{ComSink, Handler};
pub use stream::ComStream;
pub use values::{Answer, Argument, Misuse, Place, Value};

/// A `MsftDiscFormat2RawCD` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComRawCd(IDiscFormat2RawCD);

/// A `MsftDiscRecorder2` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComRecorder(IDiscRecorder2);

/// An `IWriteSpeedDescriptor` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComWriteSpeed(IWriteSpeedDescriptor);

/// An `IDiscFormat2RawCDEventArgs` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComEventArgs(IDiscFormat2RawCDEventArgs);

/// A `MsftRawCDImageCreator` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComImageCreator(IRawCDImageCreator);

/// An `IRawCDImageTrackInfo` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComTrackInfo(IRawCDImageTrackInfo);

impl ComImageCreator {
    /// A new creator behind COM.
    pub fn new() -> Self {
        Self(ImageCreatorObject::default().into())
    }
}

impl Default for ComImageCreator {
    fn default() -> Self {
        Self::new()
    }
}

impl ComRawCd {
    /// Puts a writer behind COM and keeps nothing but the pointer.
    pub fn new(session: RawCd) -> Self {
        Self(RawCdObject::new(session).into())
    }
}

impl ComRecorder {
    /// Puts a drive behind COM. `id` is its `ActiveDiscRecorder`.
    pub fn new(drive: Recorder, id: &str) -> Self {
        Self(RecorderObject::new(drive, id).into())
    }
}

/// What all clients here can do.
macro_rules! client {
    ($client:ty, $table:expr) => {
        impl $client {
            /// Calls a member.
            pub fn call(&self, member: &str, arguments: &[Argument<'_>]) -> Result<Answer, Misuse> {
                call(&self.0, &$table, member, arguments, false)
            }

            /// Calls a member with NULL where its result belongs.
            pub fn call_with_null_result(
                &self,
                member: &str,
                arguments: &[Argument<'_>],
            ) -> Result<Answer, Misuse> {
                call(&self.0, &$table, member, arguments, true)
            }

            /// Asks for an interface and lets it go again.
            pub fn query_interface(&self, iid: u128) -> HResult {
                query_interface(&self.0, iid)
            }

            /// References to the object, this one included.
            pub fn references(&self) -> u32 {
                references(&self.0)
            }
        }
    };
}

client!(ComRawCd, members::RAW_CD);
client!(ComRecorder, members::RECORDER);
client!(ComWriteSpeed, members::WRITE_SPEED);
client!(ComEventArgs, members::EVENT_ARGS);
client!(ComImageCreator, members::IMAGE_CREATOR);
client!(ComTrackInfo, members::TRACK_INFO);

fn call(
    object: &impl Interface,
    table: &Table,
    name: &str,
    arguments: &[Argument<'_>],
    null_result: bool,
) -> Result<Answer, Misuse> {
    let member = table
        .named(name)
        .ok_or_else(|| Misuse::Member { interface: table.interface, name: name.to_owned() })?;
    if null_result && member.gives == Gives::Nothing {
        return Err(Misuse::NoResult { member: member.name });
    }
    let unreadable = Misuse::Unreadable { member: member.name };
    let passed = Passed::new(member.takes, arguments).ok_or_else(|| Misuse::Arguments {
        member: member.name,
        expected: member.takes,
        given: format!("{arguments:?}"),
    })?;
    let mut output = Output::UNTOUCHED;
    let place = if null_result { core::ptr::null_mut() } else { output.place() };
    // SAFETY: `object` implements the interface of `table`: the clients pair them. `passed` owns what
    // its pointers point at, and `output` has room for any result.
    let done = unsafe { slot::call(object.as_raw(), member, &passed.input, place) };
    let hresult = HResult(done.0 as u32);
    let place = match member.gives {
        Gives::Nothing => Place::None,
        _ if null_result => Place::Null,
        gives if output.is_overrun(gives) => Place::Overrun,
        gives if output.is_untouched(gives) => Place::Untouched,
        gives if output.is_zero(gives) => Place::Blank,
        _ => Place::Set,
    };
    let readable = hresult.is_success() && matches!(place, Place::Blank | Place::Set);
    let value = if readable {
        // SAFETY: the member succeeded and wrote a result, which is the caller's from here on.
        Some(unsafe { value(member.gives, &output) }.ok_or(unreadable)?)
    } else {
        None
    };
    Ok(Answer { hresult, value, place })
}

/// Arguments with what they point at.
struct Passed {
    input: Input,
    _text: Bstr,
    _stream: Option<IStream>,
}

impl Passed {
    /// `None` where the member takes something else.
    fn new(takes: Takes, arguments: &[Argument<'_>]) -> Option<Self> {
        let mut input = Input::NOTHING;
        let mut text = Bstr::NULL;
        let mut stream = None;
        match (takes, arguments) {
            (Takes::Nothing, []) => {}
            (Takes::Recorder, [recorder]) => input.object = recorder_pointer(recorder)?,
            (Takes::Stream, [image]) => stream = stream_object(image)?,
            (Takes::StreamLong, [image, Argument::Int(long)]) => {
                stream = stream_object(image)?;
                input.long = *long;
            }
            (Takes::LongStream, [Argument::Int(long), image]) => {
                stream = stream_object(image)?;
                input.long = *long;
            }
            (Takes::Long, [Argument::Int(long)]) => input.long = *long,
            (Takes::LongBool, [Argument::Int(long), Argument::Bool(boolean)]) => {
                input.long = *long;
                input.boolean = (*boolean).into();
            }
            (Takes::Bool, [Argument::Bool(boolean)]) => input.boolean = (*boolean).into(),
            (Takes::BoolText, [Argument::Bool(boolean), string]) => {
                input.boolean = (*boolean).into();
                text = string_object(string)?;
            }
            (Takes::Text, [string]) => text = string_object(string)?,
            _ => return None,
        }
        input.text = text.as_raw();
        if let Some(stream) = &stream {
            input.object = stream.as_raw();
        }
        Some(Self { input, _text: text, _stream: stream })
    }
}

fn recorder_pointer(argument: &Argument<'_>) -> Option<*mut c_void> {
    match argument {
        Argument::Recorder(recorder) => Some(recorder.0.as_raw()),
        Argument::ForeignRecorder(object) => Some(object.0.as_raw()),
        Argument::Null => Some(core::ptr::null_mut()),
        _ => None,
    }
}

fn stream_object(argument: &Argument<'_>) -> Option<Option<IStream>> {
    match argument {
        Argument::Bytes(bytes) => Some(Some(MemoryStream::new(bytes.to_vec()).into())),
        Argument::Stream(stream) => Some(Some(stream.0.clone())),
        Argument::Zeros(len) => Some(Some(MemoryStream::zeros(*len).into())),
        Argument::Null => Some(None),
        _ => None,
    }
}

fn string_object(argument: &Argument<'_>) -> Option<Bstr> {
    match argument {
        Argument::Text(text) => Bstr::new(text),
        Argument::Null => Some(Bstr::NULL),
        _ => None,
    }
}

/// Reads a result and frees what it came in.
///
/// # Safety
/// `output` holds a result of this kind that is ours.
unsafe fn value(gives: Gives, output: &Output) -> Option<Value> {
    // SAFETY: the caller's contract.
    unsafe {
        match gives {
            Gives::Nothing => None,
            Gives::Bool => Some(Value::Bool(output.boolean().is_true())),
            Gives::Long => Some(Value::Int(output.long().into())),
            Gives::Text => Some(Value::Text(Bstr::from_raw(output.text()).to_string())),
            Gives::Recorder => {
                let raw = output.pointer();
                let recorder = (!raw.is_null()).then(|| ComRecorder(IDiscRecorder2::from_raw(raw)));
                Some(Value::Recorder(recorder))
            }
            Gives::Stream => {
                let raw = output.pointer();
                Some(Value::Stream((!raw.is_null()).then(|| ComStream(IStream::from_raw(raw)))))
            }
            Gives::Track => {
                let raw = output.pointer();
                let track = (!raw.is_null()).then(|| ComTrackInfo(IRawCDImageTrackInfo::from_raw(raw)));
                Some(Value::Track(track))
            }
            Gives::Array => match Array::from_raw(output.array()) {
                None => Some(Value::Ints(Vec::new())),
                Some(array) => elements(array.elements()),
            },
        }
    }
}

fn elements(elements: &[Variant]) -> Option<Value> {
    fn all<T>(elements: &[Variant], one: impl Fn(&Variant) -> Option<T>) -> Option<Vec<T>> {
        elements.iter().map(one).collect()
    }
    let speed = |element: &Variant| {
        let speed = element.object()??.cast::<IWriteSpeedDescriptor>().ok()?;
        Some(ComWriteSpeed(speed))
    };
    all(elements, Variant::number)
        .map(Value::Ints)
        .or_else(|| all(elements, Variant::text).map(Value::Texts))
        .or_else(|| all(elements, speed).map(Value::Speeds))
}

fn query_interface(object: &impl Interface, iid: u128) -> HResult {
    let iid = GUID::from_u128(iid);
    // Two pointers wide: windows-core answers one private identifier with a fat pointer.
    let mut found = [core::ptr::null_mut::<c_void>(); 2];
    // SAFETY: a living object; `found` has room for what comes.
    let done = unsafe { object.query(&raw const iid, found.as_mut_ptr()) };
    if done.is_ok() && found[1].is_null() && !found[0].is_null() {
        // SAFETY: QueryInterface gave a counted pointer.
        drop(unsafe { IUnknown::from_raw(found[0]) });
    }
    HResult(done.0 as u32)
}

fn references(object: &impl Interface) -> u32 {
    // SAFETY: a living object whose vtable begins with IUnknown's; the reference taken is given
    // back at once.
    unsafe {
        let vtable = object.assume_vtable::<IUnknown>();
        (vtable.AddRef)(object.as_raw());
        (vtable.Release)(object.as_raw())
    }
}
