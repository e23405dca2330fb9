//! How much fits, how much is there, and making a disc ready for random writing.

use cd_format::Lba;

use crate::cdb;

cdb! {
    /// READ CAPACITY: last block that can be read.
    ///
    /// MMC "READ CAPACITY Command".
    ReadCapacity {
        /// Obsolete: addresses are relative to the last one of a linked command. Must be 0.
        relative: bool = bit(1, 0);
        /// 0 unless `partial`.
        lba: Lba = be(2, 4);
        /// Partial medium indicator; 0 on CD.
        partial: bool = bit(8, 0);
    }
}

cdb! {
    /// READ FORMAT CAPACITIES: what the disc can be formatted to.
    ///
    /// MMC "READ FORMAT CAPACITIES Command".
    ReadFormatCapacities {
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}

cdb! {
    /// FORMAT UNIT: format a CD-RW in fixed packets.
    ///
    /// MMC "FORMAT UNIT Command".
    FormatUnit {
        /// A parameter list follows. Always 1 on MMC.
        format_data: bool = bit(1, 4);
        /// The defect list is complete.
        complete_list: bool = bit(1, 3);
        /// Format code: 1; 7 was the CD-RW form of MMC-1.
        code: u8 = bits(1, 2, 0);
    }
}
