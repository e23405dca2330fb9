//! MECHANISM STATUS's reply: fault, tray, position, slots.

use super::{Block, Query};
use crate::command::MechanismStatus;
use crate::open_number;
use crate::parse::{FieldError, Input, Parsed, array, bit, bits, run};

open_number! {
    /// What a changer does (MMC "MECHANISM STATUS Command", changer state).
    ChangerState(u8) {
        /// Ready.
        READY = 0 "ready";
        /// Loading.
        LOADING = 1 "load in progress";
        /// Unloading.
        UNLOADING = 2 "unload in progress";
        /// Initialising.
        INITIALIZING = 3 "initializing";
    }
}

open_number! {
    /// What the mechanism does (MMC "MECHANISM STATUS Command", mechanism state).
    MechanismState(u8) {
        /// Idle.
        IDLE = 0 "idle";
        /// Playing audio.
        PLAYING = 1 "playing";
        /// Scanning.
        SCANNING = 2 "scanning";
        /// Active for a host: reading or writing.
        HOST_ACTIVE = 3 "host active";
        /// Nothing to tell.
        NO_STATE = 7 "no state information";
    }
}

/// One slot of a changer.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Slot {
    /// A disc is in it.
    pub disc_present: bool,
    /// The disc has changed since the slot was loaded last.
    pub changed: bool,
}

/// What the mechanism is doing.
///
/// MMC "MECHANISM STATUS Command"; Linux `cdrom_mechstat_header` and `cdrom_slot`. Drives without a
/// changer answer all zero (Pioneer), or one slot and no table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mechanism {
    /// Something is broken.
    pub fault: bool,
    /// What a changer does.
    pub changer: ChangerState,
    /// Slot whose disc is in use, 0 to 31.
    pub current_slot: u8,
    /// What the mechanism does.
    pub state: MechanismState,
    /// Door or tray is open.
    pub door_open: bool,
    /// Block that the head is at, 24 bits; 0 from most drives.
    pub current_lba: u32,
    /// Slots that the drive has.
    pub slots: u8,
    /// The slot table; empty without a changer.
    pub slot_table: Vec<Slot>,
}

impl Mechanism {
    /// Bytes of a reply without slot table.
    pub const BYTES: usize = 8;

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, [state, mechanism, a, b, c, slots, hi, lo]) = array::<8>(input)?;
        let table_bytes = usize::from(u16::from_be_bytes([hi, lo]));
        let table = input.get(..table_bytes).unwrap_or(input);
        let slot_table = table
            .as_chunks::<4>()
            .0
            .iter()
            .map(|slot| Slot { disc_present: bit(slot[0], 7), changed: bit(slot[0], 0) })
            .collect();
        let mechanism = Self {
            fault: bit(state, 7),
            changer: ChangerState(bits(state, 6, 5)),
            current_slot: bits(state, 4, 0),
            state: MechanismState(bits(mechanism, 7, 5)),
            door_open: bit(mechanism, 4),
            current_lba: u32::from_be_bytes([0, a, b, c]),
            slots,
            slot_table,
        };
        Ok((&input[table.len()..], mechanism))
    }
}

impl Block for Mechanism {
    /// Reads whole slots, as many as both the table length and the data allow.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, Self::fields)
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let table = self.slot_table.get(..0xFFFF / 4).unwrap_or(&self.slot_table);
        let [_, a, b, c] = self.current_lba.to_be_bytes();
        let [hi, lo] = ((table.len() * 4) as u16).to_be_bytes();
        let state = u8::from(self.fault) << 7 | (self.changer.0 & 3) << 5 | self.current_slot & 0x1F;
        let mechanism = (self.state.0 & 7) << 5 | u8::from(self.door_open) << 4;
        out.extend([state, mechanism, a, b, c, self.slots, hi, lo]);
        for slot in table {
            out.extend([u8::from(slot.disc_present) << 7 | u8::from(slot.changed), 0, 0, 0]);
        }
    }
}

impl Query for MechanismStatus {
    type Reply = Mechanism;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<Mechanism, FieldError> {
        Mechanism::parse(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All zero is what Pioneer drives answer (their command references, "MECHANISM STATUS").
    #[test]
    fn a_drive_without_changer_answers_zero() {
        assert_eq!(MechanismStatus { allocation: 8 }.reply(&[0; 8]), Ok(Mechanism::default()));
        assert_eq!(Mechanism::default().to_bytes(), [0; 8]);
    }

    /// Laid out by hand from the bits of Linux's `cdrom_mechstat_header`: a changer of two slots,
    /// loading slot 1, door open, at block 010203h, a new disc in the second slot.
    #[test]
    fn a_changer_has_a_table() {
        let bytes =
            [0x21, 0x70, 0x01, 0x02, 0x03, 0x02, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x81, 0x00, 0x00, 0x00];
        let mechanism = Mechanism {
            fault: false,
            changer: ChangerState::LOADING,
            current_slot: 1,
            state: MechanismState::HOST_ACTIVE,
            door_open: true,
            current_lba: 0x01_02_03,
            slots: 2,
            slot_table: vec![Slot::default(), Slot { disc_present: true, changed: true }],
        };
        assert_eq!(Mechanism::parse(&bytes), Ok(mechanism.clone()));
        assert_eq!(mechanism.to_bytes(), bytes);
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            match Mechanism::parse(&bytes) {
                Ok(mechanism) => prop_assert_eq!(Mechanism::parse(&mechanism.to_bytes()), Ok(mechanism)),
                Err(fault) => prop_assert_eq!((bytes.len() < 8, fault.byte), (true, bytes.len())),
            }
        }
    }
}
