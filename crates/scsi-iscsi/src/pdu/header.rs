//! The basic header segment.

use core::fmt;

/// Bytes of a basic header segment (RFC 7143 11.2.1).
pub const HEADER: usize = 48;

/// The reserved tag, FFFFFFFFh: no task, no transfer.
pub const NO_TAG: u32 = 0xFFFF_FFFF;

/// What kind of PDU (RFC 7143 11.2.1.2). Open: other values are kept.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Opcode(pub u8);

macro_rules! opcodes {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $word:literal;)*) => {
        impl Opcode {
            $($(#[$doc])* pub const $name: Self = Self($value);)*

            /// The standard's word.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($word),)*
                    _ => None,
                }
            }
        }
    };
}

opcodes! {
    /// "Are you there?", or the answer to it.
    NOP_OUT = 0x00, "NOP-Out";
    /// A CDB.
    SCSI_COMMAND = 0x01, "SCSI Command";
    /// Abort, reset.
    TASK_REQUEST = 0x02, "Task Management Function Request";
    /// Keys, before anything else.
    LOGIN_REQUEST = 0x03, "Login Request";
    /// Keys, later.
    TEXT_REQUEST = 0x04, "Text Request";
    /// Data for the device.
    DATA_OUT = 0x05, "SCSI Data-Out";
    /// The end.
    LOGOUT_REQUEST = 0x06, "Logout Request";
    /// "Send that again."
    SNACK_REQUEST = 0x10, "SNACK Request";
    /// "Are you there?", or the answer to it.
    NOP_IN = 0x20, "NOP-In";
    /// Status and sense.
    SCSI_RESPONSE = 0x21, "SCSI Response";
    /// What came of an abort or reset.
    TASK_RESPONSE = 0x22, "Task Management Function Response";
    /// Keys.
    LOGIN_RESPONSE = 0x23, "Login Response";
    /// Keys.
    TEXT_RESPONSE = 0x24, "Text Response";
    /// Data of the device.
    DATA_IN = 0x25, "SCSI Data-In";
    /// The end.
    LOGOUT_RESPONSE = 0x26, "Logout Response";
    /// "Ready to transfer": send data.
    R2T = 0x31, "Ready To Transfer";
    /// Something happened.
    ASYNC_MESSAGE = 0x32, "Asynchronous Message";
    /// That cannot be answered.
    REJECT = 0x3F, "Reject";
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "opcode {:#04x}", self.0),
        }
    }
}

impl fmt::Debug for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A logical unit number as eight bytes (SAM "Logical unit number"). Unit 0 is all zeros.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Lun(pub [u8; 8]);

impl Lun {
    /// Unit 0.
    pub const ZERO: Self = Self([0; 8]);
}

/// A header of another kind than was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is a {seen}, expected a {expected}")]
pub struct WrongOpcode {
    /// What was asked for.
    pub expected: Opcode,
    /// What it is.
    pub seen: Opcode,
}

/// 48 bytes, read by place.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct BasicHeader(pub [u8; HEADER]);

impl BasicHeader {
    /// A header of this kind, else zeros.
    pub const fn new(opcode: Opcode) -> Self {
        let mut bytes = [0; HEADER];
        bytes[0] = opcode.0;
        Self(bytes)
    }

    /// Which kind.
    pub const fn opcode(&self) -> Opcode {
        Opcode(self.0[0] & 0x3F)
    }

    /// Marked for immediate delivery: outside the order of CmdSN.
    pub const fn is_immediate(&self) -> bool {
        self.0[0] & 0x40 != 0
    }

    /// Bytes of additional header segments.
    pub const fn additional_bytes(&self) -> usize {
        self.0[4] as usize * 4
    }

    /// Bytes of the data segment, without padding.
    pub const fn data_bytes(&self) -> usize {
        u32::from_be_bytes([0, self.0[5], self.0[6], self.0[7]]) as usize
    }

    /// Says how long the data segment is; what is beyond 24 bits is lost, and [`write`](super::write) refuses it.
    pub const fn set_data_bytes(&mut self, bytes: usize) {
        let [.., a, b, c] = bytes.to_be_bytes();
        [self.0[5], self.0[6], self.0[7]] = [a, b, c];
    }

