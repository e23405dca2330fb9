//! What GET CONFIGURATION brings back: the current profile and a list of features.

use crate::block::feature::{Feature, FeatureCode, Profile, ProfileList, TypedFeature};
use crate::block::{Block, Query};
use crate::command::GetConfiguration;
use crate::parse::{FieldError, array, run, skip};

/// Bytes of the header in front of the features.
const HEADER_BYTES: usize = 8;

/// The current profile and the features that were asked for.
///
/// MMC "GET CONFIGURATION Response Data".
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Configuration {
    /// What the drive is with the medium that is in it.
    pub current_profile: Profile,
    /// The features, ascending by code.
    pub features: Vec<Feature>,
}

impl Configuration {
    /// The feature with this code, current or not.
    pub fn feature(&self, code: FeatureCode) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.code() == code)
    }

    /// Whether the feature with this code is there and current.
    pub fn is_current(&self, code: FeatureCode) -> bool {
        self.feature(code).is_some_and(|feature| feature.current)
    }

    /// What a feature says, current or not.
    ///
    /// ```
    /// use mmc_wire::block::configuration::Configuration;
    /// use mmc_wire::block::feature::{CdMastering, Feature, Profile};
    ///
    /// let mastering = CdMastering { raw: true, max_cue_sheet_bytes: 3072, ..Default::default() };
    /// let drive = Configuration { current_profile: Profile::CD_R, features: vec![Feature::new(mastering)] };
    /// assert!(drive.find::<CdMastering>().is_some_and(|mastering| mastering.raw));
    /// assert!(drive.current::<CdMastering>().is_none());
    /// ```
    pub fn find<F: TypedFeature>(&self) -> Option<&F> {
        F::of(&self.feature(F::CODE)?.data)
    }

    /// What a feature says, if it is current.
    pub fn current<F: TypedFeature>(&self) -> Option<&F> {
        F::of(&self.feature(F::CODE).filter(|feature| feature.current)?.data)
    }

    /// Whether the drive lists a profile, current or not.
    pub fn supports(&self, profile: Profile) -> bool {
        self.find::<ProfileList>().is_some_and(|list| list.supports(profile))
    }

    /// Bytes that the whole reply has, from its first four: more than arrived where the
    /// allocation length cut it off.
    pub fn whole_bytes(reply: &[u8]) -> Option<u64> {
        let (length, _) = reply.split_first_chunk()?;
        Some(u64::from(u32::from_be_bytes(*length)) + 4)
    }
}

impl Block for Configuration {
    /// Reads the header and as many features as are there whole: the allocation length may cut
    /// the last one off, which is no error.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let (length, current_profile) = run(bytes, |input| {
            let (rest, length) = array(input)?;
            let (rest, ()) = skip(2)(rest)?;
            let (rest, profile) = array(rest)?;
            Ok((rest, (u32::from_be_bytes(length), Profile(u16::from_be_bytes(profile)))))
        })?;
        let announced = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(4);
        let mut rest = bytes.get(HEADER_BYTES..announced.min(bytes.len())).unwrap_or_default();
        let mut features = Vec::new();
        while let Ok(feature) = Feature::parse(rest) {
            let descriptor_bytes = rest.get(3).map_or(0, |&data| usize::from(data) + 4);
            rest = rest.get(descriptor_bytes..).unwrap_or_default();
            features.push(feature);
        }
        Ok(Self { current_profile, features })
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let mut features = Vec::new();
        for feature in &self.features {
            feature.emit(&mut features);
        }
        out.extend((features.len() as u32 + 4).to_be_bytes());
        out.extend([0, 0]);
        out.extend(self.current_profile.0.to_be_bytes());
        out.extend(features);
    }
}

impl Query for GetConfiguration {
    type Reply = Configuration;

    fn allocation_bytes(&self) -> usize {
        self.allocation.into()
    }

    fn reply(&self, bytes: &[u8]) -> Result<Configuration, FieldError> {
        Configuration::parse(bytes)
    }
}

#[cfg(test)]
mod tests;
