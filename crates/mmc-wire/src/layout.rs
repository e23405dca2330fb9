//! Where a field lies in a CDB, and CDBs made from their fields.
//!
//! A CDB is a short table: this field, these bytes, these bits, everything else reserved. Each
//! command family writes that table once, with [`cdb!`](crate::cdb), and gets from it the struct,
//! the parser that knows which reserved bit was set, the emitter, and the list of fields that
//! a trace prints. Reader and writer cannot disagree, so what they agree *on* is pinned by
//! literal vectors.

use core::fmt;

use cd_format::Lba;

use crate::command::Row;
use crate::parse::{FieldError, FieldFault};

/// Where a field lies: `width` bits ending at bit `low` of byte `byte + len - 1`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// First byte of the field.
    pub byte: usize,
    /// Bytes the field touches; more than one only for whole bytes.
    pub len: usize,
    /// Most significant bit in the first byte.
    pub high: u8,
    /// Least significant bit in the last byte.
    pub low: u8,
}

impl Place {
    /// Bit `n` of byte `byte`.
    pub const fn bit(byte: usize, n: u8) -> Self {
        Self { byte, len: 1, high: n, low: n }
    }

    /// Bits `high` to `low` of byte `byte`.
    pub const fn bits(byte: usize, high: u8, low: u8) -> Self {
        Self { byte, len: 1, high, low }
    }

    /// `len` whole bytes from `byte` on, most significant first.
    pub const fn be(byte: usize, len: usize) -> Self {
        Self { byte, len, high: 7, low: 0 }
    }

    /// The bits of byte `n` that belong to the field.
    pub(crate) const fn mask(self, n: usize) -> u8 {
        if n < self.byte || n >= self.byte + self.len {
            0
        } else {
            (0xFF >> (7 - self.high)) & (0xFF << self.low)
        }
    }

    const fn get(self, cdb: &[u8; 16]) -> u64 {
        let mut value = 0;
        let mut n = self.byte;
        while n < self.byte + self.len {
            value = value << 8 | (cdb[n] & self.mask(n)) as u64;
            n += 1;
        }
        value >> self.low
    }

    const fn set(self, cdb: &mut [u8], value: u64) {
        let mut rest = value << self.low;
        let mut n = self.byte + self.len;
        while n > self.byte {
            n -= 1;
            cdb[n] |= rest as u8 & self.mask(n);
            rest >>= 8;
        }
    }

    /// The field's value in a block of any length; bytes that are not there count as 0.
    pub fn get_in(self, bytes: &[u8]) -> u64 {
        let mut value = 0;
        for n in self.byte..self.byte + self.len {
            value = value << 8 | u64::from(bytes.get(n).copied().unwrap_or(0) & self.mask(n));
        }
        value >> self.low
    }

    /// Sets the field in a block of any length; bytes that are not there stay away.
    pub fn set_in(self, bytes: &mut [u8], value: u64) {
        let mut rest = value << self.low;
        for n in (self.byte..self.byte + self.len).rev() {
            let mask = self.mask(n);
            if let Some(byte) = bytes.get_mut(n) {
                *byte = *byte & !mask | rest as u8 & mask;
            }
            rest >>= 8;
        }
    }

    /// The error "the value of this field is not a legal one".
    pub const fn illegal(self, expected: &'static str) -> FieldError {
        FieldError { byte: self.byte, bit: Some(self.high), fault: FieldFault::Illegal, expected }
    }
}

/// A named field of a CDB.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name, as in the struct.
    pub name: &'static str,
    /// Where it lies.
    pub place: Place,
}

/// What a field can hold.
pub trait FieldValue: Copy {
    /// From the field's bits.
    fn from_bits(bits: u64) -> Self;
    /// To the field's bits; excess bits are cut off by the place.
    fn to_bits(self) -> u64;
}

impl FieldValue for bool {
    fn from_bits(bits: u64) -> Self {
        bits != 0
    }
    fn to_bits(self) -> u64 {
        u64::from(self)
    }
}

macro_rules! integer_field { ($($int:ty)*) => { $(impl FieldValue for $int {
    fn from_bits(bits: u64) -> Self { bits as Self }
    fn to_bits(self) -> u64 { u64::from(self) }
})* } }
integer_field! { u8 u16 u32 u64 }

impl FieldValue for Lba {
    fn from_bits(bits: u64) -> Self {
        Self(bits as u32 as i32)
    }
    fn to_bits(self) -> u64 {
        u64::from(self.0 as u32)
    }
}

