use super::*;
use cd_format::Lba;
use proptest::prelude::*;

/// Bit by bit as ntddmmc.h declares the structures (FEATURE_DATA_*), which follow MMC-3 to MMC-5.
/// Header: version in bits 5 to 2 of byte 2, persistent bit 1, current bit 0.
#[test]
fn fields_lie_where_the_standard_has_them() {
    let cases: Vec<(FeatureData, &[u8])> = vec![
        (
            Core { interface: PhysicalInterface::ATAPI, inquiry2: true, device_busy_event: false }.into(),
            &[0x00, 0x01, 0x00, 8, 0, 0, 0, 2, 0x02, 0, 0, 0],
        ),
        (
            Morphing { operational_change_event: true, ..Default::default() }.into(),
            &[0, 0x02, 0, 4, 0x02, 0, 0, 0],
        ),
        (
            RemovableMedium {
                mechanism: LoadingMechanism::TRAY,
                eject: true,
                no_prevent_jumper: false,
                lock: true,
            }
            .into(),
            &[0, 0x03, 0, 4, 0x29, 0, 0, 0],
        ),
        (WriteProtect { persistent: true, ..Default::default() }.into(), &[0, 0x04, 0, 4, 0x02, 0, 0, 0]),
        (
            RandomReadable { block_bytes: 2048, blocking: 1, error_recovery_page: true }.into(),
            &[0, 0x10, 0, 8, 0, 0, 8, 0, 0, 1, 1, 0],
        ),
        (MultiRead {}.into(), &[0, 0x1D, 0, 0]),
        (
            CdRead { digital_audio_play: true, c2: true, cd_text: false }.into(),
            &[0, 0x1E, 0, 4, 0x82, 0, 0, 0],
        ),
        (DvdRead { multi_110: true, dual_r: true, dual_rw: false }.into(), &[0, 0x1F, 0, 4, 1, 0, 1, 0]),
        (
            RandomWritable {
                last: Lba(0x0005_7D8E),
                block_bytes: 2048,
                blocking: 32,
                error_recovery_page: true,
            }
            .into(),
            &[0, 0x20, 0, 12, 0, 5, 0x7D, 0x8E, 0, 0, 8, 0, 0, 32, 1, 0],
        ),
        (
            IncrementalStreamingWritable {
                data_types: DataTypes::new([8, 10, 13]),
                track_resource_information: true,
                address_reservation: false,
                buffer_underrun_free: true,
                link_sizes: vec![7],
            }
            .into(),
            &[0, 0x21, 0, 8, 0x25, 0x00, 0x05, 1, 7, 0, 0, 0],
        ),
        (
            Formattable {
                expand: true,
                full_certification: true,
                random_recording: true,
                ..Default::default()
            }
            .into(),
            &[0, 0x23, 0, 8, 0x05, 0, 0, 0, 1, 0, 0, 0],
        ),
        (DefectManagement { supplemental_spare: true }.into(), &[0, 0x24, 0, 4, 0x80, 0, 0, 0]),
        (
            WriteOnce { block_bytes: 2048, blocking: 16, error_recovery_page: false }.into(),
            &[0, 0x25, 0, 8, 0, 0, 8, 0, 0, 16, 0, 0],
        ),
        (RestrictedOverwrite {}.into(), &[0, 0x26, 0, 0]),
        (CdRwCavWrite {}.into(), &[0, 0x27, 0, 4, 0, 0, 0, 0]),
        (MountRainier { cd_write: true, ..Default::default() }.into(), &[0, 0x28, 0, 4, 1, 0, 0, 0]),
        (
            EnhancedDefectReporting { drt_dm: true, cache_zones: 2, entries: 0x0304 }.into(),
            &[0, 0x29, 0, 4, 1, 2, 3, 4],
        ),
        (
            DvdPlusRw { write: true, quick_start: true, close_only: false }.into(),
            &[0, 0x2A, 0, 4, 1, 2, 0, 0],
        ),
        (DvdPlusR { write: true }.into(), &[0, 0x2B, 0, 4, 1, 0, 0, 0]),
        (
            RigidRestrictedOverwrite { generates_defect_status: true, blank: true, ..Default::default() }
                .into(),
            &[0, 0x2C, 0, 4, 0x09, 0, 0, 0],
        ),
        (
            CdTrackAtOnce { rw_raw: true, rw_packed: true, rw_subcode: true, ..Default::default() }.into(),
            &[0, 0x2D, 0, 4, 0x19, 0, 0, 0],
        ),
        (
            CdMastering { raw_multi_session: true, ..Default::default() }.into(),
            &[0, 0x2E, 0, 4, 0x10, 0, 0, 0],
        ),
        (
            DvdDashWrite { buffer_underrun_free: true, dual_layer: true, test_write: false, dvd_rw: true }
                .into(),
            &[0, 0x2F, 0, 4, 0x4A, 0, 0, 0],
        ),
        (CdRwMediaWrite { sub_types: 0x07 }.into(), &[0, 0x37, 0, 4, 0, 7, 0, 0]),
        (PowerManagement {}.into(), &[1, 0x00, 0, 0]),
        (Smart { exceptions_page: true }.into(), &[1, 0x01, 0, 4, 1, 0, 0, 0]),
        (
            EmbeddedChanger { side_change: true, disc_present: true, highest_slot: 5 }.into(),
            &[1, 0x02, 0, 4, 0x14, 0, 0, 5],
        ),
        (
            AnalogAudio { scan: true, separate_mute: false, separate_volume: true, volume_levels: 256 }
                .into(),
            &[1, 0x03, 0, 4, 0x05, 0, 1, 0],
        ),
        (MicrocodeUpgrade { mode_5: true }.into(), &[1, 0x04, 0, 4, 1, 0, 0, 0]),
        (TimeOut { group_3: true, unit_blocks: 0x0102 }.into(), &[1, 0x05, 0, 4, 1, 0, 1, 2]),
        (DvdCss { css_version: 1 }.into(), &[1, 0x06, 0, 4, 0, 0, 0, 1]),
        (
            RealTimeStreaming { buffer_capacity_blocks: true, set_cd_speed: true, ..Default::default() }
                .into(),
            &[1, 0x07, 0, 4, 0x18, 0, 0, 0],
        ),
        (SerialNumber::new("RAW42").into(), &[1, 0x08, 0, 8, b'R', b'A', b'W', b'4', b'2', b' ', b' ', b' ']),
    ];
    for (data, bytes) in cases {
        let feature = Feature::new(data);
        assert_eq!(feature.to_bytes(), bytes, "{feature:?}");
        assert_eq!(Feature::parse(bytes), Ok(feature));
    }
}

