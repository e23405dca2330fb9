//! What a program and the people around it can do, and what comes back.

use core::fmt;

use proptest::prelude::*;

/// One step of a sequence. Members are named as Microsoft names them, without `get_`.
#[derive(Clone, Debug)]
pub enum Call {
    IsRecorderSupported(Drive),
    IsCurrentMediaSupported(Drive),
    MediaPhysicallyBlank,
    MediaHeuristicallyBlank,
    SupportedMediaTypes,
    PrepareMedia,
    CancelWrite,
    ReleaseMedia,
    SetWriteSpeed(i32, bool),
    PutRecorder(Option<Drive>),
    Recorder,
    PutBufferUnderrunFreeDisabled(bool),
    BufferUnderrunFreeDisabled,
    StartOfNextSession,
    LastPossibleStartOfLeadout,
    CurrentPhysicalMediaType,
    SupportedSectorTypes,
    PutRequestedSectorType(i32),
    RequestedSectorType,
    PutClientName(String),
    ClientName,
    RequestedWriteSpeed,
    RequestedRotationTypeIsPureCAV,
    CurrentWriteSpeed,
    CurrentRotationTypeIsPureCAV,
    SupportedWriteSpeeds,
    SupportedWriteSpeedDescriptors,
    /// Another program takes the drive, or takes it once more.
    OtherProgramAcquires,
    /// It gives the drive back, once.
    OtherProgramReleases,
    /// A person presses the button on the front.
    PressEject,
    /// A person opens the tray, unless it is locked, and puts this on it.
    Insert(Medium),
    /// Seconds pass.
    Wait(u32),
}

/// The drives on the desk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Drive {
    /// Writes raw; everything happens to this one.
    Raw,
    /// Has everything but the RAW bit, and a blank CD-R in it.
    Plain,
}

/// What a person can put on the tray.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Medium {
    Nothing,
    BlankCdr,
    BlankCdr71,
    BlankCdrw,
    OneSessionCdr,
    OneTaoSessionCdr,
    TwoSessionsCdr,
    OneSessionCdrw,
    OpenCdr,
    FinalisedCdr,
    FinalisedCdrw,
    Pressed,
}

impl Medium {
    pub const ALL: [Self; 12] = [
        Self::Nothing,
        Self::BlankCdr,
        Self::BlankCdr71,
        Self::BlankCdrw,
        Self::OneSessionCdr,
        Self::OneTaoSessionCdr,
        Self::TwoSessionsCdr,
        Self::OneSessionCdrw,
        Self::OpenCdr,
        Self::FinalisedCdr,
        Self::FinalisedCdrw,
        Self::Pressed,
    ];
}

/// HRESULT and result.
#[derive(Clone, PartialEq)]
pub struct Answer {
    pub code: u32,
    pub value: Value,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010X}", self.code)?;
        if self.value == Value::None { Ok(()) } else { write!(f, " {:?}", self.value) }
    }
}

/// A sequence; printed as one call a line.
#[derive(Clone)]
pub struct Calls(pub Vec<Call>);

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(n, call)| write!(f, "\n{:>4}. {call:?}", n + 1))
    }
}

/// A sequence of calls.
pub fn calls() -> impl Strategy<Value = Calls> {
    prop::collection::vec(call(), 1..50).prop_map(Calls)
}

/// A result; `None` where the member has none, or failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    Text(String),
    Ints(Vec<i64>),
    Recorder(Option<Drive>),
    /// Media type, pure CAV, sectors a second.
    Speeds(Vec<(i64, bool, i64)>),
}

/// A step. What makes a sequence get anywhere is drawn more often.
fn call() -> impl Strategy<Value = Call> {
    let drive = || prop_oneof![4 => Just(Drive::Raw), 1 => Just(Drive::Plain)];
    let name = prop_oneof![
        6 => prop::sample::select(vec!["RawCD", "Burn It. 2,0: a;b-c_D"]).prop_map(str::to_owned),
        1 => "[A-Za-z0-9 .,:;_-]{60,65}",
        1 => "[A-Za-z]{0,3}[/\\\\(\u{e9}]?",
    ];
    let speed = prop_oneof![
        3 => Just(-1),
        3 => prop::sample::select(vec![300, 600, 750, 1200, 1800, 2400, 3000, 3600]),
        2 => 1..5000,
        1 => prop::sample::select(vec![0, -2, i32::MIN, i32::MAX]),
    ];
    let setting_up = prop_oneof![
        4 => prop::option::weighted(0.9, drive()).prop_map(Call::PutRecorder),
        3 => name.prop_map(Call::PutClientName),
        6 => Just(Call::PrepareMedia),
        2 => Just(Call::ReleaseMedia),
        1 => (speed, any::<bool>()).prop_map(|(speed, cav)| Call::SetWriteSpeed(speed, cav)),
        1 => any::<bool>().prop_map(Call::PutBufferUnderrunFreeDisabled),
        1 => (0..5).prop_map(Call::PutRequestedSectorType),
        1 => Just(Call::CancelWrite),
    ];
    let asking = prop_oneof![
        3 => Just(Call::StartOfNextSession),
        3 => Just(Call::LastPossibleStartOfLeadout),
        1 => drive().prop_map(Call::IsRecorderSupported),
        1 => drive().prop_map(Call::IsCurrentMediaSupported),
        12 => prop::sample::select(vec![
            Call::MediaPhysicallyBlank,
            Call::MediaHeuristicallyBlank,
            Call::SupportedMediaTypes,
            Call::Recorder,
            Call::BufferUnderrunFreeDisabled,
            Call::CurrentPhysicalMediaType,
            Call::SupportedSectorTypes,
            Call::RequestedSectorType,
            Call::ClientName,
            Call::RequestedWriteSpeed,
            Call::RequestedRotationTypeIsPureCAV,
            Call::CurrentWriteSpeed,
            Call::CurrentRotationTypeIsPureCAV,
            Call::SupportedWriteSpeeds,
            Call::SupportedWriteSpeedDescriptors,
        ]),
    ];
    let around = prop_oneof![
        3 => prop::sample::select(Medium::ALL.to_vec()).prop_map(Call::Insert),
        1 => Just(Call::PressEject),
        1 => (1_u32..20).prop_map(Call::Wait),
        1 => Just(Call::OtherProgramAcquires),
        2 => Just(Call::OtherProgramReleases),
    ];
    prop_oneof![4 => setting_up, 4 => asking, 1 => around]
}
