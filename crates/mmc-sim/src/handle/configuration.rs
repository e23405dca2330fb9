//! GET CONFIGURATION.

use cd_format::Lba;
use mmc_wire::Block;
use mmc_wire::block::configuration::Configuration;
use mmc_wire::block::feature::{
    AnalogAudio, CdMastering, CdRead, CdRwMediaWrite, CdTrackAtOnce, Core, DataTypes, Feature, FeatureCode,
    FeatureData, Formattable, IncrementalStreamingWritable, LoadingMechanism, Morphing, MultiRead,
    PhysicalInterface, PowerManagement, Profile, ProfileList, RandomReadable, RandomWritable,
    RealTimeStreaming, RemovableMedium, RestrictedOverwrite, SerialNumber, TimeOut,
};
use mmc_wire::command::{GetConfiguration, RequestedType};

use super::mode::AUDIO_VOLUME_LEVELS;
use super::{Handle, Io};
use crate::disc::{Disc, DiscState};
use crate::drive::Drive;
use crate::personality::{FinalisedProfile, Personality};
use crate::refusal::{Refusal, refuse_field};
use crate::scene::DiscKind;

impl Handle<GetConfiguration> for Drive {
    /// MMC "GET CONFIGURATION Command". A single feature that is not there is no error: the header
    /// comes alone.
    fn handle(&mut self, cdb: &GetConfiguration, io: &mut Io<'_>) -> Result<(), Refusal> {
        let wanted: fn(&Feature, u16) -> bool = match cdb.requested {
            RequestedType::ALL => |feature, start| feature.code().0 >= start,
            RequestedType::CURRENT => |feature, start| feature.code().0 >= start && feature.current,
            RequestedType::ONE => |feature, start| feature.code().0 == start,
            _ => return Err(refuse_field!(GetConfiguration, "requested")),
        };
        let state = Now::of(self.disc(), &self.personality);
        let mut features = features(&self.personality, &state);
        features.retain(|feature| wanted(feature, cdb.starting_feature));
        Configuration { current_profile: state.profile, features }.emit(io.reply);
        Ok(())
    }
}

/// What the disc makes current.
struct Now {
    profile: Profile,
    readable: bool,
    appendable: bool,
    mastering: bool,
    rewritable: bool,
    formatted: Option<Lba>,
}

impl Now {
    /// Current bits by state of the disc, as Pioneer's R11 command reference (GET CONFIGURATION) and a
    /// device report of an HP GH40L have them; whether the read features are current on a blank
    /// disc is open, here they are.
    fn of(disc: Option<&Disc>, personality: &Personality) -> Self {
        let Some(disc) = disc else {
            return Self {
                profile: Profile::NONE,
                readable: false,
                appendable: false,
                mastering: false,
                rewritable: false,
                formatted: None,
            };
        };
        let recordable = disc.kind != DiscKind::CdRom && !disc.is_complete();
        let last = disc.tracks().last();
        Self {
            profile: match disc.kind {
                DiscKind::CdRom => Profile::CD_ROM,
                DiscKind::CdRw => Profile::CD_RW,
                DiscKind::CdR
                    if disc.is_complete()
                        && personality.habits.finalised_profile.is == FinalisedProfile::CdRom =>
                {
                    Profile::CD_ROM
                }
                DiscKind::CdR => Profile::CD_R,
            },
            readable: true,
            appendable: recordable,
            mastering: recordable && !matches!(disc.state, DiscState::Open { .. }),
            rewritable: disc.kind == DiscKind::CdRw,
            formatted: last.filter(|_| disc.formatted).map(|track| track.end() - 1),
        }
    }
}