/// One flag at a time, in the order in which ntddmmc.h declares them (bit 0 first), so that no two
/// flags of a feature can change places.
#[test]
fn every_flag_has_a_bit_of_its_own() {
    let mut cases: Vec<(FeatureData, u8)> = Vec::new();
    macro_rules! flags {
        ($($type:ident { $($flag:ident $bit:literal),* })*) => {
            $($(cases.push(($type { $flag: true, ..Default::default() }.into(), $bit));)*)*
        };
    }
    flags! {
        CdMastering { rw_subcode 0x01, cd_rw 0x02, test_write 0x04, raw 0x08, raw_multi_session 0x10, session_at_once 0x20, buffer_underrun_free 0x40 }
        CdTrackAtOnce { rw_subcode 0x01, cd_rw 0x02, test_write 0x04, rw_packed 0x08, rw_raw 0x10, buffer_underrun_free 0x40 }
        DvdDashWrite { dvd_rw 0x02, test_write 0x04, dual_layer 0x08, buffer_underrun_free 0x40 }
        RealTimeStreaming { stream_writing 0x01, write_speed_performance 0x02, speeds_in_mode_page 0x04, set_cd_speed 0x08, buffer_capacity_blocks 0x10 }
        RemovableMedium { lock 0x01, no_prevent_jumper 0x04, eject 0x08 }
        WriteProtect { software 0x01, persistent 0x02, disc_control_block 0x04, disc 0x08 }
        Formattable { full_certification 0x01, quick_certification 0x02, expand 0x04, without_spare 0x08 }
        AnalogAudio { separate_volume 0x01, separate_mute 0x02, scan 0x04 }
        CdRead { cd_text 0x01, c2 0x02, digital_audio_play 0x80 }
        MountRainier { cd_write 0x01, dvd_plus_read 0x02, dvd_plus_write 0x04 }
        Morphing { asynchronous 0x01, operational_change_event 0x02 }
        RigidRestrictedOverwrite { blank 0x01, intermediate 0x02, reads_defect_status 0x04, generates_defect_status 0x08 }
    }
    for (data, bit) in cases {
        let feature = Feature::new(data);
        let bytes = feature.to_bytes();
        assert_eq!(bytes[4], bit, "{feature:?}");
        assert!(bytes[5..].iter().all(|&byte| byte == 0), "{feature:?}");
        assert_eq!(Feature::parse(&bytes), Ok(feature));
    }
}

/// MMC "Feature Descriptor generic format", and the profile list of a CD-R/RW drive with a CD-R in it.
#[test]
fn header_bits_stand_beside_the_profile_list() {
    let profiles = ProfileList::new([Profile::CD_RW, Profile::CD_R, Profile::CD_ROM], Profile::CD_R);
    let feature = Feature::persistent(profiles).version(3);
    let bytes = [0, 0, 0x0F, 12, 0, 0x0A, 0, 0, 0, 0x09, 1, 0, 0, 0x08, 0, 0];
    assert_eq!(feature.to_bytes(), bytes);
    assert_eq!(Feature::parse(&bytes), Ok(feature));
}

