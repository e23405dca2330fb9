//! What the unit keeps of one nexus.

use mmc_wire::Sense;

use super::NexusId;
use super::attention::{Pending, is_reset};
use super::removal::Removal;

#[derive(Debug)]
pub(super) struct Nexus {
    pub(super) id: NexusId,
    pub(super) pending: Pending,
    /// What is to be sent at once.
    pub(super) events: Vec<Sense>,
    pub(super) removal: Removal,
    /// A reset was told, and the device has not run a command since: what it says of a reset is no news.
    pub(super) told_reset: bool,
}

impl Nexus {
    /// A new one, which has to hear of the power on first.
    pub(super) fn new(id: NexusId) -> Self {
        let mut pending = Pending::default();
        pending.raise(Sense::RESET_OCCURRED);
        Self { id, pending, events: Vec::new(), removal: Removal::Allowed, told_reset: false }
    }

    /// It has been told this, one way or another.
    pub(super) fn heard(&mut self, sense: Sense) {
        self.pending.heard(sense);
        self.events.retain(|event| *event != sense);
        self.told_reset |= is_reset(sense);
    }

    /// The unit attention to tell next, which is thereby told.
    pub(super) fn take(&mut self) -> Option<Sense> {
        let sense = self.pending.take()?;
        self.heard(sense);
        Some(sense)
    }

    pub(super) fn event(&mut self, sense: Sense) {
        if !self.events.contains(&sense) {
            self.events.push(sense);
        }
    }
}
