//! The eight sub-channels, P to W: 96 bytes beside every sector.
//!
//! Of a sector's 98 sub-code bytes two are sync. Each of the other 96 carries one bit of every
//! channel, P in bit 7 down to W in bit 0; a channel so has 12 bytes a sector.
//!
//! | module | holds | source |
//! |---|---|---|
//! | [`q`] | [`QFrame`]: where on the disc this is, and the CRC over it | ECMA-130 22.3 |
//! | [`codes`] | [`Mcn`], [`Isrc`] | ECMA-130 22.3, ISO 3901 |
//! | [`interleave`] | the 96 bytes as they lie on the disc, and channel by channel | ECMA-130 22 |
//! | [`pq16`] | P and Q alone in 16 bytes, data block type 1 | MMC "Write Parameters" |
//! | [`rw_pack`] | [`RwPack`]: 24 symbols of R to W, parity, correction | IEC 60908, channels R to W |
//! | [`rw_stream`] | packs spread over the disc, and the packed form of data block type 2 | same |
//! | [`cd_text_symbols`] | CD-TEXT in the R to W of the lead-in | libburn's doc/cdtext.txt |

pub mod cd_text_symbols;
pub mod codes;
mod gf64;
pub mod interleave;
pub mod pq16;
pub mod q;
pub mod rw_pack;
pub mod rw_stream;

pub use codes::{CodeError, Isrc, Mcn};
pub use interleave::{Channels, SUB_CHANNEL_BYTES};
pub use q::{CrcState, LEAD_OUT_TNO, QContent, QError, QFrame};
pub use rw_pack::{Correction, RwPack};
pub use rw_stream::{RwDeinterleaver, RwInterleaver};
