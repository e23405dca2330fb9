//! Sequence numbers and tags of a session with one connection (RFC 7143 4.2.2 "Ordering and iSCSI Numbering").

use super::error::Failure;
use crate::pdu::{BasicHeader, NO_TAG};

/// Where both sides are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    /// CmdSN of the next command.
    pub(super) command: u32,
    /// ExpStatSN: StatSN of the next answer.
    pub(super) status: u32,
    /// MaxCmdSN: the last command that the target takes.
    max_command: u32,
    /// The next initiator task tag.
    tag: u32,
}

impl Numbers {
    /// Before the login. It may have one command in its order, which no login uses.
    pub(super) const fn new() -> Self {
        Self { command: 1, status: 0, max_command: 1, tag: 1 }
    }

    /// A tag that no task has had for a long time.
    pub(super) const fn tag(&mut self) -> u32 {
        let tag = self.tag;
        self.tag = match tag.wrapping_add(1) {
            NO_TAG => 0,
            next => next,
        };
        tag
    }

    /// Whether the target takes another command now.
    pub(super) const fn has_room(&self) -> bool {
        !is_before(self.max_command, self.command)
    }

    /// The window of commands, at the same place in all that a target sends (RFC 7143 4.2.2.1 "Command Numbering and
    /// Acknowledging").
    pub(super) const fn window(&mut self, header: &BasicHeader) {
        let (expected, max) = (word(header, 28), word(header, 32));
        if !is_before(max, expected.wrapping_sub(1)) && is_before(self.max_command, max) {
            self.max_command = max;
        }
    }

    /// The first answer says where StatSN begins.
    pub(super) const fn begin(&mut self, header: &BasicHeader) {
        self.status = word(header, 24).wrapping_add(1);
        self.max_command = word(header, 32);
    }

    /// An answer that has a StatSN of its own: it has to be the next.
    pub(super) fn answered(&mut self, header: &BasicHeader) -> Result<(), Failure> {
        let seen = word(header, 24);
        if seen != self.status {
            let expected = self.status;
            return Err(Failure::protocol(format!("StatSN is {seen}, expected {expected}, in {header:?}")));
        }
        self.status = self.status.wrapping_add(1);
        Ok(())
    }
}

/// Serial number arithmetic (RFC 1982), which these numbers are counted in.
const fn is_before(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() < 0
}

const fn word(header: &BasicHeader, at: usize) -> u32 {
    u32::from_be_bytes([header.0[at], header.0[at + 1], header.0[at + 2], header.0[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdu::answer::NopIn;

    fn header(status_number: u32, expected_command: u32, max_command: u32) -> BasicHeader {
        NopIn { status_number, expected_command, max_command, ..NopIn::default() }.emit()
    }

    #[test]
    fn windows_wrap_and_do_not_shrink() {
        let mut numbers = Numbers { command: u32::MAX, ..Numbers::new() };
        numbers.begin(&header(9, u32::MAX, u32::MAX));
        assert!(numbers.has_room());
        numbers.command = 0;
        assert!(!numbers.has_room());
        numbers.window(&header(10, 0, 1));
        assert!(numbers.has_room());
        // Older news, and a maximum that cannot be.
        numbers.window(&header(10, u32::MAX, u32::MAX));
        numbers.window(&header(10, 90, 80));
        numbers.command = 1;
        assert!(numbers.has_room());
        numbers.command = 2;
        assert!(!numbers.has_room());
    }

    #[test]
    fn answers_come_in_order() {
        let mut numbers = Numbers::new();
        numbers.begin(&header(u32::MAX, 1, 1));
        numbers.answered(&header(0, 1, 1)).unwrap();
        numbers.answered(&header(2, 1, 1)).unwrap_err();
    }

    #[test]
    fn no_task_has_the_tag_that_means_none() {
        let mut numbers = Numbers { tag: u32::MAX - 1, ..Numbers::new() };
        assert_eq!([numbers.tag(), numbers.tag()], [u32::MAX - 1, 0]);
    }
}
