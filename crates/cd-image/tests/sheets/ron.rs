use cd_format::DiscType;
use cd_image::TrackMode;

use super::{complaint, folder, outline, read};

#[test]
fn a_layout_in_ron() {
    let folder = folder(&[("data.iso", 2048 * 5), ("a.pcm", 2352 * 20)]);
    let text = "(disc_type: CdRomXa, mcn: \"0012345678905\", tracks: [
        (mode: Mode2Form1, file: \"data.iso\", postgap: \"00:00:10\"),
        (mode: Audio, file: \"a.pcm\", swap: true, offset: 2352, frames: 10, pregap: \"00:00:02\", pause: \"00:00:03\",
         indexes: [\"00:00:04\"], copy: true, isrc: \"US-K7Y-98-12345\"),
    ])";
    let layout = read(folder.path(), "disc.ron", text).unwrap();
    assert_eq!(
        outline(&layout),
        [(1, TrackMode::Mode2Form1, 4, 150, 165, vec![]), (2, TrackMode::Audio, 2, 5, 12, vec![4])]
    );
    assert_eq!(layout.disc_type, DiscType::CD_ROM_XA);
    for (text, expected) in [
        ("(tracks: [(mode: Audio, file: \"../x\")])", "seen \"../x\""),
        ("(tracks: [\n(mode: Mode9, file: \"a\")])", "disc.ron:2:"),
        ("(tracks: [])", "disc.ron: expected 1 to 99 tracks, seen none"),
        (
            "(tracks: [(mode: Audio, file: \"a.pcm\", frames: 21)])",
            "a.pcm: expected 21 sectors from byte 0 on, seen 20",
        ),
        (
            "(tracks: [(mode: Mode1, file: \"data.iso\", pre_emphasis: true)])",
            "track 1: expected pre_emphasis and four_channels in audio only, seen data",
        ),
    ] {
        let told = complaint(folder.path(), "disc.ron", text);
        assert!(told.contains(expected), "{told}");
    }
}

/// A0's disc type: 20h is CD-ROM XA, whose tracks are of mode 2 (MMC "READ TOC/PMA/ATIP").
#[test]
fn a_layout_that_names_no_disc_type_has_its_tracks() {
    let folder = folder(&[("data.iso", 2048 * 5), ("a.pcm", 2352 * 20)]);
    let iso = |fields: &str, mode: &str| {
        let text = format!(
            "({fields}tracks: [(mode: {mode}, file: \"data.iso\"), (mode: Audio, file: \"a.pcm\", frames: 2)])"
        );
        read(folder.path(), "disc.ron", &text).unwrap().disc_type
    };
    assert_eq!(iso("", "Mode2Form1"), DiscType::CD_ROM_XA);
    assert_eq!(iso("", "Mode1"), DiscType::CD_ROM);
    assert_eq!(iso("disc_type: CdRom, ", "Mode2Form1"), DiscType::CD_ROM);
    assert_eq!(iso("disc_type: CdI, ", "Mode2Form1"), DiscType::CD_I);
}
