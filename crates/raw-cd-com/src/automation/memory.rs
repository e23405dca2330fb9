//! Where the blocks of strings and arrays come from.

use core::ptr::NonNull;
use std::alloc::{Layout, alloc_zeroed, dealloc};

/// A zeroed block, or `None` where memory ran out or `bytes` cannot be a size.
pub(super) fn allocate(bytes: usize) -> Option<NonNull<u8>> {
    let layout = layout(bytes)?;
    // SAFETY: `layout` has a size of at least one byte.
    let block = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    #[cfg(test)]
    LIVE.with(|live| live.set(live.get() + 1));
    Some(block)
}

/// Gives a block back.
///
/// # Safety
/// `block` came from [`allocate`] with the same `bytes` and was not given back before.
pub(super) unsafe fn release(block: NonNull<u8>, bytes: usize) {
    if let Some(layout) = layout(bytes) {
        // SAFETY: by the contract the block was allocated with this very layout.
        unsafe { dealloc(block.as_ptr(), layout) };
        #[cfg(test)]
        LIVE.with(|live| live.set(live.get() - 1));
    }
}

/// Blocks begin on 16 bytes, as those of the system's allocator do on 64-bit Windows.
fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(1), 16).ok()
}

#[cfg(test)]
std::thread_local! {
    static LIVE: core::cell::Cell<isize> = const { core::cell::Cell::new(0) };
}

/// Blocks that this thread has allocated and not given back.
#[cfg(test)]
pub(crate) fn live() -> isize {
    LIVE.with(core::cell::Cell::get)
}
