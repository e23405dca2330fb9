//! Frames as they lie on a disc, whatever keeps them: a simulated disc, an image, a real one that is read.

use core::ops::Range;

use crate::address::Lba;
use crate::cd_text::CdTextPack;
use crate::sector::SECTOR_LEN;
use crate::sub_channel::SUB_CHANNEL_BYTES;

/// Bytes of a recorded frame: the main channel as recorded (data sectors scrambled), then P to W
/// interleaved.
pub const FRAME_BYTES: usize = SECTOR_LEN + SUB_CHANNEL_BYTES;

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

    /// CD-TEXT of a lead-in that is not among the runs: a drive tells the packs, and gives no frame of it.
    fn cd_text(&self) -> Vec<CdTextPack> {
        Vec::new()
    }
}
