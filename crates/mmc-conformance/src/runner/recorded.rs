//! What the steps of a case have sent to the disc, by address.

use std::collections::BTreeMap;
use std::sync::Arc;

use cd_format::Lba;

use crate::image::{Image, OnDisc};

/// Stretches that do not overlap, by their first block: of a block that was sent twice, the last time counts.
#[derive(Debug, Default)]
pub(super) struct Sent {
    stretches: BTreeMap<i32, Stretch>,
}

/// Blocks of one image.
#[derive(Clone, Debug)]
struct Stretch {
    /// Behind the last block.
    end: i32,
    image: Arc<Image>,
    /// The image's block `n` lies at address `n` plus this.
    offset: i64,
}

impl Sent {
    /// Blocks of an image from its block `skip` on were sent to `at` and the addresses behind it.
    pub fn add(&mut self, at: Lba, blocks: u32, image: &Arc<Image>, skip: u32) {
        let (start, end) = (at.0, at.0.saturating_add_unsigned(blocks));
        if start >= end {
            return;
        }
        let before = self.stretches.range(..end).rev();
        let covered: Vec<i32> =
            before.take_while(|(_, stretch)| stretch.end > start).map(|(first, _)| *first).collect();
        for first in covered {
            let Some(old) = self.stretches.remove(&first) else { continue };
            if old.end > end {
                self.stretches.insert(end, old.clone());
            }
            if first < start {
                self.stretches.insert(first, Stretch { end: start, ..old });
            }
        }
        let offset = i64::from(start) - i64::from(skip);
        self.stretches.insert(start, Stretch { end, image: Arc::clone(image), offset });
    }

    /// The block that was sent to an address.
    pub fn block(&self, lba: Lba) -> Option<OnDisc> {
        let (_, stretch) = self.stretches.range(..=lba.0).next_back()?;
        let n = u32::try_from(i64::from(lba.0) - stretch.offset).ok()?;
        stretch.image.on_disc(n).filter(|_| lba.0 < stretch.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{BlockForm, NextSession, SessionImage, TrackContent, TrackImage};

    fn image(content: TrackContent) -> Arc<Image> {
        let tracks = vec![TrackImage { content, blocks: 300, pause: 0 }];
        Arc::new(
            Image::new(&SessionImage {
                lead_in: -11_634,
                tracks,
                session: 1,
                first_track: 1,
                block: BlockForm::User,
                next: NextSession::Absent,
                lead_out: None,
            })
            .unwrap(),
        )
    }

    #[test]
    fn the_last_to_send_a_block_has_the_word() {
        let (sound, data) = (image(TrackContent::Audio), image(TrackContent::Mode1));
        let mut sent = Sent::default();
        sent.add(Lba(0), 100, &sound, 11_634);
        sent.add(Lba(40), 20, &data, 11_674);
        sent.add(Lba(90), 20, &data, 11_724);
        let is_data = |lba| sent.block(Lba(lba)).map(|block| block.data);
        for (lba, expected) in [
            (-1, None),
            (0, Some(false)),
            (39, Some(false)),
            (40, Some(true)),
            (59, Some(true)),
            (60, Some(false)),
            (89, Some(false)),
            (90, Some(true)),
            (109, Some(true)),
            (110, None),
        ] {
            assert_eq!(is_data(lba), expected, "{lba}");
        }
    }

    /// A block keeps what it holds, wherever it was sent to.
    #[test]
    fn blocks_may_lie_elsewhere_than_in_their_image() {
        let mut sent = Sent::default();
        sent.add(Lba(1000), 10, &image(TrackContent::Audio), 11_634 + 258);
        assert_eq!(sent.block(Lba(1000)).unwrap().main[..4], [0, 0, 1, 2]);
        assert_eq!(sent.block(Lba(1009)).unwrap().user.len(), 2352);
    }
}
