//! The command table: every command is one row here.
//!
//! From a row come the [`Command`] variant, its parser, the name that traces print, what the
//! drive's gate asks, what the read-only tier of the suite lets through, and the tests that
//! every row has to pass. A new command is a row, a CDB in one of the files below and a
//! handler in the drive; leave one out and it does not compile.
//!
//! Opcodes and names: SPC and MMC "Commands", table of command codes.

mod audio;
mod capacity;
mod close;
mod configuration;
mod disc;
mod event;
mod inquiry;
mod key;
mod mechanical;
mod mode;
mod performance;
mod read;
mod ready;
mod toc;
mod track;
mod write;

pub use audio::*;
pub use capacity::*;
pub use close::*;
pub use configuration::*;
pub use disc::*;
pub use event::*;
pub use inquiry::*;
pub use key::*;
pub use mechanical::*;
pub use mode::*;
pub use performance::*;
pub use read::*;
pub use ready::*;
pub use toc::*;
pub use track::*;
pub use write::*;

use crate::layout::{Cdb, CdbBytes};
use crate::parse::{FieldError, FieldFault};

/// Which way a command's data goes, seen from the host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// No data phase.
    None,
    /// From the drive.
    In,
    /// To the drive.
    Out,
}

/// What a command can do to the world. The suite's tiers are made of it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Effect {
    /// Tells something, changes nothing that outlives the command.
    Reads,
    /// Changes settings of the drive that a power cycle restores.
    Sets,
    /// Moves something: tray, spindle, lock.
    Moves,
    /// May change what is on the disc.
    Writes,
}

/// One row of the command table.
#[derive(Debug, Eq, PartialEq)]
pub struct Row {
    /// Operation code, byte 0.
    pub opcode: u8,
    /// The standard's name.
    pub name: &'static str,
    /// Which way data goes.
    pub data: Direction,
    /// What it can do to the world.
    pub effect: Effect,
    /// Answers NOT READY without a medium (MMC "Not ready condition").
    pub needs_medium: bool,
    /// Answers NOT READY while a medium is being loaded.
    pub needs_loaded: bool,
    /// Answers NOT READY while a long operation (blank, close, format) runs.
    pub waits_for_long: bool,
    /// Runs although a unit attention is pending, and leaves it pending (SPC "Unit attention").
    pub passes_unit_attention: bool,
}

impl Row {
    /// Length of the CDB in bytes, from the opcode's group code (SAM "Operation code").
    pub const fn cdb_bytes(&self) -> usize {
        cdb_bytes(self.opcode)
    }
}

/// Length of a CDB from its opcode's group code: 6, 10, 12 or 16 bytes.
///
/// The vendor groups and the variable-length group have no length of their own; they are given
/// 12, the size of an ATAPI packet.
pub const fn cdb_bytes(opcode: u8) -> usize {
    match opcode >> 5 {
        0 => 6,
        1 | 2 => 10,
        4 => 16,
        _ => 12,
    }
}

