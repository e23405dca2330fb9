//! Packs of the channels R to W: 24 symbols of six bits, four packs a sector (CD+G, CD-MIDI).
//!
//! | symbols | hold |
//! |---|---|
//! | 0 | mode (bits 5-3) and item (bits 2-0) |
//! | 1 | instruction |
//! | 2, 3 | parity Q over symbols 0 to 3 |
//! | 4 to 19 | data |
//! | 20 to 23 | parity P over all |
//!
//! Both codes are Reed-Solomon over GF(2^6) with zeros at 2^0, 2^1, ...; the first
//! symbol is the highest power. Sources: IEC 60908, channels R to W, as redumper reads
//! them.

use super::gf64::{div, log, mul, power, slow_mul};

/// Symbols of a pack.
pub const PACK_SYMBOLS: usize = 24;
/// Packs of a sector.
pub const PACKS_PER_SECTOR: usize = 4;

/// A pack. Every symbol is below 64.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct RwPack([u8; PACK_SYMBOLS]);

/// What [`RwPack::correct`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Correction {
    /// Nothing to correct.
    Intact,
    /// So many symbols, 1 or 2, were wrong and are right now.
    Corrected(u8),
    /// More symbols are wrong than can be found; the pack is as it was.
    Uncorrectable,
}

impl RwPack {
    /// Mode and item, instruction and data, with the parity that they ask for. Of each byte the low
    /// six bits count.
    pub fn new(mode_item: u8, instruction: u8, data: [u8; 16]) -> Self {
        let mut symbols = [0; PACK_SYMBOLS];
        symbols[0] = mode_item;
        symbols[1] = instruction;
        symbols[4..20].copy_from_slice(&data);
        Self::from_symbols(symbols).with_parity()
    }

    /// The pack of these symbols, parity right or not. Of each byte the low six bits count.
    pub fn from_symbols(symbols: [u8; PACK_SYMBOLS]) -> Self {
        Self(symbols.map(|symbol| symbol & 0x3F))
    }

    /// The symbols, each below 64.
    pub const fn symbols(&self) -> &[u8; PACK_SYMBOLS] {
        &self.0
    }

    /// Mode, 0 to 7: 0 nothing, 1 graphics.
    pub const fn mode(&self) -> u8 {
        self.0[0] >> 3
    }

    /// Item, 0 to 7: with mode 1, item 1 is TV graphics.
    pub const fn item(&self) -> u8 {
        self.0[0] & 7
    }

    /// The same mode, item, instruction and data, with the parity that they ask for.
    pub fn with_parity(mut self) -> Self {
        let q = self.q_parity();
        self.0[2..4].copy_from_slice(&q);
        let p = self.p_parity();
        self.0[20..].copy_from_slice(&p);
        self
    }

    /// Whether parity Q fits symbols 0 to 3.
    pub fn q_ok(&self) -> bool {
        self.0[2..4] == self.q_parity()
    }

    /// Whether parity P fits all.
    pub fn p_ok(&self) -> bool {
        self.0[20..] == self.p_parity()
    }

    /// What symbols 0 and 1 ask for.
    fn q_parity(&self) -> [u8; 2] {
        let [first, second] = [0, 1].map(|n| usize::from(self.0[n] & 0x3F));
        (Q_PARITY[0][first] ^ Q_PARITY[1][second]).to_be_bytes()
    }

    /// What symbols 0 to 19 ask for.
    fn p_parity(&self) -> [u8; 4] {
        let rows = self.0[..20].iter().zip(&P_PARITY);
        rows.fold(0, |sum, (symbol, row)| sum ^ row[usize::from(symbol & 0x3F)]).to_be_bytes()
    }

    /// Whether both parities fit.
    pub fn is_intact(&self) -> bool {
        self.q_ok() && self.p_ok()
    }

