//! Incremental Streaming Writable (0021h): packets and sequential writing.

use super::{DataTypes, FeatureBody};

/// Incremental Streaming Writable (0021h): data are written in sequence, a stop leaves a link.
///
/// MMC "Incremental Streaming Writable Feature".
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct IncrementalStreamingWritable {
    /// Data block types.
    pub data_types: DataTypes,
    /// Track information can be asked for by resource (TRIO).
    pub track_resource_information: bool,
    /// RESERVE TRACK knows the ARSV bit (ARSV).
    pub address_reservation: bool,
    /// Buffer underruns do no harm (BUF).
    pub buffer_underrun_free: bool,
    /// Link sizes, blocks: what is lost where writing stopped; 7 for CD. A descriptor has room
    /// for 248, more are not emitted.
    pub link_sizes: Vec<u8>,
}

/// Link sizes that fit behind four bytes of data.
const MAX_LINK_SIZES: usize = 248;

impl FeatureBody for IncrementalStreamingWritable {
    fn from_descriptor(descriptor: &[u8]) -> Self {
        let byte = |n: usize| descriptor.get(n).copied().unwrap_or(0);
        Self {
            data_types: DataTypes(u16::from_be_bytes([byte(4), byte(5)])),
            track_resource_information: byte(6) & 4 != 0,
            address_reservation: byte(6) & 2 != 0,
            buffer_underrun_free: byte(6) & 1 != 0,
            link_sizes: descriptor.iter().skip(8).take(byte(7).into()).copied().collect(),
        }
    }

    fn emit_body(&self, out: &mut Vec<u8>) {
        let sizes = self.link_sizes.iter().take(MAX_LINK_SIZES);
        out.extend(self.data_types.0.to_be_bytes());
        out.push(
            u8::from(self.track_resource_information) << 2
                | u8::from(self.address_reservation) << 1
                | u8::from(self.buffer_underrun_free),
        );
        out.push(sizes.len() as u8);
        let padded = sizes.len().next_multiple_of(4);
        out.extend(sizes.copied().chain(core::iter::repeat(0)).take(padded));
    }
}
