//! GET EVENT STATUS NOTIFICATION's reply: one event of one class.
//!
//! MMC "GET EVENT STATUS NOTIFICATION Command"; Microsoft WDK `NOTIFICATION_EVENT_STATUS_HEADER`
//! and the structures behind it.

use super::{Block, Query};
use crate::command::GetEventStatusNotification;
use crate::open_number;
use crate::parse::{FieldError, Input, Parsed, array, bit, bits, run};

#[cfg(test)]
mod tests;

open_number! {
    /// What an event is about (MMC "GET EVENT STATUS NOTIFICATION Command", notification class).
    NotificationClass(u8) {
        /// None: no class that was asked for is supported.
        NONE = 0 "no event";
        /// The drive's abilities changed.
        OPERATIONAL_CHANGE = 1 "operational change";
        /// Power.
        POWER = 2 "power management";
        /// A button was pressed.
        EXTERNAL_REQUEST = 3 "external request";
        /// The medium.
        MEDIA = 4 "media";
        /// Another host.
        MULTI_HOST = 5 "multi-host";
        /// A command takes its time.
        DEVICE_BUSY = 6 "device busy";
    }
}

impl NotificationClass {
    /// The class's bit in a mask of classes; 0 for [`NONE`](Self::NONE).
    pub const fn mask(self) -> u8 {
        match self.0 {
            0 | 8.. => 0,
            n => 1 << n,
        }
    }
}

open_number! {
    /// Operational event (MMC "Operational change class events").
    OperationalEvent(u8) {
        /// Nothing happened.
        NONE = 0 "no change";
        /// A host asked for a change.
        REQUESTED = 1 "change requested";
        /// A change took place.
        OCCURRED = 2 "change occurred";
    }
}

open_number! {
    /// Power event (MMC "Power management class events").
    PowerEvent(u8) {
        /// Nothing happened.
        NONE = 0 "no change";
        /// The drive changed to the state told.
        SUCCESSFUL = 1 "change successful";
        /// The change did not work.
        FAILED = 2 "change failed";
    }
}

open_number! {
    /// Power state (MMC "Power management class events").
    PowerStatus(u8) {
        /// Active.
        ACTIVE = 1 "active";
        /// Idle.
        IDLE = 2 "idle";
        /// Standby.
        STANDBY = 3 "standby";
        /// Sleep.
        SLEEP = 4 "sleep";
    }
}

open_number! {
    /// Media event (MMC "Media class events").
    MediaEvent(u8) {
        /// Nothing happened.
        NONE = 0 "no change";
        /// The eject button was pressed.
        EJECT_REQUEST = 1 "eject request";
        /// A disc came and is ready.
        NEW_MEDIA = 2 "new media";
        /// The disc went.
        REMOVAL = 3 "media removal";
        /// A changer changed discs.
        CHANGED = 4 "media changed";
        /// Formatting in the background ended.
        BACKGROUND_FORMAT_COMPLETED = 5 "background format completed";
        /// Formatting in the background went on.
        BACKGROUND_FORMAT_RESTARTED = 6 "background format restarted";
    }
}

open_number! {
    /// Why the drive is busy (MMC "Device busy class events").
    BusyStatus(u8) {
        /// It is not.
        NONE = 0 "not busy";
        /// It wakes up.
        POWER = 1 "power state change";
        /// A command with IMMED runs.
        IMMEDIATE = 2 "immediate command in progress";
        /// A deferred error or command.
        DEFERRED = 3 "deferred";
    }
}

/// What an event tells: four bytes, by class. Code 0 is "nothing happened" in every class.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Event {
    /// The drive's abilities changed.
    OperationalChange {
        /// What happened.
        event: OperationalEvent,
        /// Another host has locked the drive for good (persistent prevent).
        persistent_prevent: bool,
        /// Operational status, 0 to 15; 0 is available.
        status: u8,
        /// What changed; 1 is the feature list.
        change: u16,
    },
    /// Power.
    Power {
        /// What happened.
        event: PowerEvent,
        /// Power state.
        status: PowerStatus,
    },
    /// A button was pressed.
    ExternalRequest {
        /// What happened, 0 to 15: 1 button down, 2 button up, 3 request of another host.
        event: u8,
        /// Another host has locked the drive for good (persistent prevent).
        persistent_prevent: bool,
        /// External request status, 0 to 15; 0 is ready.
        status: u8,
        /// What was requested.
        request: u16,
    },
    /// The medium.
    Media {
        /// What happened.
        event: MediaEvent,
        /// A disc is there.
        medium_present: bool,
        /// The tray or door is open.
        tray_open: bool,
        /// First slot of a changer that the event is about.
        start_slot: u8,
        /// Last slot.
        end_slot: u8,
    },
    /// Another host.
    MultiHost {
        /// What happened, 0 to 15: 1 control request, 2 grant, 3 release.
        event: u8,
        /// Another host has locked the drive for good (persistent prevent).
        persistent_prevent: bool,
        /// Multi-host status, 0 to 15; 0 is ready.
        status: u8,
        /// Priority: 1 low, 2 medium, 3 high.
        priority: u16,
    },
    /// A command takes its time.
    DeviceBusy {
        /// What happened, 0 to 15; 1 is a change of the status.
        event: u8,
        /// Why.
        status: BusyStatus,
        /// For how long yet, units of 100 ms.
        time: u16,
    },
    /// Of a class without a meaning here: the bytes as they stand.
    Other(NotificationClass, [u8; 4]),
}

