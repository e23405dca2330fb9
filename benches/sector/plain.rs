//! The yardstick: one table for the EDC, one for the multiplication by α and one for the division
//! by α + 1, codeword by codeword. What one writes first, and what many programs have.

use cd_format::sector::Sector;
use cd_format::sector::scramble::SEQUENCE;

pub type User = [u8; 2048];

pub struct Encoder {
    edc: [u32; 256],
    by_alpha: [u8; 256],
    by_alpha_plus_one: [u8; 256],
}

impl Encoder {
    pub fn new() -> Self {
        let edc = core::array::from_fn(|n| {
            (0..8).fold(n as u32, |code, _| code >> 1 ^ if code & 1 != 0 { 0xD801_8001 } else { 0 })
        });
        let by_alpha = core::array::from_fn(|n| (n << 1 ^ if n & 0x80 != 0 { 0x11D } else { 0 }) as u8);
        let mut by_alpha_plus_one = [0; 256];
        for n in 0..256 {
            by_alpha_plus_one[n ^ usize::from(by_alpha[n])] = n as u8;
        }
        Self { edc, by_alpha, by_alpha_plus_one }
    }

    pub fn encode(&self, users: &[User], out: &mut [Sector]) {
        for (n, (user, out)) in users.iter().zip(out).enumerate() {
            self.sector(n + 150, user, out);
        }
    }

    fn sector(&self, time: usize, user: &User, out: &mut Sector) {
        let bcd = |n: usize| (n / 10 * 16 + n % 10) as u8;
        out[0] = 0;
        out[1..11].fill(0xFF);
        out[11] = 0;
        out[12..16].copy_from_slice(&[bcd(time / 4500), bcd(time / 75 % 60), bcd(time % 75), 1]);
        out[16..2064].copy_from_slice(user);
        let code =
            out[..2064].iter().fold(0u32, |code, byte| code >> 8 ^ self.edc[usize::from(code as u8 ^ byte)]);
        out[2064..2068].copy_from_slice(&code.to_le_bytes());
        out[2068..2076].fill(0);
        let block: &mut [u8; 2340] = (&mut out[12..]).try_into().unwrap();
        self.parity(block, 86, 24, 2, 86, 2064);
        self.parity(block, 52, 43, 86, 88, 2236);
        for (byte, mask) in block.iter_mut().zip(&SEQUENCE) {
            *byte ^= mask;
        }
    }

    fn parity(&self, block: &mut [u8; 2340], count: usize, len: usize, next: usize, step: usize, at: usize) {
        let size = count * len;
        for n in 0..count {
            let mut place = n / 2 * next + n % 2;
            let (mut plain, mut weighted) = (0, 0);
            for _ in 0..len {
                let byte = block[place];
                plain ^= byte;
                weighted = self.by_alpha[usize::from(weighted ^ byte)];
                place += step;
                if place >= size {
                    place -= size;
                }
            }
            let first = self.by_alpha_plus_one[usize::from(self.by_alpha[usize::from(weighted)] ^ plain)];
            block[at + n] = first;
            block[at + count + n] = first ^ plain;
        }
    }
}
