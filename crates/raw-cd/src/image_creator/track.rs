//! A track of an image: `IRawCDImageTrackInfo`.

use core::fmt;

use cd_format::sub_channel::{Isrc, TrackLayout};
use cd_format::{Control, Lba};

use super::error::ImageCreatorError;
use super::places::Place;
use super::sector_type::CdSectorType;
use crate::HResult;

/// Sectors that two indexes' starts have to lie apart.
pub const INDEX_DISTANCE: i32 = 10;
/// Indexes that a track can have, the one at its start included.
pub const MAX_INDEXES: usize = 99;

/// `IMAPI_CD_TRACK_DIGITAL_COPY_SETTING`: whether a track may be copied. Open: other numbers are kept,
/// and refused.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CopySetting(pub i32);

impl CopySetting {
    /// Copying is permitted: the copy bit of CONTROL is set. The default (inference: it is 0).
    #[doc(alias = "IMAPI_CD_TRACK_DIGITAL_COPY_PERMITTED")]
    pub const PERMITTED: Self = Self(0);
    /// Copying is prohibited: the copy bit is clear.
    #[doc(alias = "IMAPI_CD_TRACK_DIGITAL_COPY_PROHIBITED")]
    pub const PROHIBITED: Self = Self(1);
    /// This is a copy, not to be copied again: the copy bit alternates (IEC 60958, SCMS).
    #[doc(alias = "IMAPI_CD_TRACK_DIGITAL_COPY_SCMS")]
    pub const SCMS: Self = Self(2);

    /// The end of Microsoft's constant.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::PERMITTED => Some("PERMITTED"),
            Self::PROHIBITED => Some("PROHIBITED"),
            Self::SCMS => Some("SCMS"),
            _ => None,
        }
    }
}

impl fmt::Debug for CopySetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => self.0.fmt(f),
        }
    }
}

/// Whether AddTrackIndex had anything to add.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AddedIndex {
    /// There is one index more.
    New,
    /// There was one at that offset.
    AlreadyExists,
}

impl AddedIndex {
    /// The success code for it.
    pub const fn hresult(self) -> HResult {
        match self {
            Self::New => HResult::S_OK,
            Self::AlreadyExists => HResult::S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS,
        }
    }
}

/// A track of an image.
///
/// What can be changed of it is changed through
/// [`track_info_mut`](super::RawCdImageCreator::track_info_mut), until the image is created.
#[doc(alias = "IRawCDImageTrackInfo")]
#[derive(Clone, Debug)]
pub struct TrackInfo {
    number: u8,
    sector_type: CdSectorType,
    /// Sectors of the stream.
    pub(super) sectors: i32,
    pub(super) place: Place,
    isrc: Option<Isrc>,
    copy: CopySetting,
    pre_emphasis: bool,
    /// Offsets from the start, ascending; the first is 0.
    indexes: Vec<i32>,
}

impl TrackInfo {
    pub(super) fn new(number: u8, sector_type: CdSectorType, sectors: i32, place: Place) -> Self {
        Self {
            number,
            sector_type,
            sectors,
            place,
            isrc: None,
            copy: CopySetting::PERMITTED,
            pre_emphasis: false,
            indexes: vec![0],
        }
    }

    /// `StartingLba`: the first user sector, behind the pregap.
    pub const fn starting_lba(&self) -> Lba {
        Lba(self.place.start)
    }

    /// `SectorCount`: user sectors, from index 1 to what follows.
    ///
    /// All of the stream, but in gapless audio not its last 150 sectors: these are the pregap of the
    /// next track (inference: the page has the next track start at StartingLba and SectorCount 'plus any
    /// required pregap').
    pub const fn sector_count(&self) -> i32 {
        self.place.user
    }

    /// `TrackNumber`: StartingTrackNumber and up.
    pub const fn track_number(&self) -> u8 {
        self.number
    }

    /// `SectorType`.
    pub const fn sector_type(&self) -> CdSectorType {
        self.sector_type
    }

    /// `ISRC`: `CC-OOO-YY-NNNNN`, or nothing.
    pub fn isrc(&self) -> String {
        self.isrc.map(|isrc| isrc.to_string()).unwrap_or_default()
    }

    /// Sets [`isrc`](Self::isrc), hyphens or not. Nothing clears it. Audio only.
    pub fn set_isrc(&mut self, isrc: &str) -> Result<(), ImageCreatorError> {
        self.audio_only("ISRC")?;
        self.isrc = if isrc.is_empty() { None } else { Some(isrc.parse()?) };
        Ok(())
    }

    /// `DigitalAudioCopySetting`.
    pub const fn digital_audio_copy_setting(&self) -> CopySetting {
        self.copy
    }

