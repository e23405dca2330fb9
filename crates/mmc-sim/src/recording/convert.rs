//! Blocks as the host sends them, and frames as the disc has them.

use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::pq16::{PQ_BYTES, from_pq16};
use cd_format::sub_channel::{QFrame, RwInterleaver, SUB_CHANNEL_BYTES};
use mmc_wire::block::mode::DataBlockType;

use crate::store::{FRAME, MAIN};

/// Bytes of the 16-byte form behind the main channel.
const BLOCK_PQ: usize = MAIN + PQ_BYTES;

/// Makes frames of blocks of a type with sub-channel (MMC "Data block type codes", 1 to 3).
#[derive(Clone, Debug)]
pub(crate) enum Converter {
    /// Type 1: the drive makes the CRC of Q, whatever the host sent (libburn and cdrdao send it not
    /// inverted, cdrecord inverted, and both burn), and leaves R to W empty.
    Pq,
    /// Type 2: R-W packs, which the drive interleaves. Parity goes out as it came; the host makes it.
    Packed(Box<RwInterleaver>),
    /// Type 3: as the disc has it.
    Raw,
}

impl Converter {
    /// The converter of a data block type; `None` for types without sub-channel.
    pub fn of(kind: DataBlockType) -> Option<Self> {
        match kind {
            DataBlockType::RAW_PQ => Some(Self::Pq),
            DataBlockType::RAW_PW_COOKED => Some(Self::Packed(Box::default())),
            DataBlockType::RAW_PW => Some(Self::Raw),
            _ => None,
        }
    }

    /// Bytes of a block.
    pub const fn block_bytes(&self) -> usize {
        match self {
            Self::Pq => BLOCK_PQ,
            Self::Packed(_) | Self::Raw => FRAME,
        }
    }

    /// The frames of whole blocks.
    pub fn frames(&mut self, blocks: &[u8]) -> Vec<u8> {
        match self {
            Self::Raw => blocks.to_vec(),
            Self::Pq => {
                let (blocks, _) = blocks.as_chunks::<BLOCK_PQ>();
                let mut frames = Vec::with_capacity(blocks.len() * FRAME);
                for block in blocks {
                    let (main, sub) = block.split_at(MAIN);
                    let mut raw = [0; SUB_CHANNEL_BYTES];
                    if let Some(sub) = sub.first_chunk() {
                        let (q, p) = from_pq16(sub);
                        set_pq(&mut raw, p, QFrame::seal(q.body()));
                    }
                    frames.extend_from_slice(main);
                    frames.extend_from_slice(&raw);
                }
                frames
            }
            Self::Packed(interleaver) => {
                let mut frames = blocks.to_vec();
                let (each, _) = frames.as_chunks_mut::<FRAME>();
                for frame in each {
                    if let Some(sub) = frame.last_chunk_mut::<SUB_CHANNEL_BYTES>() {
                        *sub = interleaver.packed_to_raw(sub);
                    }
                }
                frames
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cd_format::sub_channel::interleave::q_frame;
    use cd_format::sub_channel::pq16::to_pq16_not_inverted;

    use super::*;

    #[test]
    fn the_crc_of_the_16_byte_form_is_made_by_the_drive() {
        // TOC A0 of a disc whose first track is 1; the CRC is 2163h (ECMA-130 22.3.6).
        let q = QFrame::seal([0x01, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0]);
        let mut block = vec![0x55; MAIN];
        block.extend(to_pq16_not_inverted(q, true));
        let frames = Converter::Pq.frames(&block);
        let sub: &[u8; SUB_CHANNEL_BYTES] = frames.last_chunk().unwrap();
        assert_eq!(q_frame(sub).to_bytes()[10..], [0x21, 0x63]);
        assert!(sub.iter().all(|byte| byte & 0x80 != 0 && byte & 0x3F == 0));
    }
}