/// Calls `$apply!` with every row: opcode, type, name, data direction, effect, flags.
///
/// Flags: `medium` answers 2/3A/xx without a medium, `loaded` answers 2/04/01 while loading,
/// `settled` answers 2/04/07 during a long operation, `attention` runs with a unit
/// attention pending. `medium` implies the next two.
#[macro_export]
macro_rules! for_each_command {
    ($apply:ident) => {
        $apply! {
            0x00 TestUnitReady             "TEST UNIT READY"               None Reads  [medium];
            0x01 RezeroUnit                "REZERO UNIT"                   None Moves  [];
            0x03 RequestSense              "REQUEST SENSE"                 In   Reads  [attention];
            0x04 FormatUnit                "FORMAT UNIT"                   Out  Writes [medium];
            0x12 Inquiry                   "INQUIRY"                       In   Reads  [attention];
            0x15 ModeSelect6               "MODE SELECT (6)"               Out  Sets   [];
            0x1A ModeSense6                "MODE SENSE (6)"                In   Reads  [];
            0x1B StartStopUnit             "START STOP UNIT"               None Moves  [];
            0x1E PreventAllowMediumRemoval "PREVENT ALLOW MEDIUM REMOVAL"  None Moves  [];
            0x23 ReadFormatCapacities      "READ FORMAT CAPACITIES"        In   Reads  [loaded, settled];
            0x25 ReadCapacity              "READ CAPACITY"                 In   Reads  [medium];
            0x28 Read10                    "READ (10)"                     In   Reads  [medium];
            0x2A Write10                   "WRITE (10)"                    Out  Writes [medium];
            0x2B Seek10                    "SEEK (10)"                     None Moves  [medium];
            0x2E WriteAndVerify10          "WRITE AND VERIFY (10)"         Out  Writes [medium];
            0x2F Verify10                  "VERIFY (10)"                   None Reads  [medium];
            0x35 SynchronizeCache10        "SYNCHRONIZE CACHE (10)"        None Writes [loaded, settled];
            0x42 ReadSubChannel            "READ SUB-CHANNEL"              In   Reads  [medium];
            0x43 ReadToc                   "READ TOC/PMA/ATIP"             In   Reads  [medium];
            0x44 ReadHeader                "READ HEADER"                   In   Reads  [medium];
            0x45 PlayAudio10               "PLAY AUDIO (10)"               None Moves  [medium];
            0x46 GetConfiguration          "GET CONFIGURATION"             In   Reads  [attention];
            0x47 PlayAudioMsf              "PLAY AUDIO MSF"                None Moves  [medium];
            0x4A GetEventStatusNotification "GET EVENT STATUS NOTIFICATION" In  Reads  [attention];
            0x4B PauseResume               "PAUSE/RESUME"                  None Moves  [medium];
            0x4E StopPlayScan              "STOP PLAY/SCAN"                None Moves  [medium];
            0x51 ReadDiscInformation       "READ DISC INFORMATION"         In   Reads  [medium];
            0x52 ReadTrackInformation      "READ TRACK INFORMATION"        In   Reads  [medium];
            0x53 ReserveTrack              "RESERVE TRACK"                 None Writes [medium];
            0x54 SendOpcInformation        "SEND OPC INFORMATION"          Out  Writes [medium];
            0x55 ModeSelect10              "MODE SELECT (10)"              Out  Sets   [];
            0x58 RepairTrack               "REPAIR TRACK"                  None Writes [medium];
            0x5A ModeSense10               "MODE SENSE (10)"               In   Reads  [];
            0x5B CloseTrackSession         "CLOSE TRACK SESSION"           None Writes [medium];
            0x5C ReadBufferCapacity        "READ BUFFER CAPACITY"          In   Reads  [];
            0x5D SendCueSheet              "SEND CUE SHEET"                Out  Writes [medium];
            0xA0 ReportLuns                "REPORT LUNS"                   In   Reads  [attention];
            0xA1 Blank                     "BLANK"                         None Writes [medium];
            0xA3 SendKey                   "SEND KEY"                      Out  Sets   [];
            0xA4 ReportKey                 "REPORT KEY"                    In   Reads  [loaded];
            0xA6 LoadUnloadMedium          "LOAD/UNLOAD MEDIUM"            None Moves  [];
            0xA8 Read12                    "READ (12)"                     In   Reads  [medium];
            0xAA Write12                   "WRITE (12)"                    Out  Writes [medium];
            0xAC GetPerformance            "GET PERFORMANCE"               In   Reads  [];
            0xAD ReadDiscStructure         "READ DISC STRUCTURE"           In   Reads  [medium];
            0xB6 SetStreaming              "SET STREAMING"                 Out  Sets   [];
            0xB9 ReadCdMsf                 "READ CD MSF"                   In   Reads  [medium];
            0xBA Scan                      "SCAN"                          None Moves  [medium];
            0xBB SetCdSpeed                "SET CD SPEED"                  None Sets   [];
            0xBD MechanismStatus           "MECHANISM STATUS"              In   Reads  [];
            0xBE ReadCd                    "READ CD"                       In   Reads  [medium];
        }
    };
}

