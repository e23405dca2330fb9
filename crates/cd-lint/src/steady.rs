//! A number that stays the same from block to block, such as address minus time.

/// What a number has been so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steady {
    value: Option<i32>,
    /// What the last block had instead.
    other: Option<i32>,
}

impl Steady {
    /// Known from the start.
    pub(crate) const fn at(value: i32) -> Self {
        Self { value: Some(value), other: None }
    }

    pub(crate) const fn value(self) -> Option<i32> {
        self.value
    }

    /// Takes the next block's number. What it should be, when it is another: once for a block that
    /// strays, and once for a jump, since two blocks that agree with one another are believed.
    pub(crate) fn see(&mut self, seen: i32) -> Option<i32> {
        let Some(value) = self.value else {
            self.value = Some(seen);
            return None;
        };
        if value == seen {
            self.other = None;
            return None;
        }
        if self.other == Some(seen) {
            *self = Self::at(seen);
            return None;
        }
        self.other = Some(seen);
        Some(value)
    }
}
