//! Speeds and buffers.

use cd_format::Lba;

use crate::{cdb, open_number};

cdb! {
    /// SET CD SPEED: speeds in kB/s, FFFFh for the highest.
    ///
    /// MMC "SET CD SPEED Command".
    SetCdSpeed {
        /// Rotation control: 0 the disc's own (CLV), 1 constant angular velocity.
        rotation: u8 = bits(1, 1, 0);
        /// Read speed, kB/s.
        read_speed: u16 = be(2, 2);
        /// Write speed, kB/s.
        write_speed: u16 = be(4, 2);
    }
}

open_number! {
    /// What GET PERFORMANCE reports (MMC "GET PERFORMANCE Command", type).
    PerformanceType(u8) {
        /// Nominal performance, or its exceptions.
        PERFORMANCE = 0 "performance";
        /// Unusable areas; not CD.
        UNUSABLE_AREA = 1 "unusable area";
        /// Defect status; not CD.
        DEFECT_STATUS = 2 "defect status";
        /// Write speed descriptors.
        WRITE_SPEED = 3 "write speed";
    }
}

cdb! {
    /// GET PERFORMANCE: speeds over the disc.
    ///
    /// MMC "GET PERFORMANCE Command".
    GetPerformance {
        /// Data type; for performance: bits 4-3 tolerance (10b), bit 2 write, bits 1-0 exceptions.
        data_type: u8 = bits(1, 4, 0);
        /// From which block on.
        lba: Lba = be(2, 4);
        /// Descriptors the host has room for.
        max_descriptors: u16 = be(8, 2);
        /// What to report.
        kind: PerformanceType = be(10, 1);
    }
}

cdb! {
    /// SET STREAMING: a speed over a range of blocks.
    ///
    /// MMC "SET STREAMING Command".
    SetStreaming {
        /// 0: a performance descriptor follows.
        kind: u8 = be(8, 1);
        /// Bytes of parameter list that follow.
        parameter_bytes: u16 = be(9, 2);
    }
}

cdb! {
    /// READ BUFFER CAPACITY: how much of the write buffer is free.
    ///
    /// MMC "READ BUFFER CAPACITY Command".
    ReadBufferCapacity {
        /// In blocks instead of bytes.
        in_blocks: bool = bit(1, 0);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}
