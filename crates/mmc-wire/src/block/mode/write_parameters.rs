//! Write parameters (05h): how the next write is to be done.

use cd_format::Control;

use super::page::page;
use crate::layout::FieldValue;
use crate::open_number;

open_number! {
    /// How blocks are written (MMC "CD Write Parameters Mode Page", write type).
    WriteType(u8) {
        /// Packet or incremental.
        PACKET = 0 "packet";
        /// Track at once.
        TAO = 1 "track at once";
        /// Session at once.
        SAO = 2 "session at once";
        /// Raw: the host sends lead-in, program area and lead-out, with sub-channels.
        RAW = 3 "raw";
        /// Layer jump; DVD only.
        LAYER_JUMP = 4 "layer jump";
    }
}

open_number! {
    /// Whether another session may follow (MMC "CD Write Parameters Mode Page", multi-session).
    MultiSession(u8) {
        /// No B0 pointer; nothing may follow.
        NONE = 0 "no B0, no next session";
        /// B0 says FF:FF:FF; nothing may follow.
        CLOSED = 1 "B0 FF:FF:FF, no next session";
        /// B0 gives the next program area.
        NEXT = 3 "next session allowed";
    }
}

open_number! {
    /// What the session is for (MMC "CD Write Parameters Mode Page", session format).
    SessionFormat(u8) {
        /// CD-DA or CD-ROM.
        CD_ROM = 0x00 "CD-DA or CD-ROM";
        /// CD-I.
        CD_I = 0x10 "CD-I";
        /// CD-ROM XA.
        XA = 0x20 "CD-ROM XA";
    }
}

open_number! {
    /// What a block of WRITE holds (MMC "CD Write Parameters Mode Page", data block type).
    DataBlockType(u8) {
        /// 2352 bytes.
        RAW = 0 "raw";
        /// 2352 bytes, P and Q in 16.
        RAW_PQ = 1 "raw with P-Q";
        /// 2352 bytes, P-W in 96, R-W as packs.
        RAW_PW_COOKED = 2 "raw with P-W packs";
        /// 2352 bytes, P-W in 96 as recorded.
        RAW_PW = 3 "raw with P-W";
        /// Mode 1 user data.
        MODE_1 = 8 "mode 1";
        /// Mode 2 without a form.
        MODE_2 = 9 "mode 2 formless";
        /// Mode 2 Form 1 user data, sub-header from the page.
        MODE_2_FORM_1 = 10 "mode 2 form 1";
        /// Mode 2 Form 1 with sub-header.
        MODE_2_FORM_1_SUB = 11 "mode 2 form 1 with sub-header";
        /// Mode 2 Form 2 user data, sub-header from the page.
        MODE_2_FORM_2 = 12 "mode 2 form 2";
        /// Mode 2 Form 1, Form 2 or mixed, with sub-header.
        MODE_2_MIXED = 13 "mode 2 mixed with sub-header";
    }
}

impl DataBlockType {
    /// Bytes a block; `None` for reserved and vendor types.
    ///
    /// MMC "Data block type codes"; the same sizes in Pioneer's command references.
    pub const fn bytes_per_block(self) -> Option<usize> {
        match self {
            Self::RAW => Some(2352),
            Self::RAW_PQ => Some(2368),
            Self::RAW_PW_COOKED | Self::RAW_PW => Some(2448),
            Self::MODE_1 | Self::MODE_2_FORM_1 => Some(2048),
            Self::MODE_2 => Some(2336),
            Self::MODE_2_FORM_1_SUB => Some(2056),
            Self::MODE_2_FORM_2 => Some(2324),
            Self::MODE_2_MIXED => Some(2332),
            _ => None,
        }
    }
}

impl FieldValue for Control {
    fn from_bits(bits: u64) -> Self {
        Self::new(bits as u8)
    }
    fn to_bits(self) -> u64 {
        self.nibble().into()
    }
}

page! {
    /// Write parameters (05h).
    ///
    /// MMC "CD Write Parameters Mode Page"; layout as in Microsoft's scsi.h.
    WriteParameters(0x05, 52) {
        /// Buffer underrun free recording (BUFE).
        buffer_underrun_free: bool = bit(2, 6);
        /// `link_size` is valid (LS_V).
        link_size_valid: bool = bit(2, 5);
        /// Do all but write.
        test_write: bool = bit(2, 4);
        /// How blocks are written.
        write_type: WriteType = bits(2, 3, 0);
        /// Whether another session may follow.
        multi_session: MultiSession = bits(3, 7, 6);
        /// Fixed packets (FP).
        fixed_packet: bool = bit(3, 5);
        /// A second or higher generation copy.
        copy: bool = bit(3, 4);
        /// Control nibble of the track's Q.
        track_mode: Control = bits(3, 3, 0);
        /// What a block of WRITE holds.
        data_block_type: DataBlockType = bits(4, 3, 0);
        /// Blocks lost to linking; 7 on CD.
        link_size: u8 = be(5, 1);
        /// Host application code.
        application_code: u8 = bits(7, 5, 0);
        /// What the session is for.
        session_format: SessionFormat = be(8, 1);
        /// Blocks a fixed packet.
        packet_size: u32 = be(10, 4);
        /// Blocks of pause between audio tracks; 150.
        audio_pause: u16 = be(14, 2);
        /// Media catalogue number: valid bit (80h), 13 digits, 0, AFRAME.
        catalogue_number: [u8; 16] = raw(16, 16);
        /// Recording code: valid bit (80h), 12 characters, 0, AFRAME, 0.
        recording_code: [u8; 16] = raw(32, 16);
        /// Sub-header for block types 10 and 12.
        sub_header: [u8; 4] = raw(48, 4);
    }
}
