//! What goes into a call and what comes back.

use core::fmt;

use raw_cd::HResult;

use super::{ComRawCd, ComRecorder, ComStream, ComTrackInfo, ComWriteSpeed};
use crate::members::Takes;

/// An argument.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// `VARIANT_BOOL`.
    Bool(bool),
    /// `LONG` or an enumeration.
    Int(i32),
    /// `BSTR`.
    Text(&'a str),
    /// `IDiscRecorder2*`.
    Recorder(&'a ComRecorder),
    /// `IDiscRecorder2*` that points at an object of another kind.
    ForeignRecorder(&'a ComRawCd),
    /// `IStream*` with these bytes.
    Bytes(&'a [u8]),
    /// `IStream*` with so many zeros.
    Zeros(u64),
    /// `IStream*` that another member gave.
    Stream(&'a ComStream),
    /// NULL, for a string, a recorder or a stream.
    Null,
}

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `VARIANT_BOOL`.
    Bool(bool),
    /// `LONG` or an enumeration.
    Int(i64),
    /// `BSTR`; NULL is empty.
    Text(String),
    /// `SAFEARRAY` of numbers; also an empty one.
    Ints(Vec<i64>),
    /// `SAFEARRAY` of strings.
    Texts(Vec<String>),
    /// `SAFEARRAY` of `IWriteSpeedDescriptor`.
    Speeds(Vec<ComWriteSpeed>),
    /// `IDiscRecorder2*`, or NULL.
    Recorder(Option<ComRecorder>),
    /// `IStream*`, or NULL.
    Stream(Option<ComStream>),
    /// `IRawCDImageTrackInfo*`, or NULL.
    Track(Option<ComTrackInfo>),
}

/// What the place of a result holds after the call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The member has no result.
    None,
    /// NULL was passed.
    Null,
    /// Nothing was written.
    Untouched,
    /// FALSE, 0 or NULL was written.
    Blank,
    /// Something else was written.
    Set,
    /// More was written than the result's type has room for.
    Overrun,
}

/// What a call brought back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HRESULT.
    pub hresult: HResult,
    /// The result, after a success of a member that has one.
    pub value: Option<Value>,
    /// The place of the result, also after a failure.
    pub place: Place,
}

/// The call could not be made, or its result not be read. Never the object's fault.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// The interface has no such member.
    Member {
        /// The interface.
        interface: &'static str,
        /// The name asked for.
        name: String,
    },
    /// The member takes other arguments.
    Arguments {
        /// The member.
        member: &'static str,
        /// What it takes.
        expected: Takes,
        /// What it was given.
        given: String,
    },
    /// NULL was asked for in place of a result that the member does not have.
    NoResult {
        /// The member.
        member: &'static str,
    },
    /// A result of a kind that no member of these interfaces gives, or no memory.
    Unreadable {
        /// The member.
        member: &'static str,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member { interface, name } => write!(f, "{interface} has no member {name:?}"),
            Self::Arguments { member, expected, given } => {
                write!(f, "{member} takes {expected:?}: given {given}")
            }
            Self::NoResult { member } => write!(f, "{member} has no result to pass NULL for"),
            Self::Unreadable { member } => write!(f, "{member} gave a result that cannot be read here"),
        }
    }
}

impl core::error::Error for Misuse {}
