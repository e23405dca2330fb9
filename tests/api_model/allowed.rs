//! HRESULTs, and the set of answers that a call may have.

use core::fmt;

use crate::call::{Answer, Value};

/// The codes by the header's names (without `E_IMAPI_DF2RAW_` and `E_IMAPI_RECORDER_`).
macro_rules! codes { ($($name:ident = $code:literal;)*) => {
    $(pub const $name: u32 = $code;)*
    pub const CODES: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
} }

codes! {
    S_OK = 0x0000_0000;
    SPEED_ADJUSTED = 0x00AA_0004;
    ROTATION_ADJUSTED = 0x00AA_0005;
    BOTH_ADJUSTED = 0x00AA_0006;
    E_POINTER = 0x8000_4003;
    E_FAIL = 0x8000_4005;
    E_ACCESSDENIED = 0x8007_0005;
    E_INVALIDARG = 0x8007_0057;
    RECORDER_REQUIRED = 0xC0AA_0003;
    NO_MEDIA = 0xC0AA_0202;
    BECOMING_READY = 0xC0AA_0205;
    LOCKED = 0xC0AA_0210;
    WRITE_NOT_IN_PROGRESS = 0xC0AA_0601;
    NOT_PREPARED = 0xC0AA_0602;
    PREPARED = 0xC0AA_0603;
    CLIENT_NAME = 0xC0AA_0604;
    NOT_BLANK = 0xC0AA_0606;
    NOT_SUPPORTED = 0xC0AA_0607;
    NO_RECORDER = 0xC0AA_060A;
    BLOCK_TYPE = 0xC0AA_060E;
    RECORDER_NOT_SUPPORTED = 0xC0AA_0610;
    E_HANDLE = 0x8007_0006;
}

/// The answers that a call may have; a value of `None` is any.
pub struct Allowed(pub Vec<(u32, Option<Value>)>);

impl fmt::Debug for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (code, value)) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { ", or " })?;
            match value {
                Some(value) => write!(f, "{:?}", Answer { code: *code, value: value.clone() })?,
                None => write!(f, "{code:#010X} and any result")?,
            }
        }
        Ok(())
    }
}

impl Allowed {
    /// A code without a result.
    pub fn code(code: u32) -> Self {
        Self(vec![(code, Some(Value::None))])
    }

    /// S_OK and this result.
    pub fn value(value: Value) -> Self {
        Self(vec![(S_OK, Some(value))])
    }

    /// Or this code without a result.
    pub fn or(mut self, code: u32) -> Self {
        self.0.push((code, Some(Value::None)));
        self
    }

    /// Any of the success codes of SetWriteSpeed and PrepareMedia.
    pub fn any_adjustment() -> Self {
        Self::code(S_OK).or(SPEED_ADJUSTED).or(ROTATION_ADJUSTED).or(BOTH_ADJUSTED)
    }

    /// Whether the answer is one of them.
    pub fn takes(&self, answer: &Answer) -> bool {
        self.0.iter().any(|(code, value)| {
            *code == answer.code && value.as_ref().is_none_or(|value| *value == answer.value)
        })
    }
}
