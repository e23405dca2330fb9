//! One row a member: name, slot, DISPID, and what its arguments look like.
//!
//! The rows serve whoever calls by slot ([`crate::client`]) and whoever calls by name or number
//! (`IDispatch`). They repeat the IDL beside [`crate::interfaces`] on purpose: calls go through
//! these numbers into those vtables, so a slot that is wrong in one of them is found.
//!
//! Source: Microsoft, `imapi2.idl`: order of the methods and their `id()` attributes. Where the
//! `DISPID_*` defines of the header disagree, the `id()` is what the type library carries.

/// An interface's members beyond `IDispatch`.
#[derive(Debug)]
pub struct Table {
    /// The interface's name.
    pub interface: &'static str,
    /// Its identifier.
    pub iid: u128,
    /// Its members in the order of their slots, those of `IDiscFormat2` included.
    pub members: &'static [Member],
}

/// A member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Member {
    /// Place in the vtable; `QueryInterface` is 0.
    pub slot: usize,
    /// Number for `IDispatch::Invoke`; both accessors of a property share it.
    pub dispid: i32,
    /// Name in the C vtable, with `get_` or `put_`.
    pub name: &'static str,
    /// Its arguments before the result.
    pub takes: Takes,
    /// Its result.
    pub gives: Gives,
}

/// Arguments of a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Takes {
    /// None.
    Nothing,
    /// `IDiscRecorder2*`.
    Recorder,
    /// `IStream*`.
    Stream,
    /// `IStream*`, `LONG`.
    StreamLong,
    /// `LONG` or an enumeration.
    Long,
    /// An enumeration, `IStream*`.
    LongStream,
    /// `LONG`, `VARIANT_BOOL`.
    LongBool,
    /// `VARIANT_BOOL`.
    Bool,
    /// `VARIANT_BOOL`, `BSTR`.
    BoolText,
    /// `BSTR`.
    Text,
}

impl Takes {
    /// How many arguments that is.
    pub const fn count(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Recorder | Self::Stream | Self::Long | Self::Bool | Self::Text => 1,
            Self::StreamLong | Self::LongStream | Self::LongBool | Self::BoolText => 2,
        }
    }
}

/// Result of a member, through the pointer that is its last argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gives {
    /// None, and no pointer.
    Nothing,
    /// `VARIANT_BOOL*`.
    Bool,
    /// `LONG*` or a pointer to an enumeration.
    Long,
    /// `BSTR*`.
    Text,
    /// `IDiscRecorder2**`.
    Recorder,
    /// `IStream**`.
    Stream,
    /// `IRawCDImageTrackInfo**`.
    Track,
    /// `SAFEARRAY(VARIANT)*`, in C `SAFEARRAY**`.
    Array,
}

/// How a member is used through `IDispatch`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `DISPATCH_METHOD`.
    Method,
    /// `DISPATCH_PROPERTYGET`.
    Get,
    /// `DISPATCH_PROPERTYPUT`.
    Put,
}

impl Member {
    /// Method or accessor.
    pub fn kind(&self) -> Kind {
        if self.name.starts_with("get_") {
            Kind::Get
        } else if self.name.starts_with("put_") {
            Kind::Put
        } else {
            Kind::Method
        }
    }

    /// The name that scripts use: without `get_` and `put_`.
    pub fn script_name(&self) -> &'static str {
        match self.kind() {
            Kind::Method => self.name,
            Kind::Get | Kind::Put => &self.name[4..],
        }
    }
}

