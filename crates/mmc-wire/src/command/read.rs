//! Reading blocks, cooked and raw.

use cd_format::Lba;

use crate::{cdb, open_number};

cdb! {
    /// READ (10): user data of Mode 1 and Mode 2 Form 1 blocks.
    ///
    /// MMC "READ (10) Command".
    Read10 {
        /// Disable page out: do not keep this in the cache.
        disable_page_out: bool = bit(1, 4);
        /// Force unit access: from the medium, not the cache.
        force_unit_access: bool = bit(1, 3);
        /// First block.
        lba: Lba = be(2, 4);
        /// Blocks; 0 is legal and moves no data.
        blocks: u16 = be(7, 2);
    }
}

cdb! {
    /// READ (12): as READ (10), with streaming.
    ///
    /// MMC "READ (12) Command".
    Read12 {
        /// Disable page out: do not keep this in the cache.
        disable_page_out: bool = bit(1, 4);
        /// Force unit access: from the medium, not the cache.
        force_unit_access: bool = bit(1, 3);
        /// First block.
        lba: Lba = be(2, 4);
        /// Blocks; 0 is legal and moves no data.
        blocks: u32 = be(6, 4);
        /// Speed before correctness.
        streaming: bool = bit(10, 7);
    }
}

cdb! {
    /// VERIFY (10): read without a transfer.
    ///
    /// MMC "VERIFY (10) Command".
    Verify10 {
        /// Disable page out: do not keep this in the cache.
        disable_page_out: bool = bit(1, 4);
        /// First block.
        lba: Lba = be(2, 4);
        /// Blocks; 0 is legal and verifies nothing.
        blocks: u16 = be(7, 2);
    }
}

cdb! {
    /// READ HEADER: the header of a data block. Legacy (MMC-2; Pioneer's manual of 2004 has it).
    ///
    /// MMC-2 "READ HEADER Command".
    ReadHeader {
        /// Answer with a time instead of a block address.
        msf: bool = bit(1, 1);
        /// Which block.
        lba: Lba = be(2, 4);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}

open_number! {
    /// The sector type that READ CD insists on (MMC "READ CD Command", expected sector type).
    SectorType(u8) {
        /// Whatever is there.
        ANY = 0 "any";
        /// Audio.
        CDDA = 1 "CD-DA";
        /// Mode 1, 2048 bytes of user data.
        MODE_1 = 2 "mode 1";
        /// Mode 2 without a form, 2336 bytes.
        MODE_2 = 3 "mode 2 formless";
        /// Mode 2 Form 1, 2048 bytes.
        MODE_2_FORM_1 = 4 "mode 2 form 1";
        /// Mode 2 Form 2, 2324 bytes.
        MODE_2_FORM_2 = 5 "mode 2 form 2";
    }
}

open_number! {
    /// Which sub-channel data READ CD adds to a block (MMC "READ CD Command").
    SubChannelSelection(u8) {
        /// None.
        NONE = 0 "none";
        /// P to W as recorded, 96 bytes.
        RAW = 1 "raw P-W";
        /// Q, formatted to 16 bytes.
        Q = 2 "Q";
        /// R to W, corrected and de-interleaved, 96 bytes.
        RW = 4 "R-W";
    }
}

cdb! {
    /// READ CD: any part of any block.
    ///
    /// MMC "READ CD Command".
    ReadCd {
        /// Refuse blocks of another type.
        sector_type: SectorType = bits(1, 4, 2);
        /// Digital audio play: the drive may conceal errors.
        conceal_errors: bool = bit(1, 1);
        /// First block.
        lba: Lba = be(2, 4);
        /// Blocks.
        blocks: u32 = be(6, 3);
        /// Transfer the sync pattern.
        sync: bool = bit(9, 7);
        /// Headers: 0 none, 1 header, 2 sub-header, 3 both.
        headers: u8 = bits(9, 6, 5);
        /// Transfer user data.
        user_data: bool = bit(9, 4);
        /// Transfer EDC and ECC.
        edc_ecc: bool = bit(9, 3);
        /// C2 pointers: 0 none, 1 294 bytes, 2 296 bytes.
        c2: u8 = bits(9, 2, 1);
        /// Sub-channel data.
        sub_channel: SubChannelSelection = bits(10, 2, 0);
    }
}

cdb! {
    /// READ CD MSF: as READ CD, from a time up to, and not including, another.
    ///
    /// MMC "READ CD MSF Command".
    ReadCdMsf {
        /// Refuse blocks of another type.
        sector_type: SectorType = bits(1, 4, 2);
        /// Digital audio play: the drive may conceal errors.
        conceal_errors: bool = bit(1, 1);
        /// First block: minute, second, frame, binary.
        start: [u8; 3] = be(3, 3);
        /// The block after the last one: minute, second, frame, binary.
        end: [u8; 3] = be(6, 3);
        /// Transfer the sync pattern.
        sync: bool = bit(9, 7);
        /// Headers: 0 none, 1 header, 2 sub-header, 3 both.
        headers: u8 = bits(9, 6, 5);
        /// Transfer user data.
        user_data: bool = bit(9, 4);
        /// Transfer EDC and ECC.
        edc_ecc: bool = bit(9, 3);
        /// C2 pointers: 0 none, 1 294 bytes, 2 296 bytes.
        c2: u8 = bits(9, 2, 1);
        /// Sub-channel data.
        sub_channel: SubChannelSelection = bits(10, 2, 0);
    }
}
