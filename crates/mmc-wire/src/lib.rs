//! MMC on the wire: every command and data block as a value, and nothing about what they do.
//!
//! Read [`command`] first: one table holds every command, and each row names a type of
//! [`command`]'s submodules. Then [`Cdb`], the trait a command descriptor block has, and
//! [`Sense`], what a drive says when it says no.
//!
//! | module | holds |
//! |---|---|
//! | [`layout`] | where a field lies in a CDB, and the macro that makes a CDB from its fields |
//! | [`command`] | the command table and the CDB types, a file a family |
//! | [`sense`] | sense triples with names, sense data in both formats |
//! | [`parse`] | the error that knows byte and bit, and nom's side of it |
//! | [`block`] | data blocks: what commands return and take |
//!
//! Two rules hold everywhere. **A CDB's reserved bits are refused, a reply's are ignored**: the
//! drive is asked to be strict with hosts, the host to be lenient with drives. **Numbers stay
//! open**: a value that this crate does not know is kept, printed and emitted again.
//!
//! Never here: I/O, time, drive behaviour. Sources are named at each type by standard and
//! clause title; where no standard could be had, by the vendor manual or log that shows it.
#![forbid(unsafe_code)]

pub mod block;
pub mod command;
pub mod layout;
pub mod parse;
pub mod sense;

pub use block::{Block, Query};
pub use command::{Command, OtherCdb, Row};
pub use layout::{Cdb, CdbBytes, Place};
pub use parse::FieldError;
pub use sense::{Sense, SenseKey};
