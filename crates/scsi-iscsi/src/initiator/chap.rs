//! The initiator's side of CHAP (RFC 1994, RFC 7143 12.1.3).
//!
//! On purpose apart from the target's: two that were written apart notice each other's mistakes.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

use super::error::ConnectError;
use super::options::Chap;
use super::text::Keys;

/// CHAP_A of MD5, the one algorithm that every target has.
const MD5: &str = "5";

/// Bytes of our challenge: as many as MD5 gives.
const CHALLENGE: usize = 16;

/// The longest challenge of a target (RFC 7143 12.1.3: "The maximum length is 1024 bytes").
const LONGEST: usize = 1024;

/// MD5 over identifier, secret and challenge (RFC 1994 4.1 "Challenge and Response", "Value").
fn response(identifier: u8, secret: &[u8], challenge: &[u8]) -> [u8; 16] {
    let mut hash = Md5::new();
    hash.update([identifier]);
    hash.update(secret);
    hash.update(challenge);
    hash.finalize().into()
}

/// What we asked the target to prove.
#[derive(Debug)]
pub(super) struct Challenge {
    identifier: u8,
    bytes: [u8; CHALLENGE],
}

/// What we say first.
pub(super) fn offer(keys: &mut Keys) {
    keys.push("CHAP_A", MD5);
}

/// Answers the target's challenge, and sends our own where the target has to prove itself.
pub(super) fn answer(chap: &Chap, said: &Keys, keys: &mut Keys) -> Result<Option<Challenge>, ConnectError> {
    let algorithm = wanted(said, "CHAP_A")?;
    if algorithm != MD5 {
        return Err(failed(format!("the target chose CHAP_A={algorithm}, we offered {MD5}")));
    }
    let identifier = identifier(said)?;
    let challenge = binary(said, "CHAP_C")?;
    if challenge.is_empty() || challenge.len() > LONGEST {
        let bytes = challenge.len();
        return Err(failed(format!("the target's challenge has {bytes} bytes, expected 1 to {LONGEST}")));
    }
    keys.push("CHAP_N", &chap.initiator.name);
    keys.push("CHAP_R", &hex(&response(identifier, &chap.initiator.secret, &challenge)));
    if chap.target.is_none() {
        return Ok(None);
    }
    let mut random = [0; CHALLENGE + 1];
    getrandom::fill(&mut random)
        .map_err(|error| failed(format!("the system has no random numbers: {error}")))?;
    let [identifier, bytes @ ..] = random;
    keys.push("CHAP_I", &identifier.to_string());
    keys.push("CHAP_C", &hex(&bytes));
    Ok(Some(Challenge { identifier, bytes }))
}

/// Looks at what the target sent as its proof.
pub(super) fn verify(chap: &Chap, challenge: &Challenge, said: &Keys) -> Result<(), ConnectError> {
    let Some(target) = &chap.target else { return Ok(()) };
    let name = wanted(said, "CHAP_N")?;
    if name != target.name {
        return Err(failed(format!("the target is called `{name}`, expected `{}`", target.name)));
    }
    let expected = response(challenge.identifier, &target.secret, &challenge.bytes);
    if bool::from(binary(said, "CHAP_R")?.ct_eq(&expected)) {
        Ok(())
    } else {
        Err(failed("the target does not know its secret".to_owned()))
    }
}

fn wanted<'a>(said: &'a Keys, key: &str) -> Result<&'a str, ConnectError> {
    said.get(key).ok_or_else(|| failed(format!("the target did not send {key}")))
}

fn identifier(said: &Keys) -> Result<u8, ConnectError> {
    let text = wanted(said, "CHAP_I")?;
    // Numbers may be written in hexadecimal (RFC 7143 6.1 "Text Format").
    let number = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| failed(format!("CHAP_I is `{text}`, expected 0 to 255")))
}

