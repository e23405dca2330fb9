use cd_format::Lba;
use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sub_channel::Rules;
use cd_image::{Composed, Place};
use proptest::prelude::*;

use super::{folder, read};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Words of the formats in any order: a layout or an error, and no panic.
    #[test]
    fn any_words_are_a_sheet_or_an_error(
        words in prop::collection::vec(prop::sample::select(vec![
            "FILE", "a.bin", "\"a.bin\"", "BINARY", "TRACK", "01", "02", "AUDIO", "MODE1/2352", "MODE1_RAW", "INDEX", "00",
            "00:00:00", "00:00:03", "99:59:74", "PREGAP", "POSTGAP", "FLAGS", "DCP", "\n", "\n", "\n", "CD_DA", "DATAFILE",
            "SILENCE", "ZERO", "START", "#4294967295", "18446744073709551615", "{", "}", "CD_TEXT", "\"", "\\", "//", "[Disc]",
            "[CloneCD]", "[Entry 0]", "[TRACK 1]", "Point=0xa2", "Point=1", "ADR=1", "PLBA=10", "PLBA=-1", "Control=0", "é", "=",
        ]), 0..60),
    ) {
        let folder = folder(&[("a.bin", 2352 * 10), ("disc.img", 2352 * 10)]);
        for name in ["disc.cue", "disc.toc", "disc.ccd", "disc.ron"] {
            if let Ok(layout) = read(folder.path(), name, &words.join(" ").replace("\n ", "\n")) {
                let place = Place::first(Lba(-200));
                if let Ok(composed) = Composed::new(&layout, &place, Rules::default()) {
                    let mut frame = [0; FRAME_BYTES];
                    for run in composed.runs() {
                        composed.read(run.end - 1, &mut frame).unwrap();
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_a_sheet_or_an_error(text in "\\PC{0,80}", ending in prop::sample::select(vec!["cue", "toc", "ccd", "ron"])) {
        let folder = folder(&[]);
        let read = read(folder.path(), &format!("disc.{ending}"), &text);
        prop_assert!(read.is_err());
    }
}
