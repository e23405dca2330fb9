//! CHAP: one side proves that it knows a secret without sending it (RFC 1994, RFC 7143 12.1.3).

use core::fmt;

use md5::{Digest, Md5};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Most bytes of a challenge or response that RFC 7143 12.1.3 lets the other side send.
pub const LONGEST_BINARY: usize = 1024;

/// What both sides know. Never printed, and compared in constant time.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// A secret of no bytes, which everybody knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the CHAP secret is empty, expected at least 12 bytes")]
pub struct EmptySecret;

impl Secret {
    /// A secret of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, EmptySecret> {
        let bytes = bytes.into();
        if bytes.is_empty() { Err(EmptySecret) } else { Ok(Self(bytes)) }
    }

    /// Shorter than the 96 bits that RFC 7143 12.1.3 asks for where nothing encrypts the connection. Some initiators
    /// refuse such a one; whoever configures it should be told.
    pub const fn is_short(&self) -> bool {
        self.0.len() < 96 / 8
    }

    /// Whether both are the same secret.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The hash, by its number in CHAP_A (IANA "PPP Authentication Algorithms").
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// 5: every implementation has it (RFC 7143 12.1.3).
    Md5,
    /// 7.
    Sha256,
}

impl Algorithm {
    /// The one with this number, if it is done here.
    pub const fn from_number(number: u64) -> Option<Self> {
        match number {
            5 => Some(Self::Md5),
            7 => Some(Self::Sha256),
            _ => None,
        }
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Md5 => 5,
            Self::Sha256 => 7,
        }
    }

    /// Bytes of a response, and of the challenges made here: RFC 1994 4.1 wants no less than what the hash keeps.
    const fn bytes(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha256 => 32,
        }
    }

    /// The response to a challenge: the hash of identifier, secret and challenge (RFC 1994 4.1).
    pub fn response(self, identifier: u8, secret: &Secret, challenge: &[u8]) -> Vec<u8> {
        let parts = [&[identifier], secret.0.as_slice(), challenge];
        match self {
            Self::Md5 => hash::<Md5>(parts),
            Self::Sha256 => hash::<Sha256>(parts),
        }
    }
}

fn hash<D: Digest>(parts: [&[u8]; 3]) -> Vec<u8> {
    parts.into_iter().fold(D::new(), Digest::chain_update).finalize().to_vec()
}

/// What was asked of the other side.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The hash.
    pub algorithm: Algorithm,
    /// CHAP_I.
    pub identifier: u8,
    /// CHAP_C.
    pub bytes: Vec<u8>,
}

impl Challenge {
    /// One that nobody can have seen before.
    pub fn random(algorithm: Algorithm) -> Result<Self, getrandom::Error> {
        let mut identifier = [0];
        let mut bytes = vec![0; algorithm.bytes()];
        getrandom::fill(&mut identifier)?;
        getrandom::fill(&mut bytes)?;
        Ok(Self { algorithm, identifier: identifier[0], bytes })
    }

    /// Whether `response` comes from somebody who knows `secret`. Takes the same time for every response of the right
    /// length.
    pub fn is_answered_by(&self, response: &[u8], secret: &Secret) -> bool {
        self.algorithm.response(self.identifier, secret, &self.bytes).ct_eq(response).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Hex;

    /// `printf '\x01secretCHALLENGE' | md5sum`, and the same with sha256sum for the others.
    #[test]
    fn responses_are_those_of_other_programs() {
        let long = "a longer secret ";
        for (algorithm, identifier, secret, challenge, response) in [
            (Algorithm::Md5, 0x01, "secret", "CHALLENGE", "0xfc36736b5e16415197db2bcd56591853"),
            (Algorithm::Md5, 0x2A, long, "0123456789abcdef", "0x521b9534436731e4244ff4144ead3881"),
            (
                Algorithm::Sha256,
                0x2A,
                long,
                "0123456789abcdef",
                "0x5b0309e35704cd8977d5c2ea7f609ffe824d9fbea221009570d37315e1cb0990",
            ),
        ] {
            let secret = Secret::new(secret).unwrap();
            let seen = algorithm.response(identifier, &secret, challenge.as_bytes());
            assert_eq!(Hex(&seen).to_string(), response);
            let challenge = Challenge { algorithm, identifier, bytes: challenge.into() };
            assert!(challenge.is_answered_by(&seen, &secret));
            assert!(!challenge.is_answered_by(&seen[1..], &secret));
            assert!(!challenge.is_answered_by(&[], &secret));
            assert!(!challenge.is_answered_by(&seen, &Secret::new("another").unwrap()));
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new("hunter2hunter2").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(!secret.is_short());
        assert!(Secret::new("hunter2").unwrap().is_short());
        assert_eq!(Secret::new("").unwrap_err(), EmptySecret);
    }

    #[test]
    fn no_two_challenges_are_alike() {
        let [one, two] = [(); 2].map(|()| Challenge::random(Algorithm::Md5).unwrap());
        assert_eq!((one.bytes.len(), two.bytes.len()), (16, 16));
        assert_ne!(one.bytes, two.bytes);
    }
}
