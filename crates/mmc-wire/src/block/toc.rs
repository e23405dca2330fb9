//! READ TOC/PMA/ATIP's replies, one type a format.
//!
//! MMC "READ TOC/PMA/ATIP Command"; Microsoft `ntddcdrm.h` for the structures.
//!
//! | format | type |
//! |---|---|
//! | 0 | [`TrackList`] |
//! | 1 | [`SessionInformation`] |
//! | 2 | [`FullToc`] |
//! | 3 | [`Pma`] |
//! | 4 | [`AtipReply`] |
//! | 5 | [`CdText`] |
//!
//! A reply whose last entry is cut off, as an allocation length does, is read up to there.

mod atip;
mod cd_text;
mod full;
mod tracks;

#[cfg(test)]
mod tests;

pub use atip::{AtipDescriptor, AtipReply};
pub use cd_text::CdText;
pub use full::{FullToc, Pma};
pub use tracks::{SessionInformation, TocAddress, TrackDescriptor, TrackList};

use super::{Block, Query, declared};
use crate::command::{ReadToc, TocFormat};
use crate::parse::{Fault, FieldError, Input, Parsed, array, run};

/// What READ TOC/PMA/ATIP brings back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TocReply {
    /// Format 0: tracks of all closed sessions.
    Tracks(TrackList),
    /// Format 1: first and last session.
    Sessions(SessionInformation),
    /// Format 2: the lead-ins' Q sub-channel.
    Full(FullToc),
    /// Format 3: program memory area.
    Pma(Pma),
    /// Format 4: absolute time in pregroove.
    Atip(AtipReply),
    /// Format 5: CD-TEXT.
    CdText(CdText),
    /// A format that has no type here, as it came.
    Other(Vec<u8>),
}

impl TocReply {
    /// Appends the block to `out`, length field computed.
    pub fn emit(&self, out: &mut Vec<u8>) {
        match self {
            Self::Tracks(reply) => reply.emit(out),
            Self::Sessions(reply) => reply.emit(out),
            Self::Full(reply) => reply.emit(out),
            Self::Pma(reply) => reply.emit(out),
            Self::Atip(reply) => reply.emit(out),
            Self::CdText(reply) => reply.emit(out),
            Self::Other(bytes) => out.extend(bytes),
        }
    }
}

impl ReadToc {
    /// Asks for a table from its start, addresses as blocks, as much as fits `allocation` bytes.
    pub const fn whole(format: TocFormat, allocation: u16) -> Self {
        Self { msf: false, format, start: 0, allocation, old_format: 0 }
    }
}

impl Query for ReadToc {
    type Reply = TocReply;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    /// Reads the table that the CDB asked for; the addresses of formats 0 and 1 as its TIME bit
    /// says.
    fn reply(&self, bytes: &[u8]) -> Result<TocReply, FieldError> {
        Ok(match self.effective_format() {
            TocFormat::TOC => TocReply::Tracks(TrackList::parse(bytes, self.msf)?),
            TocFormat::SESSIONS => TocReply::Sessions(SessionInformation::parse(bytes, self.msf)?),
            TocFormat::FULL_TOC => TocReply::Full(FullToc::parse(bytes)?),
            TocFormat::PMA => TocReply::Pma(Pma::parse(bytes)?),
            TocFormat::ATIP => TocReply::Atip(AtipReply::parse(bytes)?),
            TocFormat::CD_TEXT => TocReply::CdText(CdText::parse(bytes)?),
            _ => TocReply::Other(bytes.to_vec()),
        })
    }
}

/// The two bytes between length and entries, and the whole entries of `N` bytes.
fn table<const N: usize>(bytes: &[u8]) -> Result<([u8; 2], Vec<[u8; N]>), FieldError> {
    fn entries<const N: usize>(input: Input<'_>) -> Parsed<'_, ([u8; 2], Vec<[u8; N]>)> {
        let (start, [_, _, a, b]) = array::<4>(input)
            .map_err(|_| Fault::short(&input[input.len()..], "header of four bytes").error())?;
        let mut rest = start;
        let mut entries = Vec::with_capacity(rest.len() / N);
        while let Ok((next, entry)) = array::<N>(rest) {
            entries.push(entry);
            rest = next;
        }
        Ok((rest, ([a, b], entries)))
    }
    run(declared(bytes), entries::<N>)
}

/// Writes length, two bytes, and as many entries as the length field can count.
fn emit_table<const N: usize>(
    out: &mut Vec<u8>,
    head: [u8; 2],
    entries: impl ExactSizeIterator<Item = [u8; N]>,
) {
    let count = entries.len().min((usize::from(u16::MAX) - 2) / N);
    out.extend(((2 + N * count) as u16).to_be_bytes());
    out.extend(head);
    for entry in entries.take(count) {
        out.extend(entry);
    }
}
