//! Files that were cut, changed or made up.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use cd_format::Lba;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::store::{At, FRAME, Fill, MAIN, Pattern, SUB, Source, Store};

/// Bytes that are not all the same.
fn mixed(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|n| (n % 251) as u8).collect()
}

/// A folder, the file in it, and its bytes: a lead-in of silence, 3 frames, 2 with a main channel of one
/// byte, a gap, a pattern.
fn saved() -> (TempDir, PathBuf, Vec<u8>) {
    let mut disc = Store::write_once();
    let pattern = |frames, pattern| Source::Pattern { frames, pattern };
    disc.append(At::Start(Lba(-11_634)), pattern(11_484, Pattern::SILENCE)).unwrap();
    disc.append(At::Next(Lba(-150)), Source::Frames(&mixed(3 * FRAME))).unwrap();
    let one_byte = Source::Channels { main: &[0x5A; 2 * MAIN], sub: &mixed(2 * SUB) };
    disc.append(At::Next(Lba(-147)), one_byte).unwrap();
    let noise = Pattern { main: Fill::Seeded(u64::MAX), sub: Fill::Byte(0xFF) };
    disc.append(At::Start(Lba(0)), pattern(300, noise)).unwrap();
    disc.record_pma(*b"ABCDEFGHIJKL");
    disc.calibrate();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    disc.save(&path, b"description").unwrap();
    let bytes = fs::read(&path).unwrap();
    (folder, path, bytes)
}

