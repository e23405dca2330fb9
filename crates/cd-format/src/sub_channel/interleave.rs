//! The 96 bytes as they lie on the disc, one bit of every channel in each, and channel by channel.
//!
//! On the disc, byte `i` has bit `i` of every channel, most significant first: P in bit 7, W in
//! bit 0 (ECMA-130 22, MMC "Sub-channel data"). Eight such bytes are one byte of each channel, so
//! changing form is twelve times the transposition of eight bytes by eight bits.

use super::q::QFrame;

/// Bytes of sub-channel beside a sector, sync left out.
pub const SUB_CHANNEL_BYTES: usize = 96;

/// Twelve bytes of each channel, P first. Flattened, the form of `.sub` files.
pub type Channels = [[u8; 12]; 8];

/// From channel by channel to the disc's form.
pub fn interleave(channels: &Channels) -> [u8; SUB_CHANNEL_BYTES] {
    let mut raw = [0; SUB_CHANNEL_BYTES];
    let (bytes, _) = raw.as_chunks_mut::<8>();
    for (k, out) in bytes.iter_mut().enumerate() {
        *out = transpose(channels.map(|channel| channel[k]));
    }
    raw
}

/// From the disc's form to channel by channel.
pub fn deinterleave(raw: &[u8; SUB_CHANNEL_BYTES]) -> Channels {
    let mut channels = [[0; 12]; 8];
    let (bytes, _) = raw.as_chunks::<8>();
    for (k, bits) in bytes.iter().enumerate() {
        for (channel, byte) in channels.iter_mut().zip(transpose(*bits)) {
            channel[k] = byte;
        }
    }
    channels
}

/// Puts a sector's P bit and Q frame where the disc has them; R to W stay as they are.
pub fn set_pq(raw: &mut [u8; SUB_CHANNEL_BYTES], p: bool, q: QFrame) {
    let p = if p { P_BITS } else { 0 };
    let (bytes, _) = raw.as_chunks_mut::<8>();
    for (out, byte) in bytes.iter_mut().zip(q.to_bytes()) {
        let rw = u64::from_le_bytes(*out) & RW_BITS;
        *out = (rw | p | spread(byte) >> 1).to_le_bytes();
    }
}

/// The Q frame of the disc's form.
pub fn q_frame(raw: &[u8; SUB_CHANNEL_BYTES]) -> QFrame {
    let (bytes, _) = raw.as_chunks::<8>();
    let mut q = [0; QFrame::BYTES];
    for (to, from) in q.iter_mut().zip(bytes) {
        *to = gather(u64::from_le_bytes(*from) << 1);
    }
    QFrame::from_bytes(q)
}

/// The P channel of the disc's form. A sector has all its bits alike; where a drive misread some,
/// [`p_bit`] takes the majority.
pub fn p_channel(raw: &[u8; SUB_CHANNEL_BYTES]) -> [u8; 12] {
    let (bytes, _) = raw.as_chunks::<8>();
    let mut p = [0; 12];
    for (to, from) in p.iter_mut().zip(bytes) {
        *to = gather(u64::from_le_bytes(*from));
    }
    p
}

/// What most of the sector's P bits are; a draw is 0.
pub fn p_bit(raw: &[u8; SUB_CHANNEL_BYTES]) -> bool {
    p_channel(raw).iter().map(|byte| byte.count_ones()).sum::<u32>() > 48
}

const P_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
const RW_BITS: u64 = u64::from_ne_bytes([0x3F; 8]);

/// Bit 7 of `byte` into bit 7 of the first of eight bytes, bit 0 into that of the last.
const fn spread(byte: u8) -> u64 {
    let chosen = (byte as u64 * 0x0101_0101_0101_0101) & 0x0102_0408_1020_4080;
    // No byte is above 80h, so the addition carries into bit 7 and no further.
    (chosen + 0x7F7F_7F7F_7F7F_7F7F) & P_BITS
}

/// The opposite of [`spread`]; other bits do not count.
const fn gather(bits: u64) -> u8 {
    // The 64 products have 64 different places; eight of them are the top byte.
    ((bits >> 7 & 0x0101_0101_0101_0101).wrapping_mul(0x8040_2010_0804_0201) >> 56) as u8
}

/// Rows to columns: bit 7 - `c` of byte `r` becomes bit 7 - `r` of byte `c`. Swaps halves of ever
/// larger blocks over the diagonal (Warren, "Hacker's Delight", transposing a bit matrix).
const fn transpose(rows: [u8; 8]) -> [u8; 8] {
    let mut x = u64::from_be_bytes(rows);
    let t = (x ^ x >> 7) & 0x00AA_00AA_00AA_00AA;
    x ^= t ^ t << 7;
    let t = (x ^ x >> 14) & 0x0000_CCCC_0000_CCCC;
    x ^= t ^ t << 14;
    let t = (x ^ x >> 28) & 0x0000_0000_F0F0_F0F0;
    x ^= t ^ t << 28;
    x.to_be_bytes()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, bit by bit: byte `i` has bit `i` of channel `c` in bit 7 - `c`.
    pub(in super::super) fn bit_by_bit(channels: &Channels) -> [u8; SUB_CHANNEL_BYTES] {
        core::array::from_fn(|i| {
            (0..8).fold(0, |byte, c| byte | (channels[c][i / 8] >> (7 - i % 8) & 1) << (7 - c))
        })
    }

    /// By hand: P all 1, and Q's first byte 41h, so bits 1 and 7 of Q.
    #[test]
    fn p_is_bit_7_and_q_bit_6() {
        let mut channels = [[0; 12]; 8];
        channels[0] = [0xFF; 12];
        channels[1][0] = 0x41;
        channels[7][11] = 0x01;
        let raw = interleave(&channels);
        assert_eq!(raw[..8], [0x80, 0xC0, 0x80, 0x80, 0x80, 0x80, 0x80, 0xC0]);
        assert_eq!(raw[95], 0x81);
        assert!(p_bit(&raw));
    }

    proptest! {
        #[test]
        fn both_ways_agree_with_the_definition(bytes in prop::array::uniform8(any::<[u8; 12]>())) {
            let raw = interleave(&bytes);
            prop_assert_eq!(raw, bit_by_bit(&bytes));
            prop_assert_eq!(deinterleave(&raw), bytes);
            prop_assert_eq!(q_frame(&raw).to_bytes(), bytes[1]);
            prop_assert_eq!(p_channel(&raw), bytes[0]);
        }

        #[test]
        fn setting_p_and_q_leaves_the_others(mut channels in prop::array::uniform8(any::<[u8; 12]>()), p: bool, q: [u8; 12]) {
            let mut raw = interleave(&channels);
            set_pq(&mut raw, p, QFrame::from_bytes(q));
            channels[0] = [if p { 0xFF } else { 0 }; 12];
            channels[1] = q;
            prop_assert_eq!(raw, bit_by_bit(&channels));
            prop_assert_eq!(p_bit(&raw), p);
        }
    }
}
