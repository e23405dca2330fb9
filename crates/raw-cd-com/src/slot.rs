//! Calls through the slots of a vtable, as a C client makes them.

use core::ffi::c_void;

use windows_core::HRESULT;

use crate::automation::{BSTR, SAFEARRAY, VariantBool};
use crate::members::{Gives, Member, Takes};

/// The arguments of any member; each takes from it what its row says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input {
    /// A recorder or a stream, or NULL.
    pub object: *mut c_void,
    /// A string, or NULL.
    pub text: BSTR,
    /// A number.
    pub long: i32,
    /// A truth value.
    pub boolean: VariantBool,
}

impl Input {
    pub(crate) const NOTHING: Self = Self {
        object: core::ptr::null_mut(),
        text: core::ptr::null_mut(),
        long: 0,
        boolean: VariantBool::FALSE,
    };
}

/// Room for the result of any member, filled with a pattern that none of them writes.
#[repr(C, align(8))]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Output([u8; 8]);

impl Output {
    pub(crate) const UNTOUCHED: Self = Self([0xA5; 8]);

    /// Where a member writes.
    pub(crate) fn place(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }

    /// The bytes that a result of this kind occupies.
    fn bytes(&self, gives: Gives) -> &[u8] {
        let len = match gives {
            Gives::Nothing => 0,
            Gives::Bool => size_of::<VariantBool>(),
            Gives::Long => size_of::<i32>(),
            Gives::Text | Gives::Recorder | Gives::Stream | Gives::Track | Gives::Array => {
                size_of::<*mut c_void>()
            }
        };
        self.0.get(..len).unwrap_or(&self.0)
    }

    /// Whether nothing was written.
    pub(crate) fn is_untouched(&self, gives: Gives) -> bool {
        self.bytes(gives) == Self::UNTOUCHED.bytes(gives)
    }

    /// Whether FALSE, 0 or NULL was written.
    pub(crate) fn is_zero(&self, gives: Gives) -> bool {
        self.bytes(gives).iter().all(|&byte| byte == 0)
    }

    /// Whether bytes behind the result were written as well.
    pub(crate) fn is_overrun(&self, gives: Gives) -> bool {
        let len = self.bytes(gives).len();
        self.0.iter().skip(len).any(|&byte| byte != 0xA5)
    }

    pub(crate) fn boolean(&self) -> VariantBool {
        VariantBool(i16::from_ne_bytes([self.0[0], self.0[1]]))
    }

    pub(crate) fn long(&self) -> i32 {
        i32::from_ne_bytes([self.0[0], self.0[1], self.0[2], self.0[3]])
    }

    pub(crate) fn text(&self) -> BSTR {
        self.pointer().cast()
    }

    pub(crate) fn array(&self) -> *mut SAFEARRAY {
        self.pointer().cast()
    }

    pub(crate) fn pointer(&self) -> *mut c_void {
        // SAFETY: eight aligned bytes hold a pointer on every system this compiles for; any bytes
        // are a pointer, and it is not followed here.
        unsafe { self.0.as_ptr().cast::<*mut c_void>().read() }
    }
}

const _: () = assert!(size_of::<*mut c_void>() <= size_of::<Output>());

/// Calls `member` of the object behind `this`, with `result` as its last argument where it has one.
///
/// # Safety
/// `this` points at a living object that implements the interface `member` belongs to. The
/// pointers in `input` are NULL or valid for what the member takes; `result` is NULL or has room
/// for what it gives.
pub(crate) unsafe fn call(this: *mut c_void, member: &Member, input: &Input, result: *mut c_void) -> HRESULT {
    /// Reads the slot and calls it with these arguments.
    macro_rules! through { ($($argument:expr => $kind:ty),*) => {{
        // SAFETY: an interface pointer points at the pointer to its vtable, which has a function of
        // this signature in the member's slot: the row says so, and pointers to different types are
        // passed alike.
        unsafe {
            let vtable = this.cast::<*const *const c_void>().read();
            let entry = vtable.add(member.slot).read();
            let entry: unsafe extern "system" fn(*mut c_void $(, $kind)*) -> HRESULT =
                core::mem::transmute(entry);
            entry(this $(, $argument)*)
        }
    }} }
    let Input { object, text, long, boolean } = *input;
    match (member.takes, member.gives) {
        (Takes::Nothing, Gives::Nothing) => through!(),
        (Takes::Nothing, _) => through!(result => *mut c_void),
        (Takes::Recorder | Takes::Stream, Gives::Nothing) => through!(object => *mut c_void),
        (Takes::Recorder | Takes::Stream, _) => {
            through!(object => *mut c_void, result => *mut c_void)
        }
        (Takes::StreamLong, _) => through!(object => *mut c_void, long => i32),
        (Takes::LongStream, _) => {
            through!(long => i32, object => *mut c_void, result => *mut c_void)
        }
        (Takes::Long, Gives::Nothing) => through!(long => i32),
        (Takes::Long, _) => through!(long => i32, result => *mut c_void),
        (Takes::LongBool, _) => through!(long => i32, boolean => VariantBool),
        (Takes::Bool, _) => through!(boolean => VariantBool),
        (Takes::BoolText, _) => through!(boolean => VariantBool, text => BSTR),
        (Takes::Text, _) => through!(text => BSTR),
    }
}
