use super::*;
use crate::block::feature::{CdRead, Core, MultiRead, PhysicalInterface};
use proptest::prelude::*;

/// A CD-R/RW drive without a medium: MMC "GET CONFIGURATION Response Data", header (data length
/// counts what follows it) and two features.
const NO_MEDIUM: [u8; 28] = [
    0, 0, 0, 24, 0, 0, 0, 0, // 24 bytes follow, no current profile
    0x00, 0x01, 0x03, 8, 0, 0, 0, 2, 0, 0, 0, 0, // Core, persistent and current: ATAPI
    0x00, 0x1E, 0x00, 4, 0x03, 0, 0, 0, // CD Read, not current: C2 and CD-TEXT
];

#[test]
fn header_counts_what_follows_it() {
    let core = Core { interface: PhysicalInterface::ATAPI, ..Default::default() };
    let cd_read = CdRead { c2: true, cd_text: true, digital_audio_play: false };
    let drive = Configuration {
        current_profile: Profile::NONE,
        features: vec![Feature::persistent(core), Feature::new(cd_read)],
    };
    assert_eq!(drive.to_bytes(), NO_MEDIUM);
    assert_eq!(Configuration::parse(&NO_MEDIUM), Ok(drive));
}

#[test]
fn lookups_tell_absent_from_not_current() {
    let drive = Configuration::parse(&NO_MEDIUM).unwrap();
    assert!(drive.is_current(FeatureCode::CORE));
    assert!(drive.find::<CdRead>().is_some_and(|cd| cd.cd_text));
    assert!(drive.current::<CdRead>().is_none());
    assert!(drive.feature(FeatureCode::CD_READ).is_some());
    assert!(drive.feature(FeatureCode::CD_MASTERING).is_none());
    assert!(drive.find::<MultiRead>().is_none());
    assert!(!drive.supports(Profile::CD_R));
}

/// RT = 2 and a feature that the drive has not: the header alone, with GOOD.
#[test]
fn header_alone_is_an_answer() {
    let reply = [0, 0, 0, 4, 0, 0, 0, 0x09];
    let drive = Configuration::parse(&reply).unwrap();
    assert_eq!((drive.current_profile, drive.features.len()), (Profile::CD_R, 0));
    assert_eq!(drive.to_bytes(), reply);
}

/// Windows XP's first GET CONFIGURATION has an allocation length of 8 (ZuluIDE firmware issue 4): the
/// header comes alone and says how much there would be.
#[test]
fn allocation_length_cuts_without_error() {
    let query = GetConfiguration { allocation: 8, ..Default::default() };
    let reply = query.reply(&NO_MEDIUM[..query.allocation_bytes()]).unwrap();
    assert_eq!(reply.features, []);
    assert_eq!(Configuration::whole_bytes(&NO_MEDIUM[..8]), Some(28));
    for end in 8..20 {
        assert_eq!(Configuration::parse(&NO_MEDIUM[..end]).unwrap().features.len(), 0, "{end} bytes");
    }
    assert_eq!(Configuration::parse(&NO_MEDIUM[..27]).unwrap().features.len(), 1);
    assert_eq!(Configuration::parse(&NO_MEDIUM[..7]).unwrap_err().byte, 7);
}

#[test]
fn what_the_length_does_not_count_is_left_alone() {
    let mut longer = NO_MEDIUM.to_vec();
    longer.extend([0x00, 0x1D, 0x01, 0]);
    assert_eq!(Configuration::parse(&longer).unwrap().features.len(), 2);
}

proptest! {
    #[test]
    fn every_value_survives(
        profile in any::<u16>(),
        features in prop::collection::vec((any::<u16>(), 0u8..0x40, any::<[u8; 8]>()), 0..40),
    ) {
        let features: Vec<Feature> = features
            .into_iter()
            .map(|(code, flags, body)| {
                let [high, low] = code.to_be_bytes();
                let mut bytes = vec![high, low, flags, 8];
                bytes.extend(body);
                Feature::parse(&bytes).unwrap()
            })
            .collect();
        let drive = Configuration { current_profile: Profile(profile), features };
        prop_assert_eq!(Configuration::parse(&drive.to_bytes()), Ok(drive));
    }

    #[test]
    fn any_bytes_parse_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(drive) = Configuration::parse(&bytes) {
            prop_assert!(drive.features.len() * 4 + 8 <= bytes.len());
        }
    }
}