/// Three bytes as they stand: minute, second, frame, whether or not they are a time.
impl FieldValue for [u8; 3] {
    fn from_bits(bits: u64) -> Self {
        [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
    }
    fn to_bits(self) -> u64 {
        u64::from(self[0]) << 16 | u64::from(self[1]) << 8 | u64::from(self[2])
    }
}

/// Declares an open number: a newtype over `u8` or `u16` with named constants, that keeps and
/// prints values it has no name for.
#[macro_export]
macro_rules! open_number {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($(#[$vdoc:meta])* $variant:ident = $value:literal $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub $int);

        impl $name {
            $($(#[$vdoc])* pub const $variant: Self = Self($value);)*

            /// The standard's word for the value, if it has one.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 { $($value => Some($text),)* _ => None }
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{}({:#04x}: {name})", stringify!($name), self.0),
                    None => write!(f, "{}({:#04x})", stringify!($name), self.0),
                }
            }
        }

        impl $crate::layout::FieldValue for $name {
            fn from_bits(bits: u64) -> Self { Self(bits as $int) }
            fn to_bits(self) -> u64 { u64::from(self.0) }
        }
    };
}

/// The bytes of one CDB, 6 to 16 of them, without an allocation.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct CdbBytes {
    bytes: [u8; 16],
    len: u8,
}

impl CdbBytes {
    /// Copies up to 16 bytes; `None` for an empty or longer slice.
    pub fn new(cdb: &[u8]) -> Option<Self> {
        if cdb.is_empty() || cdb.len() > 16 {
            return None;
        }
        let mut bytes = [0; 16];
        bytes[..cdb.len()].copy_from_slice(cdb);
        Some(Self { bytes, len: cdb.len() as u8 })
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl core::ops::Deref for CdbBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl fmt::Debug for CdbBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for CdbBytes {
    /// Two digits a byte, a space between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, byte) in self.as_slice().iter().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

/// A command descriptor block of a known command.
///
/// Made by [`cdb!`](crate::cdb) from a table of fields; the opcode and name come from the
/// command's row in [`command`](crate::command).
pub trait Cdb: Copy + Sized {
    /// The command's row in the table.
    const ROW: &'static Row;
    /// The fields, in the order of the declaration.
    const FIELDS: &'static [Field];
    /// The bits that are not reserved, byte by byte: the opcode, what some field owns, and what a
    /// drive has to overlook.
    const MASK: [u8; 16];

    /// The value of the fields; `cdb` has been checked.
    fn get(cdb: &[u8; 16]) -> Self;

    /// Sets the fields in a zeroed CDB.
    fn set(&self, cdb: &mut [u8]);

    /// Reads a CDB. It may be longer than the command's length (ATAPI pads to 12 bytes);
    /// the padding is not looked at.
    fn parse(cdb: &[u8]) -> Result<Self, FieldError> {
        let len = Self::ROW.cdb_bytes();
        let short = FieldError {
            byte: cdb.len(),
            bit: None,
            fault: FieldFault::Short,
            expected: "the rest of the CDB",
        };
        let Some(cdb) = cdb.get(..len) else { return Err(short) };
        let mut whole = [0; 16];
        whole[..len].copy_from_slice(cdb);
        let reserved = u128::from_be_bytes(whole) & !u128::from_be_bytes(Self::MASK);
        if reserved != 0 {
            let first = reserved.leading_zeros();
            return Err(FieldError {
                byte: (first / 8) as usize,
                bit: Some(7 - (first % 8) as u8),
                fault: FieldFault::Reserved,
                expected: "0",
            });
        }
        Ok(Self::get(&whole))
    }

    /// The CDB as it goes over the wire.
    fn bytes(&self) -> CdbBytes {
        let mut bytes = [0; 16];
        bytes[0] = Self::ROW.opcode;
        self.set(&mut bytes);
        CdbBytes { bytes, len: Self::ROW.cdb_bytes() as u8 }
    }
}

/// The place of a field by name; fails to compile, in a `const`, for a name that is not there.
#[allow(clippy::panic, reason = "evaluated while compiling: `const { place_of::<ReadToc>(\"format\") }`")]
pub const fn place_of<C: Cdb>(name: &str) -> Place {
    let mut n = 0;
    while n < C::FIELDS.len() {
        if same(C::FIELDS[n].name.as_bytes(), name.as_bytes()) {
            return C::FIELDS[n].place;
        }
        n += 1;
    }
    panic!("no such field in this CDB")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut n = 0;
    while n < a.len() {
        if a[n] != b[n] {
            return false;
        }
        n += 1;
    }
    true
}

/// The union of the places' bits, plus the opcode, plus what no drive may refuse: the obsolete logical
/// unit number in byte 1 (SCSI-2) and the vendor and obsolete bits of the control byte (SAM "CONTROL byte";
/// NACA, bit 2, stays refused: no MMC drive does it).
pub const fn mask_of(fields: &[Field], cdb_bytes: usize) -> [u8; 16] {
    let mut mask = [0; 16];
    mask[0] = 0xFF;
    mask[1] = 0xE0;
    mask[cdb_bytes - 1] |= 0xC3;
    let mut n = 0;
    while n < fields.len() {
        let place = fields[n].place;
        let mut byte = place.byte;
        while byte < place.byte + place.len {
            mask[byte] |= place.mask(byte);
            byte += 1;
        }
        n += 1;
    }
    mask
}

#[doc(hidden)]
pub fn read<T: FieldValue>(cdb: &[u8; 16], place: Place) -> T {
    T::from_bits(place.get(cdb))
}

#[doc(hidden)]
pub fn write<T: FieldValue>(cdb: &mut [u8], place: Place, value: T) {
    place.set(cdb, value.to_bits());
}

/// Declares a CDB: a struct, and where each of its fields lies.
///
/// A place is `bit(byte, n)`, `bits(byte, high, low)` or `be(byte, length)`. Bits that no field
/// owns are reserved.
#[macro_export]
macro_rules! cdb {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty = $place:ident($($at:literal),+);)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }

        impl $crate::layout::Cdb for $name {
            const ROW: &'static $crate::command::Row = $crate::command::row::<$name>();
            const FIELDS: &'static [$crate::layout::Field] = &[$($crate::layout::Field {
                name: stringify!($field),
                place: $crate::layout::Place::$place($($at),+),
            },)*];
            const MASK: [u8; 16] = $crate::layout::mask_of(Self::FIELDS, Self::ROW.cdb_bytes());

            #[allow(unused_variables, reason = "a CDB without fields reads nothing")]
            fn get(cdb: &[u8; 16]) -> Self {
                Self { $($field: $crate::layout::read(cdb, $crate::layout::Place::$place($($at),+)),)* }
            }

            #[allow(unused_variables, reason = "a CDB without fields writes nothing")]
            fn set(&self, cdb: &mut [u8]) {
                $($crate::layout::write(cdb, $crate::layout::Place::$place($($at),+), self.$field);)*
            }
        }
    };
}
