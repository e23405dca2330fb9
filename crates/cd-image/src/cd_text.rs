//! Titles and performers as CD-TEXT packs of the lead-in, and back.
//!
//! One block, ISO 8859-1, English (MMC "READ TOC/PMA/ATIP Command", CD-TEXT; the size information by
//! libburn's doc/cdtext.txt). Other kinds of pack are neither made nor understood.

use cd_format::CdTextPack;

use crate::error::ImageError;
use crate::layout::Text;

const TITLE: u8 = 0x80;
const PERFORMER: u8 = 0x81;
const SIZE: u8 = 0x8F;
const PAYLOAD: usize = 12;
const SIZE_PACKS: u8 = 3;
const ENGLISH: u8 = 0x09;

/// The packs of a disc's text and those of its tracks, the first of which has number `first`. None
/// without any text. A character that ISO 8859-1 has not becomes a question mark.
pub(crate) fn packs(disc: &Text, tracks: &[&Text], first: u8) -> Result<Vec<CdTextPack>, ImageError> {
    let mut packs = Vec::new();
    let mut counts = [0; 16];
    for kind in [TITLE, PERFORMER] {
        let texts: Vec<&str> =
            [disc].into_iter().chain(tracks.iter().copied()).map(|text| part(text, kind)).collect();
        if texts.iter().all(|text| text.is_empty()) {
            continue;
        }
        let before = packs.len();
        push(&mut packs, kind, &texts, first)?;
        // All of them are fewer than 256.
        counts[usize::from(kind & 0x0F)] = (packs.len() - before) as u8;
    }
    if packs.is_empty() {
        return Ok(packs);
    }
    counts[usize::from(SIZE & 0x0F)] = SIZE_PACKS;
    let last = packs.len() as u8 + (SIZE_PACKS - 1);
    let mut size = [0; PAYLOAD * SIZE_PACKS as usize];
    size[1] = first;
    size[2] = first.saturating_add(u8::try_from(tracks.len()).unwrap_or(u8::MAX).saturating_sub(1));
    size[4..20].copy_from_slice(&counts);
    size[20] = last;
    size[28] = ENGLISH;
    let (payloads, _) = size.as_chunks::<PAYLOAD>();
    for (n, payload) in (0..).zip(payloads) {
        packs.push(CdTextPack::new([SIZE, n, packs.len() as u8, 0], *payload));
    }
    Ok(packs)
}

fn part(text: &Text, kind: u8) -> &str {
    let part = if kind == TITLE { &text.title } else { &text.performer };
    part.as_deref().unwrap_or_default()
}

/// Texts one behind the other, each with a zero at its end, cut into packs.
fn push(packs: &mut Vec<CdTextPack>, kind: u8, texts: &[&str], first: u8) -> Result<(), ImageError> {
    let mut bytes = Vec::new();
    for (n, text) in (0_u8..).zip(texts) {
        let track = if n == 0 { 0 } else { first.saturating_add(n - 1) };
        let latin =
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).filter(|byte| *byte != 0);
        bytes.extend(latin.chain([0]).zip(0_usize..).map(|(byte, at)| (byte, track, at)));
    }
    for chunk in bytes.chunks(PAYLOAD) {
        let Some((_, track, at)) = chunk.first() else { continue };
        let mut payload = [0; PAYLOAD];
        payload.iter_mut().zip(chunk).for_each(|(to, (byte, ..))| *to = *byte);
        let sequence = u8::try_from(packs.len()).ok().filter(|sequence| *sequence <= u8::MAX - SIZE_PACKS);
        let Some(sequence) = sequence else { return Err(ImageError::CdTextTooLong) };
        packs.push(CdTextPack::new([kind, *track, sequence, (*at).min(15) as u8], payload));
    }
    Ok(())
}

