//! Frames as they lie on a disc, whatever keeps them: a simulated disc, an image, a real one that is read.

use core::ops::Range;

use crate::address::Lba;
use crate::cd_text::CdTextPack;
use crate::sector::SECTOR_LEN;
use crate::session::DiscType;
use crate::sub_channel::SUB_CHANNEL_BYTES;

/// Bytes of a recorded frame: the main channel as recorded (data sectors scrambled), then P to W
/// interleaved.
pub const FRAME_BYTES: usize = SECTOR_LEN + SUB_CHANNEL_BYTES;

/// Frames that are read at a time: 157 kB, which a second-level cache holds.
const BATCH: usize = 64;

/// What a drive tells of a lead-in that it does not read out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LeadInTold {
    /// CD-TEXT (MMC "READ TOC/PMA/ATIP", format 5).
    pub cd_text: Vec<CdTextPack>,
    /// What point A0 has (format 2).
    pub disc_type: Option<DiscType>,
}

/// What keeps recorded frames.
///
/// Always: what is recorded is in [`runs`](Self::runs), lead-ins and lead-outs too, and can be read.
pub trait RecordedFrames {
    /// Why frames cannot be read.
    type Error: core::error::Error + Send + Sync + 'static;

    /// The recorded stretches, ascending, without gaps inside, not touching one another.
    fn runs(&self) -> Vec<Range<Lba>>;

    /// Reads consecutive recorded frames from `lba` on, as many as `out` has whole room for
    /// ([`FRAME_BYTES`] each). Frames that are not recorded are an error that names the first.
    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), Self::Error>;

    /// What is known of a lead-in that is not among the runs: a drive tells of it, and gives no frame.
    fn told_of_lead_in(&self) -> LeadInTold {
        LeadInTold::default()
    }

    /// Shows `each` every frame of a recorded stretch, in order, and its address.
    ///
    /// Frames are read some at a time; what has them in memory may show them where they are.
    fn for_each_frame(
        &self,
        range: Range<Lba>,
        each: &mut dyn FnMut(Lba, &[u8; FRAME_BYTES]),
    ) -> Result<(), Self::Error> {
        let mut batch = vec![0; BATCH * FRAME_BYTES];
        let mut lba = range.start;
        while lba < range.end {
            let left = (range.end - lba).unsigned_abs() as usize;
            let Some(part) = batch.get_mut(..left.min(BATCH) * FRAME_BYTES) else { break };
            self.read(lba, part)?;
            let (frames, _) = part.as_chunks::<FRAME_BYTES>();
            for frame in frames {
                each(lba, frame);
                lba = lba + 1;
            }
        }
        Ok(())
    }
}
