//! One caller at a time, and none inside itself.
//!
//! An image is made of the client's streams, so the client's code runs inside a call of ours; when
//! that code calls back, waiting for the lock would be waiting for itself.

use core::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use raw_cd::HResult;

use crate::border::Failure;

/// A value that one thread at a time is given. A thread that has it and asks again is refused.
#[derive(Debug)]
pub(crate) struct Exclusive<T> {
    value: Mutex<T>,
    holder: Mutex<Option<ThreadId>>,
}

impl<T> Exclusive<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: Mutex::new(value), holder: Mutex::new(None) }
    }

    /// Waits for other threads; `E_FAIL` for this one a second time.
    pub(crate) fn enter(&self) -> Result<Held<'_, T>, Failure> {
        let this = thread::current().id();
        if *self.holder() == Some(this) {
            return Err(HResult::E_FAIL.into());
        }
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        *self.holder() = Some(this);
        Ok(Held { value, owner: self })
    }

    fn holder(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value, until this is dropped.
pub(crate) struct Held<'a, T> {
    value: MutexGuard<'a, T>,
    owner: &'a Exclusive<T>,
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        *self.owner.holder() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_not_let_in_twice() {
        let one = Exclusive::new(1);
        let mut held = one.enter().unwrap();
        *held += 1;
        assert!(one.enter().is_err());
        drop(held);
        assert_eq!(*one.enter().unwrap(), 2);
    }

    #[test]
    fn other_threads_wait() {
        let count = Exclusive::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| *count.enter().unwrap() += 1));
            }
        });
        assert_eq!(*count.enter().unwrap(), 400);
    }
}