fn features(personality: &Personality, now: &Now) -> Vec<Feature> {
    let abilities = &personality.abilities;
    let identity = &personality.identity;
    let writes_rw = abilities.cd_rw_sub_types != 0;
    let current_profile =
        if personality.habits.profile_current_bits.is { now.profile } else { Profile::NON_STANDARD };
    let mut features = vec![
        Feature::persistent(ProfileList::new(
            abilities.profiles.iter().copied().map(Profile),
            current_profile,
        )),
        Feature::persistent(Core { interface: PhysicalInterface(identity.interface), ..Core::default() }),
        Feature::persistent(Morphing { operational_change_event: true, ..Morphing::default() }),
        Feature::persistent(RemovableMedium {
            mechanism: LoadingMechanism(abilities.loading_mechanism),
            eject: true,
            lock: true,
            ..RemovableMedium::default()
        }),
        Feature::new(RandomReadable { block_bytes: 2048, blocking: 1, error_recovery_page: true })
            .current(now.readable),
        Feature::new(MultiRead {}).current(now.readable),
        Feature::new(CdRead { c2: abilities.c2, cd_text: abilities.cd_text, ..CdRead::default() })
            .current(now.readable),
        Feature::persistent(PowerManagement {}),
        Feature::persistent(TimeOut::default()),
        Feature::new(RealTimeStreaming {
            set_cd_speed: personality.knows(0xBB),
            write_speed_performance: personality.knows(0xAC),
            speeds_in_mode_page: personality.speeds.in_mode_page,
            ..RealTimeStreaming::default()
        })
        .current(now.readable),
    ];
    if let Some(tao) = &abilities.track_at_once {
        let data_types = DataTypes::new(tao.block_types.iter().copied());
        let packets = abilities.packets.then(|| {
            Feature::new(IncrementalStreamingWritable {
                data_types,
                buffer_underrun_free: abilities.buffer_underrun_free,
                link_sizes: vec![7],
                ..IncrementalStreamingWritable::default()
            })
            .current(now.appendable)
        });
        features.extend(packets);
        features.push(
            Feature::new(CdTrackAtOnce {
                buffer_underrun_free: abilities.buffer_underrun_free,
                test_write: abilities.test_write,
                cd_rw: writes_rw,
                data_types,
                ..CdTrackAtOnce::default()
            })
            .current(now.appendable),
        );
    }
    if abilities.session_at_once.is_some() || abilities.raw.is_some() {
        features.push(
            Feature::new(CdMastering {
                buffer_underrun_free: abilities.buffer_underrun_free,
                session_at_once: abilities.session_at_once.is_some(),
                raw_multi_session: abilities.raw.as_ref().is_some_and(|raw| raw.multisession),
                raw: abilities.raw.is_some(),
                test_write: abilities.test_write,
                cd_rw: writes_rw && abilities.raw.as_ref().is_none_or(|raw| raw.cd_rw),
                rw_subcode: abilities.raw.is_some(),
                max_cue_sheet_bytes: abilities.session_at_once.as_ref().map_or(0, |sao| sao.max_cue_bytes),
            })
            .current(now.mastering),
        );
    }
    if writes_rw {
        let end = now.formatted.unwrap_or_default();
        let writable =
            RandomWritable { last: end, block_bytes: 2048, blocking: 32, error_recovery_page: true };
        features.push(Feature::new(writable).current(now.formatted.is_some()));
        features.push(Feature::new(Formattable::default()).current(now.rewritable));
        features.push(Feature::new(RestrictedOverwrite::default()).current(now.formatted.is_some()));
        let sub_types = abilities.cd_rw_sub_types;
        features.push(Feature::new(CdRwMediaWrite { sub_types }).current(now.rewritable));
    }
    if abilities.analogue_audio {
        let audio = AnalogAudio {
            separate_volume: true,
            separate_mute: true,
            volume_levels: AUDIO_VOLUME_LEVELS,
            ..AnalogAudio::default()
        };
        features.push(Feature::new(audio).current(now.readable));
    }
    if let Some(serial) = &identity.serial {
        features.push(Feature::persistent(SerialNumber::new(serial)));
    }
    features.extend(
        abilities
            .other_features
            .iter()
            .map(|code| Feature::new(FeatureData::Other { code: FeatureCode(*code), data: Vec::new() })),
    );
    features.sort_by_key(|feature| feature.code().0);
    features
}
