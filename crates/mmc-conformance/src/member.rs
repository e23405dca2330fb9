//! The members of the raw writing API that a fixture may call, by Microsoft's names.
//!
//! Microsoft: IDiscFormat2RawCD, IDiscFormat2, IDiscRecorder2, and of IDiscRecorder2Ex (face Api) the
//! members that turn sense into an HRESULT (the pages of each member).

/// A member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Member {
    /// Microsoft's name; properties begin with `get_` and `put_`.
    pub name: &'static str,
    /// What goes in.
    pub args: &'static [Arg],
    /// Whether a value comes out.
    pub returns: bool,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Arg {
    /// `"drive"`: the drive of the fixture; `None`: NULL.
    Recorder,
    /// `true` or `false`.
    Bool,
    /// A number.
    Int,
    /// Text; `None`: NULL.
    Text,
    /// A number of bytes, all zero, as an image stream; `"image"`: the step's own; `None`: NULL.
    Stream,
}

impl Arg {
    /// What a fixture writes.
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Recorder => "\"drive\" or None",
            Self::Bool => "true or false",
            Self::Int => "a number",
            Self::Text => "text or None",
            Self::Stream => "a number of bytes, \"image\" or None",
        }
    }
}

macro_rules! members { ($($name:ident($($arg:ident),*) $(-> $out:ident)?;)*) => {
    /// Every member, in the order of the vtables.
    pub const MEMBERS: &[Member] = &[$(Member {
        name: stringify!($name),
        args: &[$(Arg::$arg),*],
        returns: members!(@ $($out)?),
    },)*];
}; (@) => { false }; (@ $out:ident) => { true } }

members! {
    IsRecorderSupported(Recorder) -> Bool;
    IsCurrentMediaSupported(Recorder) -> Bool;
    get_MediaPhysicallyBlank() -> Bool;
    get_MediaHeuristicallyBlank() -> Bool;
    get_SupportedMediaTypes() -> List;
    PrepareMedia();
    WriteMedia(Stream);
    WriteMedia2(Stream, Int);
    CancelWrite();
    ReleaseMedia();
    SetWriteSpeed(Int, Bool);
    put_Recorder(Recorder);
    get_Recorder() -> Recorder;
    put_BufferUnderrunFreeDisabled(Bool);
    get_BufferUnderrunFreeDisabled() -> Bool;
    get_StartOfNextSession() -> Int;
    get_LastPossibleStartOfLeadout() -> Int;
    get_CurrentPhysicalMediaType() -> Int;
    get_SupportedSectorTypes() -> List;
    put_RequestedSectorType(Int);
    get_RequestedSectorType() -> Int;
    put_ClientName(Text);
    get_ClientName() -> Text;
    get_RequestedWriteSpeed() -> Int;
    get_RequestedRotationTypeIsPureCAV() -> Bool;
    get_CurrentWriteSpeed() -> Int;
    get_CurrentRotationTypeIsPureCAV() -> Bool;
    get_SupportedWriteSpeeds() -> List;
    get_SupportedWriteSpeedDescriptors() -> List;
    AcquireExclusiveAccess(Bool, Text);
    ReleaseExclusiveAccess();
    get_ExclusiveAccessOwner() -> Text;
    get_VendorId() -> Text;
    get_ProductId() -> Text;
    get_ProductRevision() -> Text;
    GetDiscInformation() -> Text;
    GetTrackInformation(Int, Int) -> Text;
    GetFeaturePage(Int, Bool) -> Text;
    GetModePage(Int, Int) -> Text;
    SetModePage(Text);
    ReadDvdStructure(Int, Int, Int, Int) -> Text;
}

/// The member of this name.
pub fn member(name: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.name == name)
}

/// Every name.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    MEMBERS.iter().map(|member| member.name)
}
