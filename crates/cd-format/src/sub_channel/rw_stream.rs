//! R-W packs on their way to the disc and back: interleaved over eight packs, or plain.
//!
//! The disc spreads a pack over three sectors. Seen from the sender, symbols 1 and 18, 2 and 5, 3
//! and 23 change places, and then the symbol at place `c` of pack `n` travels in pack `n + c mod 8`
//! (IEC 60908, channels R to W, as redumper reads them).
//!
//! Data block type 2, "packed", has the packs as they are, in bits 5 to 0 of its 96 bytes; P and Q
//! in bits 7 and 6 belong to the sector they lie beside, and are not delayed (club.myce.com thread
//! 151669).

use super::interleave::{SUB_CHANNEL_BYTES, p_bit, q_frame, set_pq};
use super::q::QFrame;
use super::rw_pack::{PACK_SYMBOLS, PACKS_PER_SECTOR, RwPack};

/// Packs between one's first symbol on the disc and its last.
pub const DELAY_PACKS: usize = 7;

/// From packs to the disc's symbols. Before the first pack lie zeros.
#[derive(Clone, Debug, Default)]
pub struct RwInterleaver {
    delays: Delays,
}

impl RwInterleaver {
    /// The 24 symbols that the disc has at this pack's place: some of its own, some of the seven
    /// packs before.
    pub fn push(&mut self, pack: &RwPack) -> [u8; PACK_SYMBOLS] {
        self.delays.push(&swapped(*pack.symbols()), BY_PLACE)
    }

    /// The R-W symbols of a sector, bits 7 and 6 zero.
    pub fn sector(&mut self, packs: &[RwPack; PACKS_PER_SECTOR]) -> [u8; SUB_CHANNEL_BYTES] {
        let mut raw = [0; SUB_CHANNEL_BYTES];
        let (out, _) = raw.as_chunks_mut::<PACK_SYMBOLS>();
        for (out, pack) in out.iter_mut().zip(packs) {
            *out = self.push(pack);
        }
        raw
    }

    /// From the packed form of a sector to the disc's; P and Q stay where they are.
    pub fn packed_to_raw(&mut self, packed: &[u8; SUB_CHANNEL_BYTES]) -> [u8; SUB_CHANNEL_BYTES] {
        let mut raw = self.sector(&packs_of(packed));
        for (out, byte) in raw.iter_mut().zip(packed) {
            *out |= byte & 0xC0;
        }
        raw
    }
}

/// From the disc's symbols to packs. A pack is there when [`DELAY_PACKS`] more have been seen.
#[derive(Clone, Debug, Default)]
pub struct RwDeinterleaver {
    delays: Delays,
}

impl RwDeinterleaver {
    /// The pack seven places back, now that its last symbol is here. Of each byte the low six bits
    /// count. The first seven packs that come out are older than what went in.
    pub fn push(&mut self, symbols: &[u8; PACK_SYMBOLS]) -> RwPack {
        RwPack::from_symbols(swapped(self.delays.push(symbols, BY_REST)))
    }

    /// The packs that four more on the disc complete. Bits 7 and 6 do not count.
    pub fn sector(&mut self, raw: &[u8; SUB_CHANNEL_BYTES]) -> [RwPack; PACKS_PER_SECTOR] {
        let (symbols, _) = raw.as_chunks::<PACK_SYMBOLS>();
        let mut packs = [RwPack::default(); PACKS_PER_SECTOR];
        for (pack, symbols) in packs.iter_mut().zip(symbols) {
            *pack = self.push(symbols);
        }
        packs
    }
}

/// A sector's sub-channel in the packed form of data block type 2.
pub fn to_packed(q: QFrame, p: bool, packs: &[RwPack; PACKS_PER_SECTOR]) -> [u8; SUB_CHANNEL_BYTES] {
    let mut packed = [0; SUB_CHANNEL_BYTES];
    let (out, _) = packed.as_chunks_mut::<PACK_SYMBOLS>();
    for (out, pack) in out.iter_mut().zip(packs) {
        *out = *pack.symbols();
    }
    set_pq(&mut packed, p, q);
    packed
}

/// Q frame, P bit and packs of the packed form.
pub fn from_packed(packed: &[u8; SUB_CHANNEL_BYTES]) -> (QFrame, bool, [RwPack; PACKS_PER_SECTOR]) {
    (q_frame(packed), p_bit(packed), packs_of(packed))
}

fn packs_of(packed: &[u8; SUB_CHANNEL_BYTES]) -> [RwPack; PACKS_PER_SECTOR] {
    let (symbols, _) = packed.as_chunks::<PACK_SYMBOLS>();
    let mut packs = [RwPack::default(); PACKS_PER_SECTOR];
    for (pack, symbols) in packs.iter_mut().zip(symbols) {
        *pack = RwPack::from_symbols(*symbols);
    }
    packs
}

/// Its own opposite.
const fn swapped(mut symbols: [u8; PACK_SYMBOLS]) -> [u8; PACK_SYMBOLS] {
    symbols.swap(1, 18);
    symbols.swap(2, 5);
    symbols.swap(3, 23);
    symbols
}

/// Delays each symbol of a pack by up to seven packs, by what its place asks for.
///
/// A delay of `c` packs is one of 1, one of 2 and one of 4, each taken or not by a bit of `c`: so all
/// symbols of a pack pass three stages together, and a mask chooses who is delayed in each.
#[derive(Clone, Debug, Default)]
struct Delays {
    /// One pack for the stage of 1, two for that of 2, four for that of 4.
    waiting: [[u64; PACK_SYMBOLS / 8]; 7],
    packs: usize,
}

