//! Habits: the places where real drives part ways, each with its evidence.

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use mmc_wire::Sense;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A habit, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habit<T> {
    /// What the drive does.
    pub is: T,
    /// Where that was seen or said; never empty.
    #[serde(deserialize_with = "something_said")]
    pub evidence: String,
}

fn something_said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("evidence is empty: expected where the habit was seen or said"));
    }
    Ok(text)
}

impl<T> Habit<T> {
    fn new(is: T, evidence: &str) -> Self {
        Self { is, evidence: evidence.to_owned() }
    }
}

/// Where real drives part ways. The defaults are what MMC asks, or where the text could not
/// be had, what most drives in public logs do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Habits {
    /// The next writable address of a blank disc while the write type is RAW.
    pub raw_next_writable: Habit<RawNextWritable>,
    /// The next writable address of a blank disc while the write type is SAO.
    pub sao_next_writable: Habit<SaoNextWritable>,
    /// What an empty drive says.
    pub no_medium: Habit<NoMediumSense>,
    /// What TEST UNIT READY says while a write stream runs.
    pub ready_while_writing: Habit<ReadyWhileWriting>,
    /// What disc and track information say while a write stream runs.
    pub busy_while_writing: Habit<BusySense>,
    /// A WRITE that the buffer has no room for.
    pub full_buffer: Habit<FullBuffer>,
    /// The first WRITE on a disc that has not been calibrated for calibrates the laser.
    pub first_write_calibrates: Habit<bool>,
    /// READ TOC/PMA/ATIP format 4 on a pressed disc.
    pub atip_of_pressed: Habit<Absent>,
    /// READ TOC/PMA/ATIP format 4 on a CD-RW.
    pub atip_of_cd_rw: Habit<Present>,
    /// READ TOC/PMA/ATIP format 3 on a finalised disc.
    pub pma_of_finalised: Habit<Present>,
    /// READ TOC/PMA/ATIP format 5 on a disc without CD-TEXT.
    pub no_cd_text: Habit<Absent>,
    /// The disc type byte of READ DISC INFORMATION on a blank disc.
    pub blank_disc_type: Habit<u8>,
    /// The RT bit of a complete track in READ TRACK INFORMATION.
    pub complete_track_is_reserved: Habit<bool>,
    /// The current profile with a finalised CD-R in the drive.
    pub finalised_profile: Habit<FinalisedProfile>,
    /// Whether any profile descriptor has its current bit set.
    pub profile_current_bits: Habit<bool>,
    /// The sense key when the tray is locked.
    pub locked_key: Habit<u8>,
    /// Additional sense length, byte 7 of fixed sense data.
    pub sense_additional_bytes: Habit<u8>,
    /// A reserved bit set in a CDB.
    pub reserved_bits: Habit<ReservedBits>,
    /// BUFE as it stands in page 05h after power on.
    pub default_bufe: Habit<bool>,
    /// Link size as it stands in page 05h after power on; only 7 is legal on CD with LS_V.
    pub default_link_size: Habit<u8>,
    /// Length of mode page 05h, byte 1.
    pub write_parameters_bytes: Habit<u8>,
    /// READ CD of what lies before block 0.
    pub negative_addresses: Habit<NegativeAddresses>,
    /// Audio that cannot be read, and the host asked neither for C2 pointers nor for concealment.
    pub unreadable_audio: Habit<UnreadableAudio>,
    /// RAW data block types that MODE SELECT takes and the first WRITE does not.
    pub raw_types_that_fail: Habit<Vec<u8>>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            raw_next_writable: Habit::new(
                RawNextWritable::LeadInStart,
                "cdrecord expects it and is silent on drives that give it (mmc write start address table)",
            ),
            sao_next_writable: Habit::new(
                SaoNextWritable::Pregap,
                "cdrecord logs: first SAO write at LBA -150; other values are reported as wrong startsec",
            ),
            no_medium: Habit::new(
                NoMediumSense::Precise,
                "MMC-3 and later: 3A/01 tray closed, 3A/02 tray open",
            ),
            ready_while_writing: Habit::new(
                ReadyWhileWriting::Good,
                "Pioneer R11 command reference, TEST UNIT READY, note 1",
            ),
            busy_while_writing: Habit::new(
                BusySense::OperationInProgress,
                "Pioneer R8 and R11 command references, 2/04/07 while writing",
            ),
            full_buffer: Habit::new(
                FullBuffer::LongWriteInProgress,
                "Pioneer R8 and R11 command references, WRITE (10): 2/04/08, and how long to wait; cdrecord and libburn repeat the command, cdrdao 1.2.4 does with its driver generic-mmc and not with generic-mmc-raw (tests/vm)",
            ),
            first_write_calibrates: Habit::new(
                true,
                "open question: burning programs leave SEND OPC INFORMATION out, and drives write all the same",
            ),
            atip_of_pressed: Habit::new(
                Absent::Refused,
                "READ TOC format 4 refused on pressed discs in public logs",
            ),
            atip_of_cd_rw: Habit::new(
                Present::Given,
                "CD-RW ATIP in many public logs, e.g. DiscImageCreator issue 43",
            ),
            pma_of_finalised: Habit::new(Present::Given, "open question: no source; the PMA stays readable"),
            no_cd_text: Habit::new(
                Absent::Empty,
                "open question: length 2 or 5/24/00; the matrix takes length 2",
            ),
            blank_disc_type: Habit::new(0xFF, "MMC READ DISC INFORMATION: FFh undefined"),
            complete_track_is_reserved: Habit::new(
                true,
                "Pioneer R8 command reference, table 29: RT 1, blank 0, packet 0",
            ),
            finalised_profile: Habit::new(
                FinalisedProfile::CdR,
                "Pioneer R11 command reference, GET CONFIGURATION",
            ),
            profile_current_bits: Habit::new(true, "MMC profile list feature"),
            locked_key: Habit::new(5, "SPC: MEDIUM REMOVAL PREVENTED is an illegal request"),
            sense_additional_bytes: Habit::new(0x0A, "SPC fixed format: 18 bytes"),
            reserved_bits: Habit::new(ReservedBits::Refused, "SPC reserved field rules"),
            default_bufe: Habit::new(true, "Pioneer command references: BUFE default 1"),
            default_link_size: Habit::new(7, "MMC write parameters page: 7 on CD"),
            write_parameters_bytes: Habit::new(
                0x32,
                "every drive whose page 05h length shows in public logs",
            ),
            negative_addresses: Habit::new(
                NegativeAddresses::Refused,
                "DiscImageCreator issue 1: an ordinary drive answered READ CD at LBA -1 with 5/21/00",
            ),
            unreadable_audio: Habit::new(
                UnreadableAudio::Reported,
                "SCSI-2 \"CD-ROM error recovery\": a CIRC unrecovered data error ends the transfer; open question D-167",
            ),
            raw_types_that_fail: Habit::new(
                Vec::new(),
                "MMC \"MODE SELECT\": a page that cannot be is refused there",
            ),
        }
    }
}

