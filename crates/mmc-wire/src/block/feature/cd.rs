//! Writing CDs: Track at Once, Mastering, CAV and media types (0027h, 002Dh, 002Eh, 0037h).

use crate::layout::FieldValue;

/// Which data block types a feature writes: bit n of the number is data block type n of the
/// Write Parameters mode page.
///
/// MMC "Incremental Streaming Writable Feature", Data Type Supported.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct DataTypes(pub u16);

impl DataTypes {
    /// These data block types, 0 to 15; larger numbers are left out.
    pub fn new(types: impl IntoIterator<Item = u8>) -> Self {
        Self(types.into_iter().filter(|&n| n < 16).fold(0, |set, n| set | 1 << n))
    }

    /// Whether data block type `n` is among them.
    pub const fn contains(self, n: u8) -> bool {
        n < 16 && self.0 >> n & 1 != 0
    }

    /// The data block types, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..16).filter(move |&n| self.contains(n))
    }
}

impl FieldValue for DataTypes {
    fn from_bits(bits: u64) -> Self {
        Self(bits as u16)
    }
    fn to_bits(self) -> u64 {
        u64::from(self.0)
    }
}

feature! {
    /// CD-RW CAV Write (0027h): writes CD-RW at constant angular velocity.
    ///
    /// MMC "CD-RW CAV Write Feature".
    CdRwCavWrite(8) {}
}

feature! {
    /// CD Track at Once (002Dh): what can be written by track.
    ///
    /// MMC "CD Track at Once Feature".
    CdTrackAtOnce(8) {
        /// Buffer underruns do no harm (BUF).
        buffer_underrun_free: bool = bit(4, 6);
        /// R-W sub-channels can be written raw.
        rw_raw: bool = bit(4, 4);
        /// R-W sub-channels can be written packed.
        rw_packed: bool = bit(4, 3);
        /// Test write.
        test_write: bool = bit(4, 2);
        /// CD-RW can be overwritten by track.
        cd_rw: bool = bit(4, 1);
        /// R-W sub-channels can be written at all.
        rw_subcode: bool = bit(4, 0);
        /// Data block types.
        data_types: DataTypes = be(6, 2);
    }
}

feature! {
    /// CD Mastering (002Eh): session at once and raw.
    ///
    /// MMC "CD Mastering Feature".
    CdMastering(8) {
        /// Buffer underruns do no harm (BUF).
        buffer_underrun_free: bool = bit(4, 6);
        /// Session at once (SAO).
        session_at_once: bool = bit(4, 5);
        /// Raw, several sessions (RAW MS).
        raw_multi_session: bool = bit(4, 4);
        /// Raw, one session (RAW).
        raw: bool = bit(4, 3);
        /// Test write.
        test_write: bool = bit(4, 2);
        /// CD-RW can be overwritten.
        cd_rw: bool = bit(4, 1);
        /// R-W sub-channels can be written.
        rw_subcode: bool = bit(4, 0);
        /// Longest cue sheet, bytes; 24 bits.
        max_cue_sheet_bytes: u32 = be(5, 3);
    }
}

feature! {
    /// CD-RW Media Write Support (0037h): which CD-RW sub-types can be written.
    ///
    /// MMC "CD-RW Media Write Support Feature".
    CdRwMediaWrite(8) {
        /// Bit n: sub-type n.
        sub_types: u8 = be(5, 1);
    }
}
