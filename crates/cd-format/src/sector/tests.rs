//! Whole sectors against digests that an independent implementation of ECMA-130 made; mode 1 and
//! its scrambled form agree with a second one, and mode 1 and both forms with a third.

use proptest::prelude::*;
use sha1::{Digest, Sha1};

use super::ecc::Repair;
use super::scramble::{SEQUENCE, scramble, scramble_into};
use super::*;
use crate::{Lba, Msf};

const DATA: SubHeader = SubHeader { file: 0, channel: 0, submode: SubHeader::DATA, coding: 0 };

fn sha1(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn counting<const LEN: usize>() -> [u8; LEN] {
    core::array::from_fn(|n| n as u8)
}

fn at(lba: i32) -> HeaderAddress {
    HeaderAddress::of(Lba(lba)).unwrap()
}

fn mode1(lba: i32, user: &[u8; 2048]) -> Sector {
    let mut sector = [0xEE; 2352];
    build::mode1(&mut sector, at(lba), user);
    sector
}

#[test]
fn mode_1_of_zeros() {
    let mut sector = mode1(0, &[0; 2048]);
    assert_eq!(sector[12..16], [0x00, 0x02, 0x00, 0x01]);
    assert_eq!(sector[2064..2068], [0xC5, 0x13, 0x68, 0x2B]);
    assert_eq!(sector[2076..2080], [0x00, 0xF7, 0x00, 0xF5]);
    assert_eq!(sector[2248..2250], [0x00, 0x41]);
    assert_eq!(sha1(&sector), "d9ee3c3ce5f425e5adb786706f65f363fd785695");
    scramble(&mut sector);
    assert_eq!(sha1(&sector), "5d6926fd53a6c19a5898806069460996b0e37904");
}

#[test]
fn mode_1_that_counts() {
    let mut sector = mode1(16, &counting());
    assert_eq!(sector[12..16], [0x00, 0x02, 0x16, 0x01]);
    assert_eq!(sector[2064..2068], [0x5E, 0x93, 0x51, 0x92]);
    assert_eq!(sector[2076..2084], [0x42, 0x13, 0x28, 0x94, 0x21, 0x72, 0xD5, 0x86]);
    assert_eq!(sector[2248..2256], [0x46, 0xE9, 0x44, 0x86, 0xF1, 0x2A, 0xE2, 0x0B]);
    assert_eq!(sha1(&sector), "aadccaada56bb68493eb1319a30e4605f79f5e9f");
    scramble(&mut sector);
    assert_eq!(sha1(&sector), "107da9a7d8d0f5f7e11a02acd705854b7b419ee5");
}

#[test]
fn mode_1_in_the_pregap() {
    let sector = mode1(-150, &[0; 2048]);
    assert_eq!(sector[12..16], [0x00, 0x00, 0x00, 0x01]);
    assert_eq!(sector[2064..2068], [0x0E, 0x11, 0x83, 0x38]);
    assert_eq!(sha1(&sector), "46d453a2ca54b53898d4b5085d3507eb3fe25e12");
}

#[test]
fn form_1_that_counts() {
    let mut sector = [0xEE; 2352];
    build::form1(&mut sector, at(16), DATA, &counting());
    assert_eq!(sector[12..16], [0x00, 0x02, 0x16, 0x02]);
    assert_eq!(sector[2072..2076], [0xE9, 0x0C, 0xD0, 0x59]);
    assert_eq!(sector[2076..2084], [0x59, 0xFF, 0x7F, 0xD9, 0xA8, 0x0E, 0x3F, 0x62]);
    assert_eq!(sector[2248..2256], [0x13, 0xFD, 0x68, 0xAA, 0x3F, 0xE4, 0x00, 0xE9]);
    assert_eq!(sha1(&sector), "e96dea65aa9455fc1a349adc382c2f00c0e56ac5");
}

#[test]
fn form_2_that_counts() {
    let mut sector = [0xEE; 2352];
    // The form bit comes from the function.
    build::form2(&mut sector, at(16), SubHeader::default(), &counting(), Form2Edc::Computed);
    assert_eq!(sector[16..24], [0, 0, 0x20, 0, 0, 0, 0x20, 0]);
    assert_eq!(sector[2348..], [0xBC, 0x8D, 0xD9, 0x95]);
    assert_eq!(sha1(&sector), "e6ee0e5e88d87c843671904f3446c51cbabfd996");
}

/// ECMA-130 annex B: the first bytes; the whole agrees with two implementations.
#[test]
fn the_scrambler_puts_out_what_the_register_does() {
    assert_eq!(SEQUENCE[..12], [0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1E, 0x80, 0x08, 0x60, 0x06]);
    assert_eq!(sha1(&SEQUENCE), "b15ecfca323199d7bc3edffbf7df669bedf5f0bf");
}

#[test]
fn a_sector_is_scrambled_elsewhere_as_in_place() {
    let mut sector = mode1(16, &counting());
    let mut elsewhere = [0xEE; 2352];
    scramble_into(&sector, &mut elsewhere);
    scramble(&mut sector);
    assert_eq!(elsewhere, sector);
}

#[test]
fn mode_0_is_zero_behind_its_header() {
    let mut sector = [0xEE; 2352];
    build::mode0(&mut sector, at(0));
    assert_eq!(sector[..12], SYNC);
    assert_eq!(sector[12..16], [0, 2, 0, 0]);
    assert!(sector[16..].iter().all(|&byte| byte == 0));
    assert_eq!(classify(&sector).mode, Some(SectorMode::Mode0));
}

#[test]
fn an_edc_of_form_2_may_be_absent() {
    let mut sector = [0xEE; 2352];
    build::form2(&mut sector, at(0), DATA, &counting(), Form2Edc::Absent);
    let found = classify(&sector);
    assert_eq!((found.mode, found.edc), (Some(SectorMode::Mode2Form2), EdcState::Absent));
    sector[2349] = 1;
    assert!(matches!(classify(&sector).edc, EdcState::Bad { stored: 0x100, .. }));
}

#[test]
fn a_form_without_a_sub_header_to_show_needs_an_edc() {
    let mut sector = [0; 2352];
    build::form1(&mut sector, at(0), SubHeader::default(), &counting());
    assert_eq!(classify(&sector).mode, Some(SectorMode::Mode2Form1));
    build::mode2(&mut sector, at(0), &[0; 2336]);
    assert_eq!(classify(&sector).mode, Some(SectorMode::Mode2Formless));
    sector[15] = 3;
    assert_eq!(classify(&sector).mode, None);
    sector[0] = 1;
    assert_eq!(classify(&sector).mode, Some(SectorMode::Audio));
}

/// Two parities that agree with each other but not with the EDC: a sector of other data with the
/// old code.
#[test]
fn a_repair_that_the_edc_denies_is_none() {
    let mut sector = mode1(0, &[0; 2048]);
    sector[100] = 1;
    ecc::encode(&mut sector, EccHeader::Covered);
    let before = sector;
    assert_eq!(check::repair(&mut sector, SectorMode::Mode1), Repair::Beyond { p: 0, q: 0 });
    assert_eq!(sector, before);
}

fn bytes(len: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), len)
}