/// The places of everything, by the table in the module's text: a file that this version wrote
/// must be one that later versions read.
#[test]
fn layout() {
    let (_folder, _, bytes) = saved();
    assert_eq!(bytes[..16], *b"\x89RawCD\r\n\x02\0\0\0\0\0\0\0");
    let lengths = [11, 2 + 12, 4 * 32, 3 * 2448, 4, 2 * 96, 4];
    let tags = [b"desc", b"area", b"indx", b"data", b"sums", b"subs", b"ssum"];
    for (n, (length, tag)) in lengths.into_iter().zip(tags).enumerate() {
        let row = &bytes[16 + n * 16..][..16];
        assert_eq!(u64::from_le_bytes(row[..8].try_into().unwrap()), length);
        assert_eq!(row[12..], *tag);
    }
    assert_eq!(bytes.len() as u64, 132 + lengths.iter().sum::<u64>());
    assert_eq!(bytes[132..157], *b"description\x01\0ABCDEFGHIJKL");
    let index = &bytes[157..285];
    assert_eq!(index[..8], [0x8E, 0xD2, 0xFF, 0xFF, 0xDC, 0x2C, 0, 0], "-11634, 11484");
    assert_eq!(index[8..32], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(index[32..41], [0x6A, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 0], "-150, 3, stored");
    assert_eq!(index[64..75], [0x6D, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 2, 0, 0], "-147, 2, sub-channel, byte");
    assert_eq!(index[80..96], [0x5A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(index[96..107], [0, 0, 0, 0, 0x2C, 1, 0, 0, 1, 1, 0], "0, 300, seeded, byte");
    assert_eq!(index[112..128], [255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes[285..7629], mixed(3 * FRAME));
    assert_eq!(bytes[7633..7825], mixed(2 * SUB));
}

/// CRC-32/ISO-HDLC of '123456789' (catalogue of parametrised CRC algorithms): what other
/// programs need to know to read the file.
#[test]
fn checksum_is_the_one_named() {
    assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
}

/// In which part of [`saved`] a byte is.
fn place_of(n: usize) -> Place {
    match n {
        0..132 => Place::Header,
        132..143 => Place::Description,
        143..157 => Place::Areas,
        157..285 => Place::Index,
        285..7629 => Place::Data,
        7629..7633 => Place::Sums,
        7633..7825 => Place::SubChannels,
        _ => Place::SubChannelSums,
    }
}

#[test]
fn every_cut_is_refused() {
    let (_folder, path, bytes) = saved();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    for length in (0..bytes.len()).rev() {
        file.set_len(length as u64).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert_eq!(error.place, place_of(length), "{length}: {error}");
        match error.fault {
            Fault::NotADisc => assert_eq!(length, 0),
            Fault::Length { found, .. } => assert_eq!(found, length as u64),
            _ => panic!("{length}: {error}"),
        }
    }
    fs::write(&path, [&bytes[..], &[0]].concat()).unwrap();
    let error = Store::load(&path).unwrap_err();
    assert!(matches!(error.fault, Fault::Length { expected: 7829, found: 7830 }), "{error}");
}

#[test]
fn every_changed_byte_is_refused() {
    let (_folder, path, bytes) = saved();
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |n, byte: u8| {
        file.seek(SeekFrom::Start(n as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    for (n, &byte) in bytes.iter().enumerate() {
        for bits in [1, 0x80, 0xFF] {
            put(n, byte ^ bits);
            let error = Store::open(&path).map(|_| ()).unwrap_err();
            put(n, byte);
            assert_eq!(error.place, place_of(n), "byte {n}: {error}");
        }
    }
}

#[test]
fn a_file_that_is_altered_while_it_is_open_is_found_out() {
    let (_folder, path, mut bytes) = saved();
    let (disc, _) = Store::open(&path).unwrap();
    bytes[3000] ^= 1;
    bytes[7700] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let mut out = [0; FRAME];
    disc.read(Lba(0), &mut out).unwrap();
    let error = disc.read(Lba(-150), &mut out).unwrap_err();
    assert!(matches!(error, ReadError::Altered { offset: 285, .. }), "{error}");
    let error = disc.read(Lba(-146), &mut out).unwrap_err();
    assert!(matches!(error, ReadError::Altered { offset: 7633, .. }), "{error}");
    assert!(matches!(disc.save(&path, b""), Err(SaveError::Read(_))));
    assert_eq!(fs::read(&path).unwrap(), bytes, "a save that failed leaves the file as it was");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "and nothing beside it");
}

#[test]
fn messages_say_where() {
    let (_folder, path, mut bytes) = saved();
    let message = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let text = Store::load(&path).map(|_| ()).unwrap_err().to_string();
        text.strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
    };
    assert_eq!(message(b"RIFF"), "header at byte 0: not a disc file");
    assert_eq!(message(&bytes[..7000]), "data at byte 7000: the file has 7000 bytes, expected 7829");
    bytes[8] = 1;
    assert_eq!(message(&bytes), "header at byte 8: version 1, expected 2");
    bytes[8] = 2;
    bytes[160] ^= 1;
    let index = message(&bytes);
    assert!(index.starts_with("index at byte 157: checksum "), "{index}");
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Store::load(folder.path()).map(|_| ()).unwrap_err().fault, Fault::NotADisc));
    let missing = Store::load(&folder.path().join("missing")).map(|_| ()).unwrap_err();
    assert!(matches!(missing.fault, Fault::Io(_)), "{missing}");
    let nowhere = Store::write_once().save(&folder.path().join("no/where"), b"");
    assert!(matches!(nowhere, Err(SaveError::Io { .. })));
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_permissions_and_its_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, path, bytes) = saved();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link");
    symlink("disc", &link).unwrap();
    let (disc, description) = Store::open(&link).unwrap();
    disc.save(&link, &description).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// The header and the sections' checksums made right again after a change: the second line of
/// defence is asked.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut offset = HEADER;
    for (n, (place, _)) in SECTIONS.into_iter().enumerate() {
        let row = TABLE + n * ROW;
        let length = u64::from_le_bytes(bytes[row..row + 8].try_into().unwrap());
        let end = usize::try_from(length).ok().and_then(|length| offset.checked_add(length));
        let Some(end) = end.filter(|&end| end <= bytes.len()) else { break };
        if !place.has_sums() {
            let crc = crc32fast::hash(&bytes[offset..end]).to_le_bytes();
            bytes[row + 8..row + 12].copy_from_slice(&crc);
        }
        offset = end;
    }
    let crc = crc32fast::hash(&bytes[..CHECKED]).to_le_bytes();
    bytes[CHECKED..HEADER].copy_from_slice(&crc);
    bytes
}

#[test]
fn right_checksums_over_wrong_bytes_do_not_help() {
    let (_folder, path, bytes) = saved();
    let fault = |change: &[(usize, &[u8])]| {
        let mut bytes = bytes.clone();
        for (n, to) in change {
            bytes[*n..*n + to.len()].copy_from_slice(to);
        }
        fs::write(&path, resealed(bytes)).unwrap();
        let error = Store::load(&path).map(|_| ()).unwrap_err();
        assert!(matches!(error.fault, Fault::Malformed(_) | Fault::Length { .. }), "{error}");
        (error.place, error.offset)
    };
    assert_eq!(fault(&[(12, &[2])]), (Place::Header, 12), "no such kind");
    assert_eq!(fault(&[(28, b"atis")]), (Place::Header, 16), "tag");
    assert_eq!(fault(&[(16, &[0xFF; 8])]), (Place::Header, 16), "lengths overflow");
    assert_eq!(fault(&[(16 + 48 + 7, &[0x10])]), (Place::Data, 7829), "a length of exabytes");
    assert_eq!(fault(&[(16 + 80 + 7, &[0x10])]), (Place::SubChannels, 7829), "a length of exabytes");
    assert_eq!(fault(&[(16, &[12]), (32, &[13])]), (Place::Areas, 144), "not frames of 12 bytes");
    assert_eq!(fault(&[(16, &[24]), (32, &[1])]), (Place::Areas, 156), "no count");
    assert_eq!(fault(&[(32, &[13]), (48, &[129])]), (Place::Areas, 143), "one byte of an extent more");
    assert_eq!(fault(&[(157 + 11, &[1])]), (Place::Index, 157), "reserved");
    assert_eq!(fault(&[(157 + 8, &[3])]), (Place::Index, 157), "kind");
    assert_eq!(fault(&[(157 + 17, &[1])]), (Place::Index, 157), "a byte of 256");
    assert_eq!(fault(&[(189 + 16, &[1])]), (Place::Index, 189), "a stored extent with a value");
    assert_eq!(fault(&[(189, &[0x69])]), (Place::Index, 189), "overlap");
    assert_eq!(fault(&[(157, &[0, 0, 0, 0x80])]), (Place::Index, 157), "before the disc");
    assert_eq!(fault(&[(221 + 9, &[1])]), (Place::Index, 221), "a seeded main channel");
    assert_eq!(fault(&[(221 + 10, &[1])]), (Place::Index, 221), "a seeded sub-channel");
    assert_eq!(fault(&[(221 + 17, &[1])]), (Place::Index, 221), "a main channel of 256");
    assert_eq!(fault(&[(221 + 24, &[1])]), (Place::Index, 221), "a sub-channel with a value");
    assert_eq!(fault(&[(253 + 4, &[0; 4])]), (Place::Index, 253), "empty");
    assert_eq!(fault(&[(253 + 4, &[0xFF; 4])]), (Place::Index, 253), "behind the disc");
    assert_eq!(fault(&[(221 + 4, &[3])]), (Place::SubChannels, 7633), "a sub-channel too few");
    assert_eq!(fault(&[(189 + 4, &[2])]), (Place::Data, 285), "a frame too many");
    assert_eq!(fault(&[(253 + 8, &[0; 24])]), (Place::Data, 285), "300 frames too few");
}

proptest! {
    #[test]
    fn any_bytes_load_or_fail_cleanly(mut bytes in vec(any::<u8>(), 0..400), magic: bool, seal: bool) {
        if magic && bytes.len() >= HEADER {
            bytes[..8].copy_from_slice(&MAGIC);
            bytes[8..16].copy_from_slice(&[2, 0, 0, 0, 0, 0, 0, 0]);
        }
        if seal && bytes.len() >= HEADER {
            bytes = resealed(bytes);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        fs::write(&path, bytes).unwrap();
        prop_assert!(Store::load(&path).is_err());
    }

    /// Sealed changes anywhere: refused, or a disc that can be read from end to end.
    #[test]
    fn sealed_changes_load_or_fail_cleanly(changes in vec((0_usize..290, any::<u8>()), 1..4)) {
        let (_folder, path, mut bytes) = saved();
        for (n, to) in changes {
            bytes[n] = to;
        }
        fs::write(&path, resealed(bytes)).unwrap();
        if let Ok((disc, _)) = Store::load(&path) {
            prop_assert!(disc.first_difference(&disc.clone()).unwrap().is_none());
            let frames: i32 = disc.runs(crate::store::FIRST).map(|run| run.end - run.start).sum();
            prop_assert_eq!(frames.cast_unsigned(), disc.len());
        }
    }
}
