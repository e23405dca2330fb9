//! Events that wait to be fetched with GET EVENT STATUS NOTIFICATION.

/// The pending media event. A newer one replaces an older one: a host that learns of a new medium
/// need not learn of the old one's removal (MMC "Media event class").
#[derive(Clone, Debug, Default)]
pub struct Events {
    media: Option<MediaChange>,
}

/// What happened to the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaChange {
    /// Somebody pressed the button of a locked drive.
    EjectRequested,
    /// A disc came and is ready.
    New,
    /// The disc went.
    Removed,
}

impl Events {
    /// Somebody pressed the button of a locked drive.
    pub fn eject_requested(&mut self) {
        self.media = Some(MediaChange::EjectRequested);
    }

    /// A disc came and is ready.
    pub fn new_medium(&mut self) {
        self.media = Some(MediaChange::New);
    }

    /// The disc went.
    pub fn medium_removed(&mut self) {
        self.media = Some(MediaChange::Removed);
    }

    /// Whether a media event waits.
    pub const fn has_media(&self) -> bool {
        self.media.is_some()
    }

    /// The media event, which is thereby fetched.
    pub fn take_media(&mut self) -> Option<MediaChange> {
        self.media.take()
    }
}
