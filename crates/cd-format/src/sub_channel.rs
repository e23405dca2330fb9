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
//! | [`layout`] | [`SessionLayout`]: tracks, pauses, indexes, codes | |
//! | [`plan`] | [`SubChannelPlan`]: P and Q of every block of a session | ECMA-130 22, IEC 60908 |
//! | [`lead_in`] | Q of the lead-in | IEC 60908 |
//! | [`p`] | when P is set | ECMA-130 22.2 |
//! | [`rules`] | [`Rules`]: where burning programs part ways, one default and the others by name | |

pub mod cd_text_symbols;
pub mod codes;
mod gf64;
pub mod interleave;
pub mod layout;
pub mod lead_in;
pub mod p;
pub mod plan;
pub mod pq16;
mod program;
pub mod q;
pub mod rules;
pub mod rw_pack;
pub mod rw_stream;

pub use codes::{CodeError, Isrc, Mcn};
pub use interleave::{Channels, SUB_CHANNEL_BYTES};
pub use layout::{PlanError, SessionLayout, TrackLayout};
pub use plan::{Frames, SubChannelPlan};
pub use q::{CrcState, LEAD_OUT_TNO, QContent, QError, QFrame};
pub use rules::Rules;
pub use rw_pack::{Correction, RwPack};
pub use rw_stream::{RwDeinterleaver, RwInterleaver};
