//! A mode page: its header, and the pages that have a type here.

use super::{
    AudioControl, Caching, Capabilities, CdDevice, ErrorRecovery, PowerCondition, TimeOutAndProtect,
    WriteParameters,
};
use crate::parse::{Fault, Input, Parsed, bit, bits, take};

/// Bytes in front of a page's own: code and length.
pub(super) const HEADER_BYTES: usize = 2;

/// A mode page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ModePage {
    /// PS: the drive can save the page. Reserved, and 0, in MODE SELECT.
    pub savable: bool,
    /// What it says.
    pub data: PageData,
}

/// The bytes of one page behind its header.
///
/// Pages grew: a drive may give fewer bytes than a type has fields for (they count as 0) or
/// more (they are kept in `tail`). The length as it came is kept in `page_bytes`, for a host
/// that sets a page should give back as many bytes as it got.
pub trait PageBody: Sized + Into<PageData> {
    /// The page's code.
    const CODE: u8;

    /// Reads a whole page, header included.
    fn from_page(page: &[u8]) -> Self;

    /// The whole page, header included; PS is 0.
    fn to_page(&self) -> Vec<u8>;

    /// The value in `data`, if it is of this page.
    fn of(data: &PageData) -> Option<&Self>;
}

impl ModePage {
    /// A page that the drive cannot save.
    pub fn new(data: impl Into<PageData>) -> Self {
        Self { savable: false, data: data.into() }
    }

    /// The page's code.
    pub fn code(&self) -> u8 {
        self.data.code()
    }

    /// The whole page, header included.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.emit(&mut out);
        out
    }

    /// Appends the whole page.
    pub fn emit(&self, out: &mut Vec<u8>) {
        let start = out.len();
        self.data.emit(out);
        if let Some(first) = out.get_mut(start) {
            *first |= u8::from(self.savable) << 7;
        }
    }

    /// Reads one page off the front. A page in the subpage format (SPF, SPC "Mode page and
    /// subpage formats") has a longer header, and is refused: no MMC drive has one.
    pub(super) fn take(input: Input<'_>) -> Parsed<'_, Self> {
        let (rest, head) = take(input, HEADER_BYTES, "a mode page header")?;
        if bit(head[0], 6) {
            return Err(Fault::illegal(input, Some(6), "0, a page without subpages").error());
        }
        let (rest, _) = take(rest, usize::from(head[1]), "the bytes that the page length counts")?;
        let page = &input[..input.len() - rest.len()];
        Ok((rest, Self { savable: bit(head[0], 7), data: PageData::from_page(bits(head[0], 5, 0), page) }))
    }
}

/// Declares a page: a struct and where its fields lie, counted from the start of the page.
///
/// A place is `bit(byte, n)`, `bits(byte, high, low)`, `be(byte, length)`, or `raw(byte, length)`
/// for bytes that are no number. `$bytes` is the length of the page as the newest standard has it.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident($code:literal, $bytes:literal) { $($(#[$fdoc:meta])* $field:ident: $ty:ty = $place:ident($($at:literal),+);)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub struct $name {
            /// Bytes of the page behind its header, as the drive gave them.
            pub page_bytes: u8,
            $($(#[$fdoc])* pub $field: $ty,)*
            /// Bytes behind the last field.
            pub tail: Vec<u8>,
        }

        impl Default for $name {
            fn default() -> Self {
                Self { page_bytes: $bytes - 2, $($field: Default::default(),)* tail: Vec::new() }
            }
        }

        impl $name {
            /// Where a field lies, counted from the start of the page; `None` for a name that is none.
            pub fn place(field: &str) -> Option<$crate::layout::Place> {
                match field {
                    $(stringify!($field) => Some($crate::block::mode::page::place!($place($($at),+))),)*
                    _ => None,
                }
            }
        }

        impl $crate::block::mode::PageBody for $name {
            const CODE: u8 = $code;

            fn from_page(page: &[u8]) -> Self {
                Self {
                    page_bytes: page.get(1).copied().unwrap_or(0),
                    $($field: $crate::block::mode::page::get!(page, $place($($at),+)),)*
                    tail: page.get($bytes..).unwrap_or_default().to_vec(),
                }
            }

            fn to_page(&self) -> Vec<u8> {
                let mut page = vec![0; $bytes];
                page[0] = $code;
                $($crate::block::mode::page::set!(page, self.$field, $place($($at),+));)*
                page.extend(&self.tail);
                page.resize(usize::from(self.page_bytes) + 2, 0);
                page[1] = self.page_bytes;
                page
            }

            fn of(data: &$crate::block::mode::PageData) -> Option<&Self> {
                match data {
                    $crate::block::mode::PageData::$name(body) => Some(body),
                    _ => None,
                }
            }
        }

        impl From<$name> for $crate::block::mode::PageData {
            fn from(body: $name) -> Self {
                Self::$name(body)
            }
        }
    };
}
pub(super) use page;

macro_rules! place {
    (raw($at:literal, $len:literal)) => { $crate::layout::Place::be($at, $len) };
    ($place:ident($($at:literal),+)) => { $crate::layout::Place::$place($($at),+) };
}
pub(super) use place;

macro_rules! get {
    ($page:ident, raw($at:literal, $len:literal)) => {{
        let mut bytes = [0; $len];
        for (to, from) in bytes.iter_mut().zip($page.iter().skip($at)) {
            *to = *from;
        }
        bytes
    }};
    ($page:ident, $place:ident($($at:literal),+)) => {
        $crate::layout::FieldValue::from_bits($crate::layout::Place::$place($($at),+).get_in($page))
    };
}
pub(super) use get;

macro_rules! set {
    ($page:ident, $value:expr, raw($at:literal, $len:literal)) => {
        $page[$at..$at + $len].copy_from_slice(&$value)
    };
    ($page:ident, $value:expr, $place:ident($($at:literal),+)) => {
        $crate::layout::Place::$place($($at),+).set_in(&mut $page, $crate::layout::FieldValue::to_bits($value))
    };
}
pub(super) use set;

macro_rules! pages { ($($code:literal $type:ident;)*) => {
    /// What a page says.
    #[derive(Clone, Debug, Eq, PartialEq)]
    #[allow(missing_docs, reason = "each variant is its page, documented there")]
    pub enum PageData {
        $($type($type),)*
        /// A page without a type here.
        Other {
            /// Its code, six bits.
            code: u8,
            /// What follows the length byte; 255 bytes at most are emitted.
            bytes: Vec<u8>,
        },
    }

    impl PageData {
        /// The page's code.
        pub const fn code(&self) -> u8 {
            match self {
                $(Self::$type(_) => $code,)*
                Self::Other { code, .. } => *code,
            }
        }

        fn from_page(code: u8, page: &[u8]) -> Self {
            match code {
                $($code => Self::$type($type::from_page(page)),)*
                _ => Self::Other { code, bytes: page.get(HEADER_BYTES..).unwrap_or_default().to_vec() },
            }
        }

        fn emit(&self, out: &mut Vec<u8>) {
            match self {
                $(Self::$type(body) => out.extend(body.to_page()),)*
                Self::Other { code, bytes } => {
                    let bytes = bytes.get(..0xFF).unwrap_or(bytes);
                    out.extend([code & 0x3F, bytes.len() as u8]);
                    out.extend(bytes);
                }
            }
        }
    }
} }

pages! {
    0x01 ErrorRecovery;
    0x05 WriteParameters;
    0x08 Caching;
    0x0D CdDevice;
    0x0E AudioControl;
    0x1A PowerCondition;
    0x1D TimeOutAndProtect;
    0x2A Capabilities;
}
