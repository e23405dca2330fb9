use std::fs;

use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sub_channel::{QContent, Rules, SUB_CHANNEL_BYTES, interleave};
use cd_format::{DiscType, Lba};
use cd_image::{Composed, Place, TrackMode};

use super::{complaint, folder, outline, read};

const CCD: &str = "[CloneCD]\nVersion=3\n[Disc]\nTocEntries=5\nSessions=1\nDataTracksScrambled=0\nCDTextLength=0\nCATALOG=0012345678905\n\
[Session 1]\nPreGapMode=1\nPreGapSubC=0\n\
[Entry 0]\nSession=1\nPoint=0xa0\nADR=0x01\nControl=0x04\nTrackNo=0\nAMin=0\nASec=0\nAFrame=0\nALBA=-150\nZero=0\nPMin=1\nPSec=32\nPFrame=0\nPLBA=6750\n\
[Entry 1]\nSession=1\nPoint=0xa1\nADR=0x01\nControl=0x00\nPMin=2\nPSec=0\nPFrame=0\nPLBA=8850\n\
[Entry 2]\nSession=1\nPoint=0xa2\nADR=0x01\nControl=0x00\nPMin=0\nPSec=2\nPFrame=30\nPLBA=30\n\
[Entry 3]\nSession=1\nPoint=0x01\nADR=0x01\nControl=0x04\nPMin=0\nPSec=2\nPFrame=0\nPLBA=0\n\
[Entry 4]\nSession=1\nPoint=0x02\nADR=0x01\nControl=0x02\nPMin=0\nPSec=2\nPFrame=15\nPLBA=15\n\
[TRACK 1]\nMODE=2\nINDEX 1=0\n[TRACK 2]\nMODE=0\nISRC=USK7Y9812345\nINDEX 0=12\nINDEX 1=15\nINDEX 2=20\n";

#[test]
fn a_ccd_file_with_its_image_and_sub_channels() {
    let folder = folder(&[("disc.img", 2352 * 30), ("disc.sub", 96 * 30)]);
    let layout = read(folder.path(), "disc.ccd", CCD).unwrap();
    assert_eq!(
        outline(&layout),
        [(1, TrackMode::Mode2Raw, 4, 150, 162, vec![]), (2, TrackMode::Audio, 2, 3, 18, vec![5])]
    );
    assert_eq!((layout.disc_type, layout.tracks[1].isrc.is_some()), (DiscType::CD_ROM_XA, true));
    // Channel by channel in the file, bit by bit on the disc.
    let place = Place { lead_in: Lba(-150), program: Lba(-150), lead_out_frames: 10 };
    let composed = Composed::with_toc(&layout, &place, &[], Rules::default()).unwrap();
    let mut frame = [0; FRAME_BYTES];
    composed.read(Lba(29), &mut frame).unwrap();
    let sub = fs::read(folder.path().join("disc.sub")).unwrap();
    let raw: [u8; SUB_CHANNEL_BYTES] = frame[2352..].try_into().unwrap();
    assert_eq!(interleave::deinterleave(&raw).as_flattened(), &sub[96 * 29..]);
    composed.read(Lba(30), &mut frame).unwrap();
    let q = interleave::q_frame(frame[2352..].try_into().unwrap());
    assert!(matches!(q.content(), Ok(QContent::Position { tno: 0xAA, .. })));
    // Without SUB the sub-channels are made.
    fs::remove_file(folder.path().join("disc.sub")).unwrap();
    assert_eq!(read(folder.path(), "disc.ccd", CCD).unwrap().sub_channel, None);
}

#[test]
fn what_is_wrong_with_a_ccd_file_is_told_with_its_place() {
    let folder = folder(&[("disc.img", 2352 * 30), ("disc.sub", 96 * 29)]);
    for (from, to, expected) in [
        ("", "", "disc.sub: expected 30 times 96 bytes, as the lead-out says, seen 2784 bytes"),
        (
            "PLBA=30",
            "PLBA=31",
            "disc.img: expected 31 sectors of 2352 bytes, as the lead-out says, seen 70560 bytes",
        ),
        (
            "Sessions=1",
            "Sessions=2",
            "disc.ccd:5:10: expected one session (of several, where the later ones lie in IMG and SUB is documented nowhere: they are not read), seen \"2\"",
        ),
        (
            "Scrambled=0",
            "Scrambled=1",
            "disc.ccd:6:21: expected 0: scrambled images are not read, seen \"1\"",
        ),
        ("MODE=2", "MODE=0", "disc.ccd:64:6: expected 1 or 2, as CONTROL says data, seen \"0\""),
        ("INDEX 0=12", "INDEX 0=x", "disc.ccd:69:9: expected a number from 0 to 449849, seen \"x\""),
        ("INDEX 2=20", "INDEX 2=30", "disc.ccd:71:9: expected an index from 16 to 29, seen \"30\""),
        (
            "INDEX 0=12",
            "INDEX 0=16",
            "disc.ccd:54:1: expected track 2 at 16 or later and to end behind its start, seen from 15 to 30",
        ),
        (
            "Point=0xa2",
            "Point=0xa3",
            "disc.ccd:72:1: expected an entry of point A2, the lead-out, seen end of file",
        ),
        ("[Disc]", "[Disc", "disc.ccd:3:1: expected a section as [Name], seen \"[Disc\""),
        ("[CloneCD]\n", "", "disc.ccd:1:1: expected a section as [CloneCD], seen \"Version=3\""),
    ] {
        assert_eq!(complaint(folder.path(), "disc.ccd", &CCD.replacen(from, to, 1)), expected, "{to}");
    }
}
