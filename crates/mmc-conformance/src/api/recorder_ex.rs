//! The members of IDiscRecorder2Ex that send one command and turn its sense into an HRESULT. Bytes are
//! written in hexadecimal, both ways.

use mmc_wire::block::feature::FeatureCode;
use mmc_wire::command::{PageControl, TrackAddress};
use raw_cd::{Error, Recorder};

use super::{done, failed, is};
use crate::judge::Called;
use crate::literal::{Hex, hex};
use crate::term::Term;

/// Calls a member; `None` where there is none of that name with these arguments.
pub fn call(recorder: &Recorder, member: &str, args: &[Term]) -> Option<Called> {
    Some(match (member, args) {
        ("GetDiscInformation", []) => bytes(recorder.disc_information()),
        ("GetTrackInformation", [Term::Int(number), Term::Int(kind)]) => {
            bytes(recorder.track_information(narrow(*number)?, TrackAddress(narrow(*kind)?)))
        }
        ("GetFeaturePage", [Term::Int(code), Term::Bool(current)]) => {
            bytes(recorder.feature_page(FeatureCode(narrow(*code)?), *current))
        }
        ("GetModePage", [Term::Int(page), Term::Int(control)]) => {
            bytes(recorder.mode_page(narrow(*page)?, PageControl(narrow(*control)?)))
        }
        ("SetModePage", [Term::Text(page)]) => done(recorder.set_mode_page(&Hex::read(page).ok()?.0)),
        ("ReadDvdStructure", [Term::Int(format), Term::Int(address), Term::Int(layer), Term::Int(agid)]) => {
            bytes(recorder.disc_structure(
                narrow(*format)?,
                narrow(*address)?,
                narrow(*layer)?,
                narrow(*agid)?,
            ))
        }
        _ => return None,
    })
}

fn bytes(result: Result<Vec<u8>, Error>) -> Called {
    match result {
        Ok(bytes) => is(hex(&bytes)),
        Err(error) => failed(&error),
    }
}

fn narrow<T: TryFrom<i64>>(n: i64) -> Option<T> {
    T::try_from(n).ok()
}