    /// Sets [`digital_audio_copy_setting`](Self::digital_audio_copy_setting). Audio only.
    pub fn set_digital_audio_copy_setting(&mut self, setting: CopySetting) -> Result<(), ImageCreatorError> {
        self.audio_only("DigitalAudioCopySetting")?;
        if setting.name().is_none() {
            return Err(ImageCreatorError::InvalidArgument {
                argument: "DigitalAudioCopySetting",
                given: setting.0.into(),
                expected: "0 (PERMITTED), 1 (PROHIBITED) or 2 (SCMS)".to_owned(),
            });
        }
        self.copy = setting;
        Ok(())
    }

    /// `AudioHasPreemphasis`.
    pub const fn audio_has_preemphasis(&self) -> bool {
        self.pre_emphasis
    }

    /// Sets [`audio_has_preemphasis`](Self::audio_has_preemphasis): a note for players, the audio itself
    /// stays as it is. Audio only.
    pub fn set_audio_has_preemphasis(&mut self, value: bool) -> Result<(), ImageCreatorError> {
        self.audio_only("AudioHasPreemphasis")?;
        self.pre_emphasis = value;
        Ok(())
    }

    /// `TrackIndexes`: where index 1, 2, ... begin, in sectors from the track's start. The first is 0.
    ///
    /// (The IDL's reading. The page speaks of track numbers, which is another member's text.)
    pub fn track_indexes(&self) -> &[i32] {
        &self.indexes
    }

    /// `AddTrackIndex`: an index `offset` sectors from the track's start.
    ///
    /// Checks in this order: an offset inside the track (`E_INVALIDARG`), already there
    /// (`S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS`), 99 indexes (0A06), another within 10 sectors
    /// (0A0A).
    pub fn add_track_index(&mut self, offset: i32) -> Result<AddedIndex, ImageCreatorError> {
        if !(0..self.place.user).contains(&offset) {
            return Err(ImageCreatorError::InvalidArgument {
                argument: "lbaOffset",
                given: offset.into(),
                expected: format!("0 to {}, a user sector of the track", self.place.user - 1),
            });
        }
        let Err(at) = self.indexes.binary_search(&offset) else { return Ok(AddedIndex::AlreadyExists) };
        if self.indexes.len() >= MAX_INDEXES {
            return Err(ImageCreatorError::TooManyIndexes { track: self.number });
        }
        let neighbours = [at.checked_sub(1), Some(at)].into_iter().flatten();
        for &other in neighbours.filter_map(|n| self.indexes.get(n)) {
            if offset.abs_diff(other) < INDEX_DISTANCE.unsigned_abs() {
                return Err(ImageCreatorError::IndexTooClose {
                    track: self.number,
                    offset,
                    what: "the index",
                    other,
                });
            }
        }
        self.indexes.insert(at, offset);
        Ok(AddedIndex::New)
    }

    /// `ClearTrackIndex`: takes away the index `offset` sectors from the track's start.
    pub fn clear_track_index(&mut self, offset: i32) -> Result<(), ImageCreatorError> {
        let track = self.number;
        if offset < 0 {
            return Err(ImageCreatorError::InvalidArgument {
                argument: "lbaOffset",
                given: offset.into(),
                expected: "0 or more".to_owned(),
            });
        }
        match self.indexes.binary_search(&offset) {
            Ok(0) => Err(ImageCreatorError::IndexZeroStays { track }),
            Ok(at) => {
                self.indexes.remove(at);
                Ok(())
            }
            Err(_) => Err(ImageCreatorError::IndexNotFound { track, offset }),
        }
    }

    /// Whether all indexes lie in the first `user` sectors.
    pub(super) fn check_indexes(&self, user: i32) -> Result<(), ImageCreatorError> {
        match self.indexes.last() {
            Some(&offset) if offset >= user => Err(ImageCreatorError::IndexTooClose {
                track: self.number,
                offset,
                what: "the next track's pregap",
                other: user,
            }),
            _ => Ok(()),
        }
    }

    /// CONTROL of the track's Q frames.
    pub(super) fn control(&self) -> Control {
        if self.sector_type != CdSectorType::AUDIO {
            return Control::DATA;
        }
        let copy = self.copy == CopySetting::PERMITTED;
        Control::new(u8::from(self.pre_emphasis)).with_copy(copy)
    }

    pub(super) fn layout(&self) -> TrackLayout {
        TrackLayout {
            number: self.number,
            control: self.control(),
            alternate_copy: self.sector_type == CdSectorType::AUDIO && self.copy == CopySetting::SCMS,
            pregap: Lba(self.place.pregap),
            start: Lba(self.place.start),
            indexes: self.indexes.iter().skip(1).map(|offset| Lba(self.place.start + offset)).collect(),
            isrc: self.isrc,
        }
    }

    fn audio_only(&self, property: &'static str) -> Result<(), ImageCreatorError> {
        if self.sector_type == CdSectorType::AUDIO {
            return Ok(());
        }
        let (track, sector_type) = (self.number, self.sector_type);
        Err(ImageCreatorError::NotAudio { track, sector_type, property })
    }
}
