//! The members of the raw writing API that a fixture may call, by Microsoft's names.
//!
//! Microsoft: IDiscFormat2RawCD, IDiscFormat2, IDiscRecorder2, IRawCDImageCreator, IRawCDImageTrackInfo, IStream,
//! IConnectionPoint, and of IDiscRecorder2Ex the members that turn sense into an HRESULT (the pages of each
//! member).

/// A member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Member {
    /// Whose it is.
    pub of: Object,
    /// Microsoft's name; properties begin with `get_` and `put_`.
    pub name: &'static str,
    /// What goes in.
    pub args: &'static [Arg],
    /// Whether a value comes out.
    pub returns: bool,
}

/// What a member belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Object {
    /// IDiscFormat2RawCD, the writer.
    Writer,
    /// IDiscRecorder2.
    Recorder,
    /// IDiscRecorder2Ex; face Api.
    RecorderEx,
    /// IRawCDImageCreator.
    Creator,
    /// IRawCDImageTrackInfo of the creator's track that the step names.
    Track,
    /// The IStream that CreateResultImage gave last.
    Image,
    /// What of that stream only COM has.
    ComImage,
    /// IConnectionPoint of the writer's events; face Com.
    Point,
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
    /// A number of bytes, all zero, as an image stream; `"image"`: the step's own; `"tracks"`: what that has
    /// from its first user sector to its lead-out; `"result"`: what CreateResultImage gave; `None`: NULL.
    Stream,
    /// One of [`SINKS`]; `None`: NULL.
    Sink,
    /// One of [`SINKS`]: its last cookie; or a number.
    Cookie,
}

/// The sinks that a fixture may advise: one that is called through its vtable, one that only has
/// `IDispatch`, one that answers every event with E_FAIL, and an object that is no sink.
pub const SINKS: [&str; 4] = ["vtable", "dispatch", "failing", "other"];

impl Arg {
    /// What a fixture writes.
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Recorder => "\"drive\" or None",
            Self::Bool => "true or false",
            Self::Int => "a number",
            Self::Text => "text or None",
            Self::Stream => "a number of bytes, \"image\", \"tracks\", \"result\" or None",
            Self::Sink => "\"vtable\", \"dispatch\", \"failing\", \"other\" or None",
            Self::Cookie => "a sink that was advised, or a number",
        }
    }
}

macro_rules! members { ($($of:ident { $($name:ident($($arg:ident),*) $(-> $out:ident)?;)* })*) => {
    /// Every member, in the order of the vtables.
    pub const MEMBERS: &[Member] = &[$($(Member {
        of: Object::$of,
        name: stringify!($name),
        args: &[$(Arg::$arg),*],
        returns: members!(@ $($out)?),
    },)*)*];
}; (@) => { false }; (@ $out:ident) => { true } }

members! {
    Writer {
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
    }
    Recorder {
        AcquireExclusiveAccess(Bool, Text);
        ReleaseExclusiveAccess();
        get_ExclusiveAccessOwner() -> Text;
        get_VendorId() -> Text;
        get_ProductId() -> Text;
        get_ProductRevision() -> Text;
    }
    RecorderEx {
        GetDiscInformation() -> Text;
        GetTrackInformation(Int, Int) -> Text;
        GetFeaturePage(Int, Bool) -> Text;
        GetModePage(Int, Int) -> Text;
        SetModePage(Text);
        ReadDvdStructure(Int, Int, Int, Int) -> Text;
    }
    Creator {
        CreateResultImage() -> Stream;
        AddTrack(Int, Stream) -> Int;
        AddSpecialPregap(Stream);
        AddSubcodeRWGenerator(Stream);
        put_ResultingImageType(Int);
        get_ResultingImageType() -> Int;
        get_StartOfLeadout() -> Int;
        put_StartOfLeadoutLimit(Int);
        get_StartOfLeadoutLimit() -> Int;
        put_DisableGaplessAudio(Bool);
        get_DisableGaplessAudio() -> Bool;
        put_MediaCatalogNumber(Text);
        get_MediaCatalogNumber() -> Text;
        put_StartingTrackNumber(Int);
        get_StartingTrackNumber() -> Int;
        get_TrackInfo(Int) -> Track;
        get_NumberOfExistingTracks() -> Int;
        get_LastUsedUserSectorInImage() -> Int;
        get_ExpectedTableOfContents() -> List;
    }
    Track {
        get_StartingLba() -> Int;
        get_SectorCount() -> Int;
        get_TrackNumber() -> Int;
        get_SectorType() -> Int;
        get_ISRC() -> Text;
        put_ISRC(Text);
        get_DigitalAudioCopySetting() -> Int;
        put_DigitalAudioCopySetting(Int);
        get_AudioHasPreemphasis() -> Bool;
        put_AudioHasPreemphasis(Bool);
        get_TrackIndexes() -> List;
        AddTrackIndex(Int);
        ClearTrackIndex(Int);
    }
    Image {
        Read(Int) -> Text;
        Seek(Int, Int) -> Int;
        Stat() -> Int;
    }
    ComImage {
        Write();
        SetSize(Int);
        CopyTo();
        Commit();
        Revert();
        LockRegion();
        UnlockRegion();
        Clone() -> Stream;
    }
    Point {
        Advise(Sink) -> Int;
        Unadvise(Cookie);
    }
}

/// The member of this name.
pub fn member(name: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.name == name)
}

/// Every name.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    MEMBERS.iter().map(|member| member.name)
}
