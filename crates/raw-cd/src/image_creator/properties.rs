//! The creator's properties, and the settings that are ours.

use cd_format::sub_channel::{Mcn, Rules};
use cd_format::{Adr, Lba};
use mmc_wire::block::toc::{TocAddress, TrackDescriptor, TrackList};

use super::error::ImageCreatorError;
use super::session::SessionPlace;
use super::{MAX_START_OF_LEADOUT_LIMIT, RawCdImageCreator, TrackPolicy};
use crate::SectorType;

impl<S> RawCdImageCreator<S> {
    /// `ResultingImageType`: how much of the sub-channel the image has. By default what the writer asks
    /// for by default, SUBCODE_IS_COOKED (inference).
    pub const fn resulting_image_type(&self) -> SectorType {
        self.sector_type
    }

    /// Sets [`resulting_image_type`](Self::resulting_image_type). Not to SUBCODE_PQ_ONLY while there is
    /// an R-W generator.
    pub fn set_resulting_image_type(&mut self, value: SectorType) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        if value.sector_bytes().is_none() {
            return Err(ImageCreatorError::InvalidArgument {
                argument: "ResultingImageType",
                given: value.0.into(),
                expected: "1 (SUBCODE_PQ_ONLY), 2 (SUBCODE_IS_COOKED) or 3 (SUBCODE_IS_RAW)".to_owned(),
            });
        }
        if value == SectorType::PQ_ONLY && self.subcode.is_some() {
            return Err(ImageCreatorError::NoRoomForSubcode);
        }
        self.sector_type = value;
        Ok(())
    }

    /// `StartOfLeadout`: the sector behind the last track. Needs a track.
    pub fn start_of_leadout(&self) -> Result<Lba, ImageCreatorError> {
        self.lead_out()
    }

    /// `StartOfLeadoutLimit`: the image is to fit on discs whose last possible lead-out starts here or
    /// later. By default the highest that can be set.
    pub fn start_of_leadout_limit(&self) -> Lba {
        self.limit.unwrap_or(MAX_START_OF_LEADOUT_LIMIT)
    }

    /// Sets [`start_of_leadout_limit`](Self::start_of_leadout_limit), to 88:29:74 at most. Tracks that
    /// are there have to fit.
    pub fn set_start_of_leadout_limit(&mut self, value: Lba) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        if !(Lba(0)..=MAX_START_OF_LEADOUT_LIMIT).contains(&value) {
            return Err(ImageCreatorError::InvalidArgument {
                argument: "StartOfLeadoutLimit",
                given: value.0.into(),
                expected: format!("0 to {MAX_START_OF_LEADOUT_LIMIT} (88:29:74)"),
            });
        }
        match self.lead_out() {
            Ok(lead_out) if lead_out > value => Err(ImageCreatorError::InsufficientSpace {
                what: "what has been added",
                lead_out: lead_out.0.into(),
                limit: value,
            }),
            _ => {
                self.limit = Some(value);
                Ok(())
            }
        }
    }

    /// `DisableGaplessAudio`: whether 150 silent sectors are put between audio tracks. By default FALSE:
    /// the pregap of each is the last two seconds of the track before.
    ///
    /// (So the name and the IDL have it. The page's words for the two values are the other way round.)
    pub const fn disable_gapless_audio(&self) -> bool {
        self.gaps
    }

    /// Sets [`disable_gapless_audio`](Self::disable_gapless_audio). Tracks that are there move, and have
    /// to fit; the page recommends to set it before the first.
    pub fn set_disable_gapless_audio(&mut self, value: bool) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        let places = self.fitting("gaps between tracks", &self.wanted(), !value)?;
        self.gaps = value;
        self.put_in(&places);
        Ok(())
    }

    /// `MediaCatalogNumber`: 13 digits, or nothing.
    pub fn media_catalog_number(&self) -> String {
        self.mcn.map(|mcn| mcn.to_string()).unwrap_or_default()
    }

    /// Sets [`media_catalog_number`](Self::media_catalog_number), leading zeros or not; the last digit
    /// has to check the others. Nothing clears it.
    pub fn set_media_catalog_number(&mut self, value: &str) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        self.mcn = if value.is_empty() { None } else { Some(Mcn::parse_checked(value)?) };
        Ok(())
    }

    /// `StartingTrackNumber`: the first track's number, 1 by default.
    pub const fn starting_track_number(&self) -> i32 {
        self.starting_track_number as i32
    }

    /// Sets [`starting_track_number`](Self::starting_track_number), 1 to 99, before the first track. All
    /// tracks are audio when it is not 1; in a later session, which is ours, they need not be.
    pub fn set_starting_track_number(&mut self, value: i32) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        self.before_tracks("StartingTrackNumber")?;
        match u8::try_from(value) {
            Ok(number @ 1..=99) => {
                self.starting_track_number = number;
                Ok(())
            }
            _ => Err(ImageCreatorError::InvalidArgument {
                argument: "StartingTrackNumber",
                given: value.into(),
                expected: "1 to 99".to_owned(),
            }),
        }
    }

    /// `NumberOfExistingTracks`.
    pub const fn number_of_existing_tracks(&self) -> i32 {
        self.tracks.len() as i32
    }

    /// `LastUsedUserSectorInImage`: the last sector of the last track. Needs a track.
    pub fn last_used_user_sector_in_image(&self) -> Result<Lba, ImageCreatorError> {
        Ok(self.lead_out()? - 1)
    }

    /// `ExpectedTableOfContents`: READ TOC's format 0 as the image makes it, addresses as LBAs. Right
    /// once everything is set. Needs a track.
    ///
    /// (Inference: the page has 'SCSI form' and names no format.) Of a later session, its own tracks.
    pub fn expected_table_of_contents(&self) -> Result<Vec<u8>, ImageCreatorError> {
        let lead_out = self.lead_out()?;
        let descriptor = |track, control, lba| TrackDescriptor {
            adr: Adr::POSITION,
            control,
            track,
            start: TocAddress::Lba(lba),
        };
        let (Some(first), Some(last)) = (self.tracks.first(), self.tracks.last()) else {
            return Err(ImageCreatorError::NoTracks);
        };
        let tracks = self
            .tracks
            .iter()
            .map(|track| descriptor(track.track_number(), track.control(), track.starting_lba()))
            .chain([descriptor(TrackDescriptor::LEAD_OUT, last.control(), lead_out)])
            .collect();
        let list = TrackList { first_track: first.track_number(), last_track: last.track_number(), tracks };
        let mut bytes = Vec::new();
        list.emit(&mut bytes);
        Ok(bytes)
    }

    /// Ours: which tracks AddTrack takes.
    pub const fn track_policy(&self) -> TrackPolicy {
        self.policy
    }

    /// Ours: sets [`track_policy`](Self::track_policy), before the first track.
    pub fn set_track_policy(&mut self, policy: TrackPolicy) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        self.before_tracks("the track policy")?;
        self.policy = policy;
        Ok(())
    }

    /// Ours: which session the image is for.
    pub const fn session(&self) -> &SessionPlace {
        &self.session
    }

    /// Ours: sets [`session`](Self::session), before the first track. A special pregap that is there has
    /// to fit, as when it was added.
    pub fn set_session(&mut self, session: SessionPlace) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        self.before_tracks("the session")?;
        session.check()?;
        let before = core::mem::replace(&mut self.session, session);
        self.pregap_fits(self.first_pregap.into()).inspect_err(|_| self.session = before)
    }

    /// Ours: how the sub-channel is filled where there is a choice.
    pub const fn sub_channel_rules(&self) -> Rules {
        self.rules
    }

    /// Ours: sets [`sub_channel_rules`](Self::sub_channel_rules).
    pub fn set_sub_channel_rules(&mut self, rules: Rules) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        self.rules = rules;
        Ok(())
    }
}
