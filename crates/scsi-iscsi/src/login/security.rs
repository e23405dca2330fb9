//! The security stage: AuthMethod, then CHAP (RFC 7143 12 "Security Text Keys and Authentication Methods").

use subtle::ConstantTimeEq;

use super::fault::excerpt;
use super::policy::Auth;
use super::{LoginFault, parameter};
use crate::chap::{Algorithm, Challenge, LONGEST_BINARY};
use crate::text::{Hex, Text, binary, number};

/// How far the proof has come.
#[derive(Debug)]
pub(super) enum Security {
    /// No method has been chosen.
    Open,
    /// CHAP; the hash is not chosen.
    Chap,
    /// The question is asked.
    Asked(Challenge),
    /// Nothing more is to be proved.
    Passed,
}

/// Keys that belong here.
const KEYS: [&str; 6] = ["AuthMethod", "CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R"];

/// Whether a key is for this stage.
pub(super) fn is_key(key: &str) -> bool {
    KEYS.contains(&key)
}

impl Security {
    /// Takes the keys of one request of the security stage, and puts what is to be answered into `answer`.
    pub(super) fn answer(
        &mut self,
        auth: &Auth,
        initiator: &str,
        pairs: &[(&str, &str)],
        answer: &mut Text,
    ) -> Result<(), LoginFault> {
        let (turn, expected): (&[&str], _) = match self {
            Self::Open => (&["AuthMethod"], "AuthMethod"),
            Self::Chap => (&["CHAP_A"], "CHAP_A"),
            Self::Asked(_) => (&["CHAP_N", "CHAP_R", "CHAP_I", "CHAP_C"], "CHAP_N and CHAP_R"),
            Self::Passed => (&[], "no more security keys"),
        };
        if let Some((key, _)) = pairs.iter().find(|(key, _)| is_key(key) && !turn.contains(key)) {
            return Err(LoginFault::AuthOrder { key: (*key).to_owned(), expected });
        }
        let find = |key| pairs.iter().find(|pair| pair.0 == key).map(|pair| pair.1);
        match (&*self, auth) {
            (Self::Open, _) => {
                if let Some(offered) = find("AuthMethod") {
                    *self = method(auth, offered, answer)?;
                }
            }
            (Self::Chap, _) => {
                if let Some(offered) = find("CHAP_A") {
                    *self = Self::Asked(ask(offered, answer)?);
                }
            }
            (Self::Asked(challenge), Auth::Chap { .. }) => {
                if pairs.iter().any(|(key, _)| is_key(key)) {
                    let theirs = Theirs::read(find)?;
                    check(auth, challenge, initiator, &theirs, answer)?;
                    *self = Self::Passed;
                }
            }
            // Without CHAP nothing was asked.
            (Self::Asked(_), Auth::None) | (Self::Passed, _) => {}
        }
        Ok(())
    }

    /// Whether the initiator may go on to a later stage now. An error where it will never be: it wants to, and has not
    /// even begun to prove who it is (RFC 7143 6.3.2 "iSCSI Security Negotiation").
    pub(super) fn may_leave(&self, auth: &Auth) -> Result<bool, LoginFault> {
        match (self, auth) {
            (Self::Passed, _) | (Self::Open, Auth::None) => Ok(true),
            (Self::Open, Auth::Chap { .. }) => Err(LoginFault::AuthRequired),
            (Self::Chap | Self::Asked(_), _) => Ok(false),
        }
    }
}

fn method(auth: &Auth, offered: &str, answer: &mut Text) -> Result<Security, LoginFault> {
    let (ours, next) = match auth {
        Auth::None => ("None", Security::Passed),
        Auth::Chap { .. } if auth.has_one_secret_twice() => return Err(LoginFault::SameSecret),
        Auth::Chap { .. } => ("CHAP", Security::Chap),
    };
    let chosen = parameter::choice(offered, &[ours])
        .ok_or_else(|| LoginFault::AuthMethod { offered: excerpt(offered), expected: ours })?;
    answer.push("AuthMethod", chosen);
    Ok(next)
}

fn ask(offered: &str, answer: &mut Text) -> Result<Challenge, LoginFault> {
    let algorithm = offered
        .split(',')
        .find_map(|word| Algorithm::from_number(number(word)?))
        .ok_or_else(|| LoginFault::Algorithm { offered: excerpt(offered) })?;
    let challenge = Challenge::random(algorithm).map_err(LoginFault::Random)?;
    answer.push("CHAP_A", algorithm.number());
    answer.push("CHAP_I", challenge.identifier);
    answer.push("CHAP_C", Hex(&challenge.bytes));
    Ok(challenge)
}

/// What the initiator says to prove itself, and perhaps asks in turn.
struct Theirs<'a> {
    name: &'a str,
    response: Vec<u8>,
    asks: Option<(u8, Vec<u8>)>,
}

impl<'a> Theirs<'a> {
    fn read(find: impl Fn(&'static str) -> Option<&'a str>) -> Result<Self, LoginFault> {
        let wrong = |key, expected| move || LoginFault::ChapValue { key, expected };
        let bytes = |key| {
            let bytes = find(key).and_then(|value| binary(value, LONGEST_BINARY));
            bytes.ok_or_else(wrong(key, "1 to 1024 bytes in hexadecimal or base64"))
        };
        let asks = if find("CHAP_I").or_else(|| find("CHAP_C")).is_some() {
            let identifier = find("CHAP_I").and_then(number).and_then(|number| u8::try_from(number).ok());
            Some((identifier.ok_or_else(wrong("CHAP_I", "a number of 0 to 255"))?, bytes("CHAP_C")?))
        } else {
            None
        };
        Ok(Self {
            name: find("CHAP_N").ok_or_else(wrong("CHAP_N", "a name"))?,
            response: bytes("CHAP_R")?,
            asks,
        })
    }
}

fn check(
    auth: &Auth,
    challenge: &Challenge,
    initiator: &str,
    theirs: &Theirs<'_>,
    answer: &mut Text,
) -> Result<(), LoginFault> {
    let Auth::Chap { name, secret, mutual } = auth else { return Err(LoginFault::NoMutual) };
    // Both are always looked at, so that the time tells nothing about which of them was wrong.
    let is_known = theirs.name.as_bytes().ct_eq(name.as_bytes());
    let is_right = challenge.is_answered_by(&theirs.response, secret);
    let why = match (bool::from(is_known), is_right) {
        (true, true) => None,
        (true, false) => Some("wrong response"),
        (false, _) => Some("unknown name"),
    };
    if let Some(why) = why {
        let name = excerpt(theirs.name);
        return Err(LoginFault::Denied { initiator: initiator.to_owned(), name, why });
    }
    let Some((identifier, asked)) = &theirs.asks else { return Ok(()) };
    if *asked == challenge.bytes {
        return Err(LoginFault::Reflected);
    }
    let (name, secret) = mutual.as_ref().ok_or(LoginFault::NoMutual)?;
    answer.push("CHAP_N", name);
    answer.push("CHAP_R", Hex(&challenge.algorithm.response(*identifier, secret, asked)));
    Ok(())
}