    /// Initiator task tag: the same place in all kinds.
    pub const fn task_tag(&self) -> u32 {
        u32::from_be_bytes([self.0[16], self.0[17], self.0[18], self.0[19]])
    }
}

impl fmt::Debug for BasicHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.opcode())?;
        for four in self.0.chunks(4) {
            f.write_str(" ")?;
            for byte in four {
                write!(f, "{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// A field at its place in the header.
pub(super) trait Field: Sized {
    /// Reads what begins at byte `at`.
    fn get(header: &[u8; HEADER], at: usize) -> Self;
    /// Writes to there.
    fn put(&self, header: &mut [u8; HEADER], at: usize);
}

impl<const N: usize> Field for [u8; N] {
    fn get(header: &[u8; HEADER], at: usize) -> Self {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&header[at..at + N]);
        bytes
    }
    fn put(&self, header: &mut [u8; HEADER], at: usize) {
        header[at..at + N].copy_from_slice(self);
    }
}

impl Field for Lun {
    fn get(header: &[u8; HEADER], at: usize) -> Self {
        Self(Field::get(header, at))
    }
    fn put(&self, header: &mut [u8; HEADER], at: usize) {
        self.0.put(header, at);
    }
}

macro_rules! number_fields {
    ($($number:ty),*) => {
        $(impl Field for $number {
            fn get(header: &[u8; HEADER], at: usize) -> Self {
                Self::from_be_bytes(Field::get(header, at))
            }
            fn put(&self, header: &mut [u8; HEADER], at: usize) {
                self.to_be_bytes().put(header, at);
            }
        })*
    };
}
number_fields!(u8, u16, u32);

/// One kind of PDU as a table of fields and places: struct, reader and writer come out of it.
///
/// `place` is `byte` for what begins on a byte, `byte:bit` for a flag, `byte:bit/width` for a few bits from `bit` up.
macro_rules! header {
    (
        $(#[$doc:meta])*
        $name:ident = $opcode:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ident $([$bytes:literal])? @ $byte:literal $(: $bit:literal $(/ $width:literal)?)?,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: header!(@type $type $([$bytes])?),)*
        }

        impl $name {
            /// Reads the header. What is reserved is not looked at, as the standard asks.
            pub fn parse(header: &$crate::pdu::BasicHeader) -> Result<Self, $crate::pdu::WrongOpcode> {
                if header.opcode() != $crate::pdu::Opcode::$opcode {
                    return Err($crate::pdu::WrongOpcode {
                        expected: $crate::pdu::Opcode::$opcode,
                        seen: header.opcode(),
                    });
                }
                Ok(Self { $($field: header!(@get header.0, $type, $byte $(, $bit $(, $width)?)?),)* })
            }

            /// The header, with no data segment yet.
            pub fn emit(&self) -> $crate::pdu::BasicHeader {
                let mut header = $crate::pdu::BasicHeader::new($crate::pdu::Opcode::$opcode);
                $(header!(@put header.0, self.$field, $byte $(, $bit $(, $width)?)?);)*
                header
            }
        }
    };
    (@type bytes [$bytes:literal]) => { [u8; $bytes] };
    (@type $type:ident) => { $type };
    (@get $header:expr, $type:ident, $byte:literal) => {
        $crate::pdu::header::Field::get(&$header, $byte)
    };
    (@get $header:expr, $type:ident, $byte:literal, $bit:literal) => { $header[$byte] & (1 << $bit) != 0 };
    (@get $header:expr, $type:ident, $byte:literal, $bit:literal, $width:literal) => {
        ($header[$byte] >> $bit) & ((1 << $width) - 1)
    };
    (@put $header:expr, $value:expr, $byte:literal) => {
        $crate::pdu::header::Field::put(&$value, &mut $header, $byte)
    };
    (@put $header:expr, $value:expr, $byte:literal, $bit:literal) => {
        $header[$byte] |= u8::from($value) << $bit
    };
    (@put $header:expr, $value:expr, $byte:literal, $bit:literal, $width:literal) => {
        $header[$byte] |= ($value & ((1 << $width) - 1)) << $bit
    };
}
pub(super) use header;