macro_rules! table { ($($opcode:literal $name:ident $text:literal $data:ident $effect:ident [$($flag:ident),*];)*) => {
    /// A parsed CDB.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    #[allow(missing_docs, reason = "each variant is its CDB, documented there")]
    pub enum Command {
        $($name($name),)*
        /// An opcode that has no row: unknown, or a vendor's.
        Other(OtherCdb),
    }

    /// Every row, in the order of opcodes.
    pub const ROWS: &[Row] = &[$(Row {
        opcode: $opcode,
        name: $text,
        data: Direction::$data,
        effect: Effect::$effect,
        needs_medium: flag!(medium [$($flag)*]),
        needs_loaded: flag!(medium [$($flag)*]) || flag!(loaded [$($flag)*]),
        waits_for_long: flag!(medium [$($flag)*]) || flag!(settled [$($flag)*]),
        passes_unit_attention: flag!(attention [$($flag)*]),
    },)*];

    impl Command {
        /// Reads a CDB of any command. Opcodes without a row are kept as they are.
        pub fn parse(cdb: &[u8]) -> Result<Self, FieldError> {
            match cdb.first() {
                $(Some(&$opcode) => $name::parse(cdb).map(Self::$name),)*
                Some(_) => match CdbBytes::new(cdb) {
                    Some(bytes) => Ok(Self::Other(OtherCdb { bytes })),
                    None => Err(TOO_LONG),
                },
                None => Err(FieldError { byte: 0, bit: None, fault: FieldFault::Short, expected: "an operation code" }),
            }
        }

        /// The CDB as it goes over the wire.
        pub fn bytes(&self) -> CdbBytes {
            match self {
                $(Self::$name(cdb) => cdb.bytes(),)*
                Self::Other(other) => other.bytes,
            }
        }

        /// The command's row, unless its opcode has none.
        pub const fn row(&self) -> Option<&'static Row> {
            match self {
                $(Self::$name(_) => Some($name::ROW),)*
                Self::Other(_) => None,
            }
        }

        /// Every field with its value, in the order of the declaration.
        pub fn fields(&self) -> Vec<(&'static str, u64)> {
            fn of<C: Cdb>(cdb: &C) -> Vec<(&'static str, u64)> {
                let mut whole = [0; 16];
                cdb.set(&mut whole);
                C::FIELDS.iter().map(|field| (field.name, crate::layout::read(&whole, field.place))).collect()
            }
            match self {
                $(Self::$name(cdb) => of(cdb),)*
                Self::Other(_) => Vec::new(),
            }
        }
    }

    $(impl Opcode for $name { const OPCODE: u8 = $opcode; })*
} }

macro_rules! flag {
    (medium [medium $($rest:ident)*]) => { true };
    (loaded [loaded $($rest:ident)*]) => { true };
    (settled [settled $($rest:ident)*]) => { true };
    (attention [attention $($rest:ident)*]) => { true };
    ($flag:ident [$other:ident $($rest:ident)*]) => { flag!($flag [$($rest)*]) };
    ($flag:ident []) => { false };
}

for_each_command!(table);

const TOO_LONG: FieldError =
    FieldError { byte: 16, bit: None, fault: FieldFault::Illegal, expected: "a CDB of at most 16 bytes" };

/// The opcode that the table gives a type.
#[doc(hidden)]
pub trait Opcode {
    /// Byte 0.
    const OPCODE: u8;
}

/// The row of a type, while compiling.
#[doc(hidden)]
#[allow(clippy::panic, reason = "evaluated while compiling; every type has a row")]
pub const fn row<C: Opcode>() -> &'static Row {
    let mut n = 0;
    while n < ROWS.len() {
        if ROWS[n].opcode == C::OPCODE {
            return &ROWS[n];
        }
        n += 1;
    }
    panic!("no row has this opcode")
}

/// The row of an opcode, if it has one.
pub fn row_of(opcode: u8) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.opcode == opcode)
}

/// A CDB whose opcode has no row: kept byte for byte.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OtherCdb {
    bytes: CdbBytes,
}

impl OtherCdb {
    /// The opcode.
    pub fn opcode(&self) -> u8 {
        self.bytes[0]
    }

    /// All bytes, as they came.
    pub fn bytes(&self) -> CdbBytes {
        self.bytes
    }
}

#[cfg(test)]
mod tests;