impl Table {
    /// The member with this C name.
    pub fn named(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

macro_rules! members { ($($slot:literal $dispid:literal $name:ident $takes:ident => $gives:ident;)*) => {
    &[$(Member {
        slot: $slot,
        dispid: $dispid,
        name: stringify!($name),
        takes: Takes::$takes,
        gives: Gives::$gives,
    }),*]
} }

/// `IDiscFormat2RawCD` with what it inherits from `IDiscFormat2` (slots 7 to 11).
pub static RAW_CD: Table = Table {
    interface: "IDiscFormat2RawCD",
    iid: 0x27354155_8F64_5B0F_8F00_5D77AFBE261E,
    members: members! {
        7  0x800 IsRecorderSupported                Recorder   => Bool;
        8  0x801 IsCurrentMediaSupported            Recorder   => Bool;
        9  0x700 get_MediaPhysicallyBlank           Nothing    => Bool;
        10 0x701 get_MediaHeuristicallyBlank        Nothing    => Bool;
        11 0x702 get_SupportedMediaTypes            Nothing    => Array;
        12 0x200 PrepareMedia                       Nothing    => Nothing;
        13 0x201 WriteMedia                         Stream     => Nothing;
        14 0x202 WriteMedia2                        StreamLong => Nothing;
        15 0x203 CancelWrite                        Nothing    => Nothing;
        16 0x204 ReleaseMedia                       Nothing    => Nothing;
        17 0x205 SetWriteSpeed                      LongBool   => Nothing;
        18 0x100 put_Recorder                       Recorder   => Nothing;
        19 0x100 get_Recorder                       Nothing    => Recorder;
        20 0x102 put_BufferUnderrunFreeDisabled     Bool       => Nothing;
        21 0x102 get_BufferUnderrunFreeDisabled     Nothing    => Bool;
        22 0x103 get_StartOfNextSession             Nothing    => Long;
        23 0x104 get_LastPossibleStartOfLeadout     Nothing    => Long;
        24 0x105 get_CurrentPhysicalMediaType       Nothing    => Long;
        25 0x108 get_SupportedSectorTypes           Nothing    => Array;
        26 0x109 put_RequestedSectorType            Long       => Nothing;
        27 0x109 get_RequestedSectorType            Nothing    => Long;
        28 0x10A put_ClientName                     Text       => Nothing;
        29 0x10A get_ClientName                     Nothing    => Text;
        30 0x10B get_RequestedWriteSpeed            Nothing    => Long;
        31 0x10C get_RequestedRotationTypeIsPureCAV Nothing    => Bool;
        32 0x10D get_CurrentWriteSpeed              Nothing    => Long;
        33 0x10E get_CurrentRotationTypeIsPureCAV   Nothing    => Bool;
        34 0x10F get_SupportedWriteSpeeds           Nothing    => Array;
        35 0x110 get_SupportedWriteSpeedDescriptors Nothing    => Array;
    },
};

/// `IDiscRecorder2`.
pub static RECORDER: Table = Table {
    interface: "IDiscRecorder2",
    iid: 0x27354133_7F64_5B0F_8F00_5D77AFBE261E,
    members: members! {
        7  0x100 EjectMedia                Nothing  => Nothing;
        8  0x101 CloseTray                 Nothing  => Nothing;
        9  0x102 AcquireExclusiveAccess    BoolText => Nothing;
        10 0x103 ReleaseExclusiveAccess    Nothing  => Nothing;
        11 0x104 DisableMcn                Nothing  => Nothing;
        12 0x105 EnableMcn                 Nothing  => Nothing;
        13 0x106 InitializeDiscRecorder    Text     => Nothing;
        14 0x000 get_ActiveDiscRecorder    Nothing  => Text;
        15 0x201 get_VendorId              Nothing  => Text;
        16 0x202 get_ProductId             Nothing  => Text;
        17 0x203 get_ProductRevision       Nothing  => Text;
        18 0x204 get_VolumeName            Nothing  => Text;
        19 0x205 get_VolumePathNames       Nothing  => Array;
        20 0x206 get_DeviceCanLoadMedia    Nothing  => Bool;
        21 0x207 get_LegacyDeviceNumber    Nothing  => Long;
        22 0x208 get_SupportedFeaturePages Nothing  => Array;
        23 0x209 get_CurrentFeaturePages   Nothing  => Array;
        24 0x20A get_SupportedProfiles     Nothing  => Array;
        25 0x20B get_CurrentProfiles       Nothing  => Array;
        26 0x20C get_SupportedModePages    Nothing  => Array;
        27 0x20D get_ExclusiveAccessOwner  Nothing  => Text;
    },
};

/// `IWriteSpeedDescriptor`.
pub static WRITE_SPEED: Table = Table {
    interface: "IWriteSpeedDescriptor",
    iid: 0x27354144_7F64_5B0F_8F00_5D77AFBE261E,
    members: members! {
        7 0x101 get_MediaType             Nothing => Long;
        8 0x102 get_RotationTypeIsPureCAV Nothing => Bool;
        9 0x103 get_WriteSpeed            Nothing => Long;
    },
};

/// `IDiscFormat2RawCDEventArgs` with what it inherits from `IWriteEngine2EventArgs` (slots 7 to 13).
///
/// The header's `DISPID_IDISCFORMAT2RAWCDEVENTARGS_*` have older numbers for slots 14 to 16.
pub static EVENT_ARGS: Table = Table {
    interface: "IDiscFormat2RawCDEventArgs",
    iid: 0x27354143_7F64_5B0F_8F00_5D77AFBE261E,
    members: members! {
        7  0x100 get_StartLba          Nothing => Long;
        8  0x101 get_SectorCount       Nothing => Long;
        9  0x102 get_LastReadLba       Nothing => Long;
        10 0x103 get_LastWrittenLba    Nothing => Long;
        11 0x106 get_TotalSystemBuffer Nothing => Long;
        12 0x107 get_UsedSystemBuffer  Nothing => Long;
        13 0x108 get_FreeSystemBuffer  Nothing => Long;
        14 0x301 get_CurrentAction     Nothing => Long;
        15 0x302 get_ElapsedTime       Nothing => Long;
        16 0x303 get_RemainingTime     Nothing => Long;
    },
};

/// `IRawCDImageCreator`.
pub static IMAGE_CREATOR: Table = Table {
    interface: "IRawCDImageCreator",
    iid: 0x25983550_9D65_49CE_B335_40630D901227,
    members: members! {
        7  0x200 CreateResultImage             Nothing    => Stream;
        8  0x201 AddTrack                      LongStream => Long;
        9  0x202 AddSpecialPregap              Stream     => Nothing;
        10 0x203 AddSubcodeRWGenerator         Stream     => Nothing;
        11 0x100 put_ResultingImageType        Long       => Nothing;
        12 0x100 get_ResultingImageType        Nothing    => Long;
        13 0x101 get_StartOfLeadout            Nothing    => Long;
        14 0x102 put_StartOfLeadoutLimit       Long       => Nothing;
        15 0x102 get_StartOfLeadoutLimit       Nothing    => Long;
        16 0x103 put_DisableGaplessAudio       Bool       => Nothing;
        17 0x103 get_DisableGaplessAudio       Nothing    => Bool;
        18 0x104 put_MediaCatalogNumber        Text       => Nothing;
        19 0x104 get_MediaCatalogNumber        Nothing    => Text;
        20 0x105 put_StartingTrackNumber       Long       => Nothing;
        21 0x105 get_StartingTrackNumber       Nothing    => Long;
        22 0x106 get_TrackInfo                 Long       => Track;
        23 0x107 get_NumberOfExistingTracks    Nothing    => Long;
        24 0x108 get_LastUsedUserSectorInImage Nothing    => Long;
        25 0x109 get_ExpectedTableOfContents   Nothing    => Array;
    },
};

/// `IRawCDImageTrackInfo`.
pub static TRACK_INFO: Table = Table {
    interface: "IRawCDImageTrackInfo",
    iid: 0x25983551_9D65_49CE_B335_40630D901227,
    members: members! {
        7  0x100 get_StartingLba             Nothing => Long;
        8  0x101 get_SectorCount             Nothing => Long;
        9  0x102 get_TrackNumber             Nothing => Long;
        10 0x103 get_SectorType              Nothing => Long;
        11 0x104 get_ISRC                    Nothing => Text;
        12 0x104 put_ISRC                    Text    => Nothing;
        13 0x105 get_DigitalAudioCopySetting Nothing => Long;
        14 0x105 put_DigitalAudioCopySetting Long    => Nothing;
        15 0x106 get_AudioHasPreemphasis     Nothing => Bool;
        16 0x106 put_AudioHasPreemphasis     Bool    => Nothing;
        17 0x107 get_TrackIndexes            Nothing => Array;
        18 0x200 AddTrackIndex               Long    => Nothing;
        19 0x201 ClearTrackIndex             Long    => Nothing;
    },
};

#[cfg(test)]
mod tests {
    use windows_core::Interface;

    use super::*;
    use crate::interfaces::{
        IDiscFormat2RawCD, IDiscFormat2RawCDEventArgs, IDiscRecorder2, IRawCDImageCreator,
        IRawCDImageTrackInfo, IWriteSpeedDescriptor,
    };

    #[test]
    fn rows_are_dense_from_slot_seven() {
        for (table, last) in [
            (&RAW_CD, 35),
            (&RECORDER, 27),
            (&WRITE_SPEED, 9),
            (&EVENT_ARGS, 16),
            (&IMAGE_CREATOR, 25),
            (&TRACK_INFO, 19),
        ] {
            let slots: Vec<_> = table.members.iter().map(|member| member.slot).collect();
            assert_eq!(slots, (7..=last).collect::<Vec<_>>(), "{}", table.interface);
        }
        assert_eq!(RAW_CD.members.len(), 29);
    }

    #[test]
    fn identifiers_are_those_of_the_interfaces() {
        assert_eq!(IDiscFormat2RawCD::IID.to_u128(), RAW_CD.iid);
        assert_eq!(IDiscRecorder2::IID.to_u128(), RECORDER.iid);
        assert_eq!(IWriteSpeedDescriptor::IID.to_u128(), WRITE_SPEED.iid);
        assert_eq!(IDiscFormat2RawCDEventArgs::IID.to_u128(), EVENT_ARGS.iid);
        assert_eq!(IRawCDImageCreator::IID.to_u128(), IMAGE_CREATOR.iid);
        assert_eq!(IRawCDImageTrackInfo::IID.to_u128(), TRACK_INFO.iid);
    }

    #[test]
    fn accessors_of_one_property_share_its_number_and_nothing_else_does() {
        for table in [&RAW_CD, &RECORDER, &WRITE_SPEED, &EVENT_ARGS, &IMAGE_CREATOR, &TRACK_INFO] {
            for one in table.members {
                for other in table.members {
                    let same_name = one.script_name() == other.script_name();
                    assert_eq!(one.dispid == other.dispid, same_name, "{} {}", one.name, other.name);
                }
            }
        }
    }
}
