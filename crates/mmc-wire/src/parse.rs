//! Parse errors that know their place, and nom's side of them.
//!
//! A drive reports the byte and bit it stumbled over in the field pointer of its sense
//! data, so the error of a parser here *is* the answer on the wire.

use core::fmt;

use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Parser};

/// A field that is not what it must be: which byte, which bit, and what was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FieldError {
    /// Offset from the start of the CDB or data block.
    pub byte: usize,
    /// Most significant bit of the field, 7 to 0; `None` when whole bytes are meant.
    pub bit: Option<u8>,
    /// What is wrong.
    pub fault: FieldFault,
    /// What a legal block has there.
    pub expected: &'static str,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FieldFault {
    /// The block ends before the field does.
    Short,
    /// A reserved bit is set.
    Reserved,
    /// The value is not one that the field may have.
    Illegal,
}

impl FieldError {
    /// The same place in a block that begins `bytes` earlier.
    #[must_use]
    pub const fn behind(mut self, bytes: usize) -> Self {
        self.byte = self.byte.saturating_add(bytes);
        self
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.byte)?;
        if let Some(bit) = self.bit {
            write!(f, " bit {bit}")?;
        }
        match self.fault {
            FieldFault::Short => write!(f, ": the data ends here, expected {}", self.expected),
            FieldFault::Reserved => write!(f, ": reserved bit is set, expected {}", self.expected),
            FieldFault::Illegal => write!(f, ": expected {}", self.expected),
        }
    }
}

impl core::error::Error for FieldError {}

/// What a block parser reads from.
pub type Input<'a> = &'a [u8];

/// What a block parser gives: the rest of the input and the value.
pub type Parsed<'a, T> = IResult<Input<'a>, T, Fault<'a>>;

/// nom's error while parsing: remembers the rest of the input, which becomes an offset
/// once the start of the block is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fault<'a> {
    rest: Input<'a>,
    bit: Option<u8>,
    fault: FieldFault,
    expected: &'static str,
}

impl<'a> Fault<'a> {
    /// The field at the start of `at` has a value it may not have.
    pub const fn illegal(at: Input<'a>, bit: Option<u8>, expected: &'static str) -> Self {
        Self { rest: at, bit, fault: FieldFault::Illegal, expected }
    }

    /// The data ends at `at`, too early.
    pub const fn short(at: Input<'a>, expected: &'static str) -> Self {
        Self { rest: at, bit: None, fault: FieldFault::Short, expected }
    }

    /// As a nom error that stops the parse.
    pub const fn error(self) -> nom::Err<Self> {
        nom::Err::Error(self)
    }

    fn locate(self, whole: Input<'a>) -> FieldError {
        FieldError {
            byte: whole.len().saturating_sub(self.rest.len()),
            bit: self.bit,
            fault: self.fault,
            expected: self.expected,
        }
    }
}

impl<'a> ParseError<Input<'a>> for Fault<'a> {
    fn from_error_kind(input: Input<'a>, kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Eof | ErrorKind::Complete => Self::short(input, "more bytes"),
            _ => Self::illegal(input, None, "a legal value"),
        }
    }

    fn append(_input: Input<'a>, _kind: ErrorKind, other: Self) -> Self {
        other
    }
}

/// Runs `parser` over `whole` and turns nom's error into a place. What follows the value is
/// left alone: a longer block is a newer one, not a wrong one.
pub fn run<'a, T>(
    whole: Input<'a>,
    mut parser: impl Parser<Input<'a>, Output = T, Error = Fault<'a>>,
) -> Result<T, FieldError> {
    match parser.parse(whole) {
        Ok((_, value)) => Ok(value),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault.locate(whole)),
        Err(nom::Err::Incomplete(_)) => Err(Fault::short(&[], "more bytes").locate(whole)),
    }
}

/// Takes `count` bytes or says what they would have been.
pub fn take<'a>(input: Input<'a>, count: usize, expected: &'static str) -> Parsed<'a, Input<'a>> {
    if input.len() < count {
        return Err(Fault::short(&input[input.len()..], expected).error());
    }
    Ok((&input[count..], &input[..count]))
}

/// Takes `N` bytes as an array.
pub fn array<'a, const N: usize>(input: Input<'a>) -> Parsed<'a, [u8; N]> {
    let (rest, bytes) = take(input, N, "more bytes")?;
    let mut out = [0; N];
    out.copy_from_slice(bytes);
    Ok((rest, out))
}

/// Skips `count` reserved bytes, whatever they hold.
pub fn skip<'a>(count: usize) -> impl FnMut(Input<'a>) -> Parsed<'a, ()> {
    move |input| take(input, count, "reserved bytes").map(|(rest, _)| (rest, ()))
}

/// One bit of a byte.
pub const fn bit(byte: u8, n: u8) -> bool {
    byte >> n & 1 != 0
}

/// Bits `high..=low` of a byte, shifted down.
pub const fn bits(byte: u8, high: u8, low: u8) -> u8 {
    (byte >> low) & (0xFF >> (7 - (high - low)))
}