    /// Corrects up to two wrong symbols by parity P, and says how many it were.
    ///
    /// Where P cannot, Q may still find one among symbols 0 to 3. What comes out fits both parities,
    /// or else the pack is left as it was: a sender that leaves parity zero is uncorrectable, and
    /// more errors than the code can find may, as with any code, look like fewer.
    pub fn correct(&mut self) -> Correction {
        if self.is_intact() {
            return Correction::Intact;
        }
        if let Some((fixed, count)) = self.corrected_by_p()
            && fixed.is_intact()
        {
            *self = fixed;
            return Correction::Corrected(count);
        }
        if let Some(once) = self.corrected_by_q() {
            if once.p_ok() {
                *self = once;
                return Correction::Corrected(1);
            }
            if let Some((fixed, count)) = once.corrected_by_p()
                && fixed.is_intact()
            {
                *self = fixed;
                return Correction::Corrected(count + 1);
            }
        }
        Correction::Uncorrectable
    }

    /// One wrong symbol has the value S0 and the place S1 / S0, as a power of 2 from the end.
    fn corrected_by_q(&self) -> Option<Self> {
        let [s0, s1] = syndromes::<2>(&self.0[..4]);
        if s0 == 0 || s1 == 0 {
            return None;
        }
        let place = 3usize.checked_sub(log(div(s1, s0)).into())?;
        let mut fixed = *self;
        fixed.0[place] ^= s0;
        Some(fixed)
    }

    /// One or two wrong symbols, by Peterson, Gorenstein and Zierler: the locators x, y are the roots
    /// of z^2 + az + b.
    fn corrected_by_p(&self) -> Option<(Self, u8)> {
        let [s0, s1, s2, s3] = syndromes::<4>(&self.0);
        let mut fixed = *self;
        let determinant = mul(s0, s2) ^ mul(s1, s1);
        if determinant == 0 {
            if s0 == 0 || s1 == 0 {
                return None;
            }
            let place = (PACK_SYMBOLS - 1).checked_sub(log(div(s1, s0)).into())?;
            fixed.0[place] ^= s0;
            return fixed.p_ok().then_some((fixed, 1));
        }
        let a = div(mul(s0, s3) ^ mul(s1, s2), determinant);
        let b = div(mul(s1, s3) ^ mul(s2, s2), determinant);
        let mut roots = (0..PACK_SYMBOLS).filter(|n| {
            let z = power(*n);
            mul(z, z) ^ mul(a, z) ^ b == 0
        });
        let (first, second) = (roots.next()?, roots.next()?);
        let (x, y) = (power(first), power(second));
        let at_y = div(s1 ^ mul(s0, x), x ^ y);
        fixed.0[PACK_SYMBOLS - 1 - first] ^= s0 ^ at_y;
        fixed.0[PACK_SYMBOLS - 1 - second] ^= at_y;
        fixed.p_ok().then_some((fixed, 2))
    }
}

/// The word's polynomial at 2^0, 2^1, ...: all zero when the parity fits.
fn syndromes<const N: usize>(word: &[u8]) -> [u8; N] {
    core::array::from_fn(|n| word.iter().fold(0, |sum, symbol| mul(sum, power(n)) ^ symbol))
}

/// What each value of symbols 0 and 1 adds to the two symbols of parity Q.
static Q_PARITY: [[u16; 64]; 2] = {
    let mut table = [[0; 64]; 2];
    let mut place = 0;
    while place < 2 {
        let mut symbol = 0;
        while symbol < 64 {
            table[place][symbol] = remainder(symbol as u8, 3 - place, 2) as u16;
            symbol += 1;
        }
        place += 1;
    }
    table
};

/// What each value of each symbol before it adds to the four symbols of parity P.
static P_PARITY: [[u32; 64]; 20] = {
    let mut table = [[0; 64]; 20];
    let mut place = 0;
    while place < 20 {
        let mut symbol = 0;
        while symbol < 64 {
            table[place][symbol] = remainder(symbol as u8, 23 - place, 4);
            symbol += 1;
        }
        place += 1;
    }
    table
};

