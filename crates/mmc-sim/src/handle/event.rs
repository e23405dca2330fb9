//! GET EVENT STATUS NOTIFICATION.

use mmc_wire::Block;
use mmc_wire::block::event::{
    BusyStatus, Event, EventStatus, MediaEvent, NotificationClass, OperationalEvent, PowerEvent, PowerStatus,
};
use mmc_wire::command::GetEventStatusNotification;

use super::{Handle, Io};
use crate::drive::Drive;
use crate::events::MediaChange;
use crate::refusal::{Refusal, refuse_field};
use crate::scene::Tray;

/// The classes this drive knows, in the order in which it tells them: lower numbers first (MMC;
/// Pioneer's drives know 1, 2 and 4).
const CLASSES: [NotificationClass; 4] = [
    NotificationClass::OPERATIONAL_CHANGE,
    NotificationClass::POWER,
    NotificationClass::MEDIA,
    NotificationClass::DEVICE_BUSY,
];

impl Handle<GetEventStatusNotification> for Drive {
    /// MMC "GET EVENT STATUS NOTIFICATION Command". One class a reply; fetching an event consumes it, and
    /// leaves unit attentions alone.
    fn handle(&mut self, cdb: &GetEventStatusNotification, io: &mut Io<'_>) -> Result<(), Refusal> {
        if !cdb.polled {
            return Err(refuse_field!(GetEventStatusNotification, "polled"));
        }
        let supported = CLASSES.iter().fold(0, |mask, class| mask | class.mask());
        let asked = || CLASSES.into_iter().filter(|class| cdb.classes & class.mask() != 0);
        // The first class with news; without news the first class that was asked for.
        let class = asked().find(|class| self.has_news(*class)).or_else(|| asked().next());
        let event = class.map(|class| self.event(class));
        EventStatus { supported, event }.emit(io.reply);
        Ok(())
    }
}

impl Drive {
    fn has_news(&self, class: NotificationClass) -> bool {
        match class {
            NotificationClass::MEDIA => self.events.has_media(),
            NotificationClass::DEVICE_BUSY => self.long_run().is_some(),
            _ => false,
        }
    }

    fn event(&mut self, class: NotificationClass) -> Event {
        match class {
            NotificationClass::OPERATIONAL_CHANGE => Event::OperationalChange {
                event: OperationalEvent::NONE,
                persistent_prevent: self.loader.persistent,
                status: 0,
                change: 0,
            },
            NotificationClass::POWER => Event::Power { event: PowerEvent::NONE, status: PowerStatus::ACTIVE },
            NotificationClass::DEVICE_BUSY => match self.time_left() {
                Some(left) => Event::DeviceBusy {
                    event: 1,
                    status: BusyStatus::IMMEDIATE,
                    time: u16::try_from(left.as_millis() / 100).unwrap_or(u16::MAX),
                },
                None => Event::DeviceBusy { event: 0, status: BusyStatus::NONE, time: 0 },
            },
            _ => Event::Media {
                event: match self.events.take_media() {
                    None => MediaEvent::NONE,
                    Some(MediaChange::EjectRequested) => MediaEvent::EJECT_REQUEST,
                    Some(MediaChange::New) => MediaEvent::NEW_MEDIA,
                    Some(MediaChange::Removed) => MediaEvent::REMOVAL,
                },
                medium_present: self.loader.tray == Tray::Closed && self.loader.disc.is_some(),
                tray_open: self.loader.tray == Tray::Open,
                start_slot: 0,
                end_slot: 0,
            },
        }
    }
}
