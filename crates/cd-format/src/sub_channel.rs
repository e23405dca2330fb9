//! The eight sub-channels, P to W: 96 bytes beside every sector.
//!
//! Of a sector's 98 sub-code bytes two are sync. Each of the other 96 carries one bit of every
//! channel, P in bit 7 down to W in bit 0; a channel so has 12 bytes a sector.
//!
//! | module | holds | source |
//! |---|---|---|
//! | [`q`] | [`QFrame`]: where on the disc this is, and the CRC over it | ECMA-130 22.3 |
//! | [`codes`] | [`Mcn`], [`Isrc`] | ECMA-130 22.3, ISO 3901 |

pub mod codes;
pub mod q;

pub use codes::{CodeError, Isrc, Mcn};
pub use q::{CrcState, LEAD_OUT_TNO, QContent, QError, QFrame};
