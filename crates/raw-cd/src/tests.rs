//! The rules against a drive that answers by script. What the simulated drive makes of the same
//! members is tested with the fixtures.

mod addresses;
mod burner;
mod created_image;
mod events;
mod finish;
mod hostile;
mod lock;
mod media;
mod prepare;
mod record;
mod script;
mod speed;
mod state;
mod verify;
mod write;

use script::{Answer, Script};

use crate::{HResult, MediaPolicy, RawCd, Recorder};

const TEST_UNIT_READY: u8 = 0x00;
const START_STOP_UNIT: u8 = 0x1B;
const PREVENT_ALLOW: u8 = 0x1E;
const WRITE_10: u8 = 0x2A;
const SYNCHRONIZE_CACHE: u8 = 0x35;
const READ_TOC: u8 = 0x43;
const GET_CONFIGURATION: u8 = 0x46;
const READ_DISC_INFORMATION: u8 = 0x51;
const READ_TRACK_INFORMATION: u8 = 0x52;
const SEND_OPC: u8 = 0x54;
const MODE_SELECT_10: u8 = 0x55;
const MODE_SENSE_10: u8 = 0x5A;
const GET_PERFORMANCE: u8 = 0xAC;
const SET_STREAMING: u8 = 0xB6;
const SET_CD_SPEED: u8 = 0xBB;
const READ_CD: u8 = 0xBE;

/// An object with a recorder and a name, on a drive that follows the script.
fn object(script: &Script) -> RawCd {
    with_policy(script, MediaPolicy::BlankOnly)
}

fn with_policy(script: &Script, policy: MediaPolicy) -> RawCd {
    let object = RawCd::new(policy);
    object.set_recorder(Some(&Recorder::new(script.clone()))).unwrap();
    object.set_client_name("RawCD").unwrap();
    object
}

/// The number of a failure.
fn code<T: core::fmt::Debug>(result: Result<T, crate::Error>) -> HResult {
    result.unwrap_err().hresult()
}