impl Delays {
    /// `masks` has 1 for the symbols that stages 1, 2 and 4 delay, the first symbol lowest.
    fn push(&mut self, pack: &[u8; PACK_SYMBOLS], masks: [u64; 3]) -> [u8; PACK_SYMBOLS] {
        let (symbols, _) = pack.as_chunks::<8>();
        let mut now = [0; PACK_SYMBOLS / 8];
        for (word, symbols) in now.iter_mut().zip(symbols) {
            *word = u64::from_le_bytes(*symbols);
        }
        for (delay, mask) in [1, 2, 4].into_iter().zip(masks) {
            let slot = &mut self.waiting[delay - 1 + self.packs % delay];
            for (now, old) in now.iter_mut().zip(slot) {
                let passed = *now & !mask | *old & mask;
                *old = core::mem::replace(now, passed);
            }
        }
        self.packs = self.packs.wrapping_add(1);
        let mut out = [0; PACK_SYMBOLS];
        let (symbols, _) = out.as_chunks_mut::<8>();
        for (symbols, word) in symbols.iter_mut().zip(now) {
            *symbols = word.to_le_bytes();
        }
        out
    }
}

/// Bits 0, 1 and 2 of a symbol's place, as masks of bytes.
const BY_PLACE: [u64; 3] = [0xFF00_FF00_FF00_FF00, 0xFFFF_0000_FFFF_0000, 0xFFFF_FFFF_0000_0000];
/// The rest to seven.
const BY_REST: [u64; 3] = [!BY_PLACE[0], !BY_PLACE[1], !BY_PLACE[2]];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the rule: symbol 1 changes places with 18, and 18 mod 8 is 2; symbol 18 with 1; 0 stays.
    #[test]
    fn a_lone_pack_spreads_over_three_sectors() {
        let symbols = core::array::from_fn(|n| n as u8 + 1);
        let mut encoder = RwInterleaver::default();
        let mut disc = vec![encoder.push(&RwPack::from_symbols(symbols))];
        disc.extend((0..8).map(|_| encoder.push(&RwPack::default())));
        let seen = |pack: usize| {
            disc[pack].iter().enumerate().filter(|(_, s)| **s != 0).map(|(c, s)| (c, *s)).collect::<Vec<_>>()
        };
        assert_eq!(seen(0), [(0, 1), (8, 9), (16, 17)]);
        assert_eq!(seen(1), [(1, 19), (9, 10), (17, 18)]);
        assert_eq!(seen(2), [(2, 6), (10, 11), (18, 2)]);
        assert_eq!(seen(3), [(3, 24), (11, 12), (19, 20)]);
        assert_eq!(seen(5), [(5, 3), (13, 14), (21, 22)]);
        assert_eq!(seen(7), [(7, 8), (15, 16), (23, 4)]);
        assert_eq!(seen(8), []);
    }

    fn sectors() -> impl Strategy<Value = Vec<[RwPack; 4]>> {
        let pack = || any::<[u8; 24]>().prop_map(RwPack::from_symbols);
        prop::collection::vec([pack(), pack(), pack(), pack()], 3..12)
    }

    proptest! {
        #[test]
        fn packs_come_back_seven_later(sectors in sectors()) {
            let (mut encoder, mut decoder) = (RwInterleaver::default(), RwDeinterleaver::default());
            let seen: Vec<RwPack> =
                sectors.iter().flat_map(|packs| decoder.sector(&encoder.sector(packs))).collect();
            let sent: Vec<RwPack> = sectors.concat();
            prop_assert_eq!(&seen[DELAY_PACKS..], &sent[..sent.len() - DELAY_PACKS]);
        }

        /// The rule word for word: each symbol is sent to its place, over the whole stream at once.
        #[test]
        fn the_stream_agrees_with_the_rule(sectors in sectors()) {
            let sent: Vec<RwPack> = sectors.concat();
            let mut disc = vec![[0; 24]; sent.len() + 8];
            for (n, pack) in sent.iter().enumerate() {
                for (symbol, value) in pack.symbols().iter().enumerate() {
                    let c = match symbol { 1 => 18, 18 => 1, 2 => 5, 5 => 2, 3 => 23, 23 => 3, c => c };
                    disc[n + c % 8][c] = *value;
                }
            }
            let mut encoder = RwInterleaver::default();
            let raw: Vec<u8> = sectors.iter().flat_map(|packs| encoder.sector(packs)).collect();
            prop_assert_eq!(raw, disc[..sent.len()].concat());
        }

        #[test]
        fn p_and_q_are_not_delayed(q: [u8; 12], p: bool, packs: [[u8; 24]; 4]) {
            let packs = packs.map(RwPack::from_symbols);
            let q = QFrame::from_bytes(q);
            let packed = to_packed(q, p, &packs);
            prop_assert_eq!(from_packed(&packed), (q, p, packs));
            let raw = RwInterleaver::default().packed_to_raw(&packed);
            prop_assert_eq!((q_frame(&raw), p_bit(&raw)), (q, p));
            prop_assert_eq!(raw.map(|byte| byte & 0x3F), RwInterleaver::default().sector(&packs));
        }
    }
}