fn binary(said: &Keys, key: &str) -> Result<Vec<u8>, ConnectError> {
    let text = wanted(said, key)?;
    let bytes = match text.split_at_checked(2) {
        Some(("0x" | "0X", digits)) => from_hex(digits),
        Some(("0b" | "0B", digits)) => from_base64(digits),
        _ => None,
    };
    bytes.ok_or_else(|| failed(format!("{key} is no binary value: `{text}`")))
}

const fn failed(what: String) -> ConnectError {
    ConnectError::Authentication(what)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.bytes().map(|digit| char::from(digit).to_digit(16)).collect::<Option<Vec<u32>>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

/// RFC 4648 4 "Base 64 Encoding", with padding.
fn from_base64(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let bare = digits.trim_end_matches('=');
    if digits.len() - bare.len() > 2 {
        return None;
    }
    let (mut bytes, mut pending, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in bare.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        pending = (pending << 6 | u32::from(value)) & 0xFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(pending >> bits & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::initiator::options::Credentials;

    /// `printf '\x17secretsecret\x00\x01\x02\x03' | md5sum`
    #[test]
    fn responses_are_those_of_md5sum() {
        assert_eq!(hex(&response(0x17, b"secretsecret", &[0, 1, 2, 3])), MD5SUM);
    }
    const MD5SUM: &str = "0x341f30caaf7372818a577bcc87e75a89";

    /// RFC 4648 10 "Test Vectors".
    #[test]
    fn base64_is_that_of_the_standard() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9vYmE=", b"fooba"),
            ("Zm9vYmFy", b"foobar"),
        ] {
            assert_eq!(from_base64(text).as_deref(), Some(bytes));
        }
        for text in ["Zg=", "Zg", "Z===", "Zm9*", "Zm=v"] {
            assert_eq!(from_base64(text), None, "{text}");
        }
        assert_eq!(from_hex("0aF"), None);
        assert_eq!(from_hex("0aFf"), Some(vec![0x0A, 0xFF]));
    }

    fn chap(target: Option<&[u8]>) -> Chap {
        let credentials =
            |name: &str, secret: &[u8]| Credentials { name: name.into(), secret: secret.into() };
        Chap { initiator: credentials("me", b"secretsecret"), target: target.map(|s| credentials("you", s)) }
    }

    #[test]
    fn a_target_has_to_prove_itself() {
        let chap = chap(Some(b"anothersecret"));
        let said = Keys::parse(b"CHAP_A=5\0CHAP_I=0x17\0CHAP_C=0bAAECAw==\0").unwrap();
        let mut keys = Keys::default();
        let challenge = answer(&chap, &said, &mut keys).unwrap().unwrap();
        assert_eq!(keys.get("CHAP_N"), Some("me"));
        assert_eq!(keys.get("CHAP_R"), Some(MD5SUM));
        let proof = |secret: &[u8]| {
            let mut said = Keys::default();
            said.push("CHAP_N", "you");
            said.push("CHAP_R", &hex(&response(challenge.identifier, secret, &challenge.bytes)));
            said
        };
        verify(&chap, &challenge, &proof(b"anothersecret")).unwrap();
        verify(&chap, &challenge, &proof(b"secretsecret")).unwrap_err();
        verify(&chap, &challenge, &Keys::default()).unwrap_err();
    }

    #[test]
    fn challenges_that_are_none_are_refused() {
        for said in [
            "CHAP_A=6\0CHAP_I=1\0CHAP_C=0x00",
            "CHAP_A=5\0CHAP_I=256\0CHAP_C=0x00",
            "CHAP_A=5\0CHAP_I=1\0CHAP_C=0x",
            "CHAP_A=5\0CHAP_I=1\0CHAP_C=00",
            "CHAP_A=5\0CHAP_I=1",
        ] {
            let said = Keys::parse(said.as_bytes()).unwrap();
            answer(&chap(None), &said, &mut Keys::default()).unwrap_err();
        }
    }
}