/// HP DVD-RAM GH40L RB12 without a disc, as Aaru's device info lists it (Aaru issue 540). The
/// version of the descriptors is not printed there and taken as 0.
#[test]
fn gh40l_writes_raw_but_no_sub_channels_by_track() {
    let by_track = Feature::parse(&[0x00, 0x2D, 0, 4, 0x46, 0, 0x3F, 0x01]).unwrap();
    let FeatureData::CdTrackAtOnce(by_track) = by_track.data else { panic!("{by_track:?}") };
    assert!(by_track.buffer_underrun_free && by_track.test_write && by_track.cd_rw);
    assert!(!by_track.rw_raw && !by_track.rw_packed && !by_track.rw_subcode);
    assert_eq!(by_track.data_types.iter().collect::<Vec<_>>(), [0, 8, 9, 10, 11, 12, 13]);

    let bytes = [0x00, 0x2E, 0, 4, 0x6F, 0x00, 0x0C, 0x00];
    let mastering = Feature::parse(&bytes).unwrap();
    assert_eq!(mastering.to_bytes(), bytes);
    assert!(!mastering.current);
    assert_eq!(
        CdMastering::of(&mastering.data),
        Some(&CdMastering {
            buffer_underrun_free: true,
            session_at_once: true,
            raw_multi_session: false,
            raw: true,
            test_write: true,
            cd_rw: true,
            rw_subcode: true,
            max_cue_sheet_bytes: 3072,
        })
    );
}

/// Features that the Pioneer BDR-203 lists for its CD side (BDR-203/BDC-203 command reference,
/// 4.4.1), and 0037h of the R11 series.
#[test]
fn every_cd_feature_of_a_pioneer_has_a_type() {
    for code in [
        0x0000, 0x0001, 0x0002, 0x0003, 0x0004, 0x0010, 0x001D, 0x001E, 0x0020, 0x0021, 0x0023, 0x0024,
        0x0026, 0x002D, 0x002E, 0x0037, 0x0100, 0x0103, 0x0104, 0x0105, 0x0107, 0x0108_u16,
    ] {
        let [high, low] = code.to_be_bytes();
        let feature = Feature::parse(&[high, low, 0, 0]).unwrap();
        assert_eq!(feature.code(), FeatureCode(code));
        assert!(!matches!(feature.data, FeatureData::Other { .. }), "{code:04X}");
        assert!(feature.code().name().is_some(), "{code:04X}");
    }
}

#[test]
fn unknown_features_are_kept() {
    let bytes = [0xFF, 0x01, 0x07, 3, 1, 2, 3];
    let feature = Feature::parse(&bytes).unwrap();
    assert_eq!(feature.data, FeatureData::Other { code: FeatureCode(0xFF01), data: vec![1, 2, 3] });
    assert_eq!((feature.version, feature.persistent, feature.current), (1, true, true));
    assert_eq!(feature.to_bytes(), bytes);
}

#[test]
fn a_descriptor_that_is_cut_off_is_refused() {
    assert_eq!(Feature::parse(&[0, 0x2E, 0]).unwrap_err().byte, 3);
    assert_eq!(Feature::parse(&[0, 0x2E, 0, 4, 0x6F]).unwrap_err().byte, 5);
}

#[test]
fn nothing_outgrows_the_length_byte() {
    let profiles = ProfileList::new((0..100).map(Profile), Profile::NONE);
    let other = FeatureData::Other { code: FeatureCode(0xFF00), data: vec![1; 300] };
    let links = IncrementalStreamingWritable { link_sizes: vec![7; 300], ..Default::default() };
    let serial = SerialNumber::new(&"x".repeat(300));
    for data in [profiles.into(), other, links.into(), serial.into()] {
        let bytes = Feature::new(data).to_bytes();
        assert_eq!(bytes.len(), usize::from(bytes[3]) + 4);
        assert!(bytes.len() >= 4 + 248);
    }
}

prop_compose! {
    /// A descriptor whose code is often one with a type.
    fn descriptor()(
        code in prop_oneof![0u16..0x0040, 0x0100u16..0x0110, any::<u16>()],
        flags in 0u8..0x40,
        words in prop::collection::vec(any::<[u8; 4]>(), 0..64),
    ) -> Vec<u8> {
        let mut bytes = code.to_be_bytes().to_vec();
        bytes.extend([flags, words.len() as u8 * 4]);
        bytes.extend(words.into_iter().flatten());
        bytes
    }
}

proptest! {
    #[test]
    fn every_value_survives(bytes in descriptor()) {
        let feature = Feature::parse(&bytes).unwrap();
        prop_assert_eq!(Feature::parse(&feature.to_bytes()), Ok(feature));
    }

    #[test]
    fn any_bytes_parse_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(feature) = Feature::parse(&bytes) {
            let emitted = feature.to_bytes();
            prop_assert_eq!(emitted.len(), usize::from(emitted[3]) + 4);
        }
    }
}