/// The texts of the disc and of `count` tracks from number `first` on, as far as packs of the first block
/// tell them.
pub(crate) fn texts(packs: &[CdTextPack], first: u8, count: usize) -> (Text, Vec<Text>) {
    let (mut disc, mut tracks) = (Text::default(), vec![Text::default(); count]);
    for kind in [TITLE, PERFORMER] {
        let of = |pack: &&CdTextPack| pack.kind == kind && pack.block() == 0 && !pack.is_double_byte();
        let bytes: Vec<u8> = packs.iter().filter(of).flat_map(|pack| pack.payload).collect();
        let mut track = packs.iter().find(of).map_or(0, |pack| pack.track & 0x7F);
        for text in bytes.split(|byte| *byte == 0) {
            let place = match track.checked_sub(first) {
                _ if track == 0 => Some(&mut disc),
                Some(n) => tracks.get_mut(usize::from(n)),
                None => None,
            };
            let text: String = text.iter().map(|byte| char::from(*byte)).collect();
            if let Some(place) = place.filter(|_| !text.is_empty() && !text.chars().any(char::is_control)) {
                let of = if kind == TITLE { &mut place.title } else { &mut place.performer };
                *of = Some(text);
            }
            track = if track == 0 { first } else { track.saturating_add(1) };
        }
    }
    (disc, tracks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn titled(title: &str) -> Text {
        Text { title: Some(title.to_owned()), performer: None }
    }

    /// The same two packs as in cd-format's tests of [`CdTextPack`], their CRCs computed elsewhere.
    #[test]
    fn titles_are_cut_as_the_example_has_them() {
        let packs = packs(&titled("Joyful Nights"), &[&titled("Song of Joy")], 1).unwrap();
        assert_eq!(packs[0].to_bytes(), *b"\x80\x00\x00\x00Joyful Night\xF0\xF7");
        assert_eq!(packs[1].to_bytes(), *b"\x80\x00\x01\x0Cs\0Song of Jo\x43\x1C");
        assert_eq!(packs[2].to_bytes()[..16], *b"\x80\x01\x02\x0Ay\0\0\0\0\0\0\0\0\0\0\0");
        // ISO 8859-1, tracks 1 to 1, three packs of titles and three of these; the last is number 5.
        assert_eq!(packs[3].to_bytes()[..16], *b"\x8F\x00\x03\x00\x00\x01\x01\x00\x03\0\0\0\0\0\0\0");
        assert_eq!(packs[4].to_bytes()[..16], *b"\x8F\x01\x04\x00\0\0\0\0\0\0\0\x03\x05\0\0\0");
        assert_eq!(packs[5].to_bytes()[..16], *b"\x8F\x02\x05\x00\0\0\0\0\x09\0\0\0\0\0\0\0");
    }

    #[test]
    fn more_than_a_block_holds_is_refused() {
        let long = titled(&"x".repeat(12 * 253));
        assert!(matches!(packs(&long, &[], 1), Err(ImageError::CdTextTooLong)));
        assert!(packs(&titled(&"x".repeat(12 * 253 - 2)), &[&Text::default()], 1).is_ok());
        assert_eq!(packs(&Text::default(), &[], 1).unwrap(), []);
    }

    proptest! {
        #[test]
        fn texts_survive_their_packs(
            texts in prop::collection::vec(
                (prop::option::of("[ -~\u{A1}-\u{FF}]{1,30}"), prop::option::of("[ -~]{1,30}")), 1..10),
            first in 1u8..90,
        ) {
            let texts: Vec<Text> =
                texts.into_iter().map(|(title, performer)| Text { title, performer }).collect();
            let tracks: Vec<&Text> = texts[1..].iter().collect();
            let packs = packs(&texts[0], &tracks, first).unwrap();
            let (disc, seen) = super::texts(&packs, first, tracks.len());
            prop_assert_eq!(&disc, &texts[0]);
            prop_assert_eq!(&seen, &texts[1..]);
        }

        #[test]
        fn any_packs_are_texts_or_none(bytes in prop::collection::vec(any::<[u8; 18]>(), 0..20), first: u8) {
            let packs: Vec<CdTextPack> = bytes.into_iter().map(CdTextPack::from_bytes).collect();
            texts(&packs, first, 3);
        }
    }
}