impl Event {
    /// Bytes of an event.
    pub const BYTES: usize = 4;

    /// The event's class.
    pub const fn class(&self) -> NotificationClass {
        match self {
            Self::OperationalChange { .. } => NotificationClass::OPERATIONAL_CHANGE,
            Self::Power { .. } => NotificationClass::POWER,
            Self::ExternalRequest { .. } => NotificationClass::EXTERNAL_REQUEST,
            Self::Media { .. } => NotificationClass::MEDIA,
            Self::MultiHost { .. } => NotificationClass::MULTI_HOST,
            Self::DeviceBusy { .. } => NotificationClass::DEVICE_BUSY,
            Self::Other(class, _) => *class,
        }
    }

    fn from_bytes(class: NotificationClass, bytes: [u8; Self::BYTES]) -> Self {
        let [code, state, hi, lo] = bytes;
        let (event, status, number) = (bits(code, 3, 0), bits(state, 3, 0), u16::from_be_bytes([hi, lo]));
        let persistent_prevent = bit(state, 7);
        match class {
            NotificationClass::OPERATIONAL_CHANGE => Self::OperationalChange {
                event: OperationalEvent(event),
                persistent_prevent,
                status,
                change: number,
            },
            NotificationClass::POWER => Self::Power { event: PowerEvent(event), status: PowerStatus(state) },
            NotificationClass::EXTERNAL_REQUEST => {
                Self::ExternalRequest { event, persistent_prevent, status, request: number }
            }
            NotificationClass::MEDIA => Self::Media {
                event: MediaEvent(event),
                medium_present: bit(state, 1),
                tray_open: bit(state, 0),
                start_slot: hi,
                end_slot: lo,
            },
            NotificationClass::MULTI_HOST => {
                Self::MultiHost { event, persistent_prevent, status, priority: number }
            }
            NotificationClass::DEVICE_BUSY => {
                Self::DeviceBusy { event, status: BusyStatus(state), time: number }
            }
            _ => Self::Other(class, bytes),
        }
    }

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let four = |event: u8, state: u8, number: u16| {
            let [hi, lo] = number.to_be_bytes();
            [event & 0x0F, state, hi, lo]
        };
        let shared = |prevent: bool, status: u8| u8::from(prevent) << 7 | status & 0x0F;
        match self {
            Self::OperationalChange { event, persistent_prevent, status, change } => {
                four(event.0, shared(persistent_prevent, status), change)
            }
            Self::Power { event, status } => four(event.0, status.0, 0),
            Self::ExternalRequest { event, persistent_prevent, status, request: number }
            | Self::MultiHost { event, persistent_prevent, status, priority: number } => {
                four(event, shared(persistent_prevent, status), number)
            }
            Self::Media { event, medium_present, tray_open, start_slot, end_slot } => {
                let state = u8::from(medium_present) << 1 | u8::from(tray_open);
                four(event.0, state, u16::from_be_bytes([start_slot, end_slot]))
            }
            Self::DeviceBusy { event, status, time } => four(event, status.0, time),
            Self::Other(_, bytes) => bytes,
        }
    }
}

/// What GET EVENT STATUS NOTIFICATION brings: what the drive can tell of, and one event.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct EventStatus {
    /// Classes that the drive knows, one bit each ([`NotificationClass::mask`]).
    pub supported: u8,
    /// The event; `None` (NEA, "no event available") where the drive knows none of the classes that
    /// were asked for, and where the reply ends before it.
    pub event: Option<Event>,
}

impl EventStatus {
    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, [hi, lo, class, supported]) = array::<4>(input)?;
        let status = Self { supported, event: None };
        if bit(class, 7) || u16::from_be_bytes([hi, lo]) <= 2 || input.is_empty() {
            return Ok((input, status));
        }
        let (input, bytes) = array::<{ Event::BYTES }>(input)?;
        let event = Event::from_bytes(NotificationClass(bits(class, 2, 0)), bytes);
        Ok((input, Self { event: Some(event), ..status }))
    }
}

impl Block for EventStatus {
    /// A reply whose event is cut off is an error; one of the header alone is not.
    ///
    /// The length field only tells whether there is an event: QEMU's drive counts the event alone, 4
    /// with one and 0 without, where the standard counts 6 and 2.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, Self::fields)
    }

    /// Event data length counts what follows the field: 6 with an event, 2 without.
    fn emit(&self, out: &mut Vec<u8>) {
        match self.event {
            None => out.extend([0, 2, 0x80, self.supported]),
            Some(event) => {
                out.extend([0, 6, event.class().0 & 7, self.supported]);
                out.extend(event.to_bytes());
            }
        }
    }
}

impl Query for GetEventStatusNotification {
    type Reply = EventStatus;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<EventStatus, FieldError> {
        EventStatus::parse(bytes)
    }
}