/// Next writable address in RAW mode on a blank disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RawNextWritable {
    /// Where the lead-in starts.
    LeadInStart,
    /// -150, whatever the write type.
    Pregap,
    /// 0.
    Zero,
}

/// Next writable address in SAO mode on a blank disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SaoNextWritable {
    /// -150.
    Pregap,
    /// 0.
    Zero,
}

/// READ CD of what lies before block 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NegativeAddresses {
    /// 5/21/00.
    Refused,
    /// The first pregap is read, -150 to -1.
    Pregap,
    /// The lead-in too.
    LeadIn,
}

impl NegativeAddresses {
    /// The first address that is read; `None` where none below 0 is.
    pub const fn first(self) -> Option<Lba> {
        match self {
            Self::Refused => None,
            Self::Pregap => Some(Lba(-PREGAP_FRAMES)),
            Self::LeadIn => Some(Lba::MIN),
        }
    }
}

/// Audio that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnreadableAudio {
    /// 3/11/06, as mode page 01h has it.
    Reported,
    /// It is concealed, and nothing said.
    Concealed,
}

/// What an empty drive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoMediumSense {
    /// 2/3A/00.
    Plain,
    /// 2/3A/01 with the tray closed, 2/3A/02 with it open.
    Precise,
}

/// What TEST UNIT READY says while a write stream runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadyWhileWriting {
    /// GOOD.
    Good,
    /// The busy sense.
    Busy,
}

/// Which sense means busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BusySense {
    /// 2/04/07.
    OperationInProgress,
    /// 2/04/08.
    LongWriteInProgress,
}

impl BusySense {
    /// The triple.
    pub const fn sense(self) -> Sense {
        match self {
            Self::OperationInProgress => Sense::OPERATION_IN_PROGRESS,
            Self::LongWriteInProgress => Sense::LONG_WRITE_IN_PROGRESS,
        }
    }
}

/// A WRITE that the buffer has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FullBuffer {
    /// 2/04/08; the host sends it again.
    LongWriteInProgress,
    /// The transfer waits until there is room.
    Hold,
}

/// How a drive tells that a table is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Absent {
    /// 5/24/00.
    Refused,
    /// A header without entries.
    Empty,
}

/// Whether a drive gives a table that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Present {
    /// It does.
    Given,
    /// 5/24/00.
    Refused,
}

/// The current profile with a finalised CD-R.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FinalisedProfile {
    /// 0009h.
    CdR,
    /// 0008h.
    CdRom,
}

/// What a drive does with a reserved bit in a CDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReservedBits {
    /// 5/24/00 with the field pointer at it.
    Refused,
    /// Nothing.
    Ignored,
}