/// `symbol` times x^`power` modulo the generator of `parity` zeros; a byte each, highest first.
const fn remainder(symbol: u8, power: usize, parity: usize) -> u32 {
    // The generator, lowest power first: the product of x + 2^n.
    let mut generator = [0u8; 5];
    generator[0] = 1;
    let (mut zero, mut n) = (1, 0);
    while n < parity {
        let mut k = n + 1;
        while k > 0 {
            generator[k] = generator[k - 1] ^ slow_mul(generator[k], zero);
            k -= 1;
        }
        generator[0] = slow_mul(generator[0], zero);
        zero = slow_mul(zero, 2);
        n += 1;
    }
    // Times x, over and over, taking away the generator.
    let mut rest = [0u8; 5];
    rest[0] = symbol;
    let mut step = 0;
    while step < power {
        let mut k = parity;
        while k > 0 {
            rest[k] = rest[k - 1];
            k -= 1;
        }
        rest[0] = 0;
        let top = rest[parity];
        k = 0;
        while k <= parity {
            rest[k] ^= slow_mul(generator[k], top);
            k += 1;
        }
        step += 1;
    }
    let mut packed = 0;
    let mut k = parity;
    while k > 0 {
        packed = packed << 8 | rest[k - 1] as u32;
        k -= 1;
    }
    packed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Worked by hand. Q: s2 + s3 = s0 + s1 and 8 s0 + 4 s1 + 2 s2 + s3 = 0, so 0 1 asks for 3 2, 1 0
    /// for 7 6, and CD+G's mode 1 item 1, "memory preset", 09h 01h for 3Ch 34h.
    #[test]
    fn parity_q_is_what_two_equations_give() {
        for (mode_item, instruction, parity) in [(0, 1, [3, 2]), (1, 0, [7, 6]), (0x09, 1, [0x3C, 0x34])] {
            let pack = RwPack::new(mode_item, instruction, [0; 16]);
            assert_eq!(pack.symbols()[2..4], parity);
            assert!(pack.is_intact());
        }
    }

    /// Worked by hand: (x + 1)(x + 2)(x + 4)(x + 8) = x^4 + 15 x^3 + 54 x^2 + 59 x + 3.
    #[test]
    fn the_last_data_symbol_has_the_generator_for_parity() {
        let mut data = [0; 16];
        data[15] = 1;
        assert_eq!(RwPack::new(0, 0, data).symbols()[20..], [15, 54, 59, 3]);
    }

    #[test]
    fn an_empty_pack_is_intact() {
        assert_eq!(RwPack::default().correct(), Correction::Intact);
    }

    /// Long division, symbol by symbol, with products by shifting.
    fn long_division(word: &[u8], generator: &[u8]) -> Vec<u8> {
        let mut rest = word.to_vec();
        rest.resize(word.len() + generator.len() - 1, 0);
        for n in 0..word.len() {
            let lead = rest[n];
            for (k, factor) in generator.iter().enumerate() {
                rest[n + k] ^= slow_mul(lead, *factor);
            }
        }
        rest.split_off(word.len())
    }

    fn pack() -> impl Strategy<Value = RwPack> {
        any::<[u8; 24]>().prop_map(|symbols| RwPack::from_symbols(symbols).with_parity())
    }

    proptest! {
        #[test]
        fn parity_agrees_with_long_division(pack in pack()) {
            let symbols = pack.symbols();
            prop_assert_eq!(&symbols[2..4], &long_division(&symbols[..2], &[1, 3, 2])[..]);
            prop_assert_eq!(&symbols[20..], &long_division(&symbols[..20], &[1, 15, 54, 59, 3])[..]);
            prop_assert!(pack.is_intact());
        }

        #[test]
        fn up_to_two_wrong_symbols_are_found(
            sent in pack(),
            errors in prop::collection::btree_map(0usize..24, 1u8..64, 1..=2),
        ) {
            let mut seen = sent;
            for (place, error) in &errors {
                seen.0[*place] ^= error;
            }
            prop_assert!(!seen.is_intact());
            prop_assert_eq!(seen.correct(), Correction::Corrected(errors.len() as u8));
            prop_assert_eq!(seen, sent);
        }

        #[test]
        fn what_comes_out_is_intact_or_as_it_was(symbols: [u8; 24]) {
            let before = RwPack::from_symbols(symbols);
            let mut pack = before;
            match pack.correct() {
                Correction::Uncorrectable => prop_assert_eq!(pack, before),
                _ => prop_assert!(pack.is_intact()),
            }
        }
    }
}