proptest! {
    #[test]
    fn a_sector_is_known_for_what_it_was_built_as(
        mode in prop::sample::select(&SectorMode::ALL[1..]),
        lba in Lba::MIN.0..=Lba::MAX.0,
        channel in 1u8..,
        user in bytes(2352),
    ) {
        let user = &user[..mode.user_len()];
        let sub_header = SubHeader { channel, ..DATA };
        let mut sector = [0xEE; 2352];
        build::sector(&mut sector, mode, at(lba), sub_header, user).unwrap();
        let found = classify(&sector);
        // Eight random bytes whose halves are equal do not come up.
        prop_assert_eq!(found.mode, Some(mode));
        prop_assert_eq!(found.address.map(Msf::to_lba), Some(Lba(lba)));
        let start = mode.user_start();
        prop_assert_eq!(&sector[start..start + user.len()], user);
        let coded = mode.edc_covers().is_some();
        prop_assert_eq!(found.edc, if coded { EdcState::Good } else { EdcState::None });
        prop_assert_eq!(found.sub_header.map(|s| s.channel), (start == 24).then_some(channel));
        prop_assert_eq!(check::repair(&mut sector.clone(), mode), Repair::Clean);

        let plain = sector;
        prop_assert_eq!(check::is_scrambled(&sector), Some(false));
        scramble(&mut sector);
        prop_assert_eq!(check::is_scrambled(&sector), Some(true));
        prop_assert_eq!(&sector[..12], &SYNC[..]);
        scramble(&mut sector);
        prop_assert_eq!(sector, plain);
    }

    #[test]
    fn one_wrong_byte_is_found_and_repaired(place in 12usize..2352, error in 1u8.., user in bytes(2048)) {
        let sector = mode1(1000, user.as_slice().try_into().unwrap());
        let mut damaged = sector;
        damaged[place] ^= error;
        if place < 2068 {
            let bad = matches!(check::edc_state(&damaged, SectorMode::Mode1), EdcState::Bad { .. });
            prop_assert!(bad, "a CRC sees every single byte");
        }
        prop_assert_eq!(check::repair(&mut damaged, SectorMode::Mode1), Repair::Repaired { places: vec![place] });
        prop_assert_eq!(damaged, sector);
    }

    #[test]
    fn any_bytes_are_something(noise in bytes(2352), sync: bool, mode: u8) {
        let mut sector: Sector = noise.try_into().unwrap();
        if sync {
            sector[..12].copy_from_slice(&SYNC);
            sector[15] = mode % 4;
        }
        let found = classify(&sector);
        prop_assert_eq!(found.mode == Some(SectorMode::Audio), !sync);
        if let Some(mode) = found.mode {
            let before = sector;
            if matches!(check::repair(&mut sector, mode), Repair::Clean | Repair::Beyond { .. }) {
                prop_assert_eq!(sector, before);
            }
        }
    }
}
