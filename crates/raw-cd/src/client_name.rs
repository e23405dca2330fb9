//! The name under which a writer holds the drive.

use core::fmt;

/// A client name: 1 to 62 of the characters that the CD-ROM driver lets through.
///
/// Characters: Microsoft `CDROM_EXCLUSIVE_LOCK`. Length: pages, driver and sample disagree about
/// 63 (the driver takes it; `BstrIsValidClientName` of Microsoft's erase sample and the text of
/// `IOCTL_CDROM_EXCLUSIVE_ACCESS` do not). Here the format object stops at 62, the lock at 63.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ClientName(String);

impl ClientName {
    /// Longest name that a format object takes, in characters.
    pub const MAX: usize = 62;
    /// Longest name that the lock takes: 64 bytes with a NUL at the end.
    pub const MAX_OF_LOCK: usize = 63;

    /// Checks a name against the format object's rule.
    pub fn new(name: &str) -> Result<Self, ClientNameError> {
        Self::up_to(name, Self::MAX)
    }

    /// Checks a name against the lock's rule.
    pub fn for_lock(name: &str) -> Result<Self, ClientNameError> {
        Self::up_to(name, Self::MAX_OF_LOCK)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn up_to(name: &str, max: usize) -> Result<Self, ClientNameError> {
        if name.is_empty() {
            return Err(ClientNameError::Missing);
        }
        // Characters first, as the driver does (Windows driver samples, cdrom `ioctl.c`); from
        // there on bytes are characters.
        if let Some(character) = name.chars().find(|c| !is_valid(*c)) {
            return Err(ClientNameError::Character(character));
        }
        if name.len() > max {
            return Err(ClientNameError::Length { characters: name.len(), max });
        }
        Ok(Self(name.to_owned()))
    }
}

fn is_valid(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ',' | ':' | ';' | '-' | '_')
}

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no client name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientNameError {
    /// There is none: NULL, empty, or never set.
    #[error("no client name is set: expected 1 to 62 characters")]
    Missing,
    /// A character that the driver refuses.
    #[error("{0:?} may not stand in a client name: expected A-Z a-z 0-9 space . , : ; - _")]
    Character(char),
    /// Too long.
    #[error("the client name has {characters} characters: expected at most {max}")]
    Length {
        /// Characters as given.
        characters: usize,
        /// Characters allowed.
        max: usize,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_to_62_characters() {
        assert_eq!(ClientName::new(""), Err(ClientNameError::Missing));
        assert!(ClientName::new("a").is_ok());
        assert!(ClientName::new(&"a".repeat(62)).is_ok());
        let long = Err(ClientNameError::Length { characters: 63, max: 62 });
        assert_eq!(ClientName::new(&"a".repeat(63)), long);
        assert!(ClientName::new(&"a".repeat(64)).is_err());
    }

    #[test]
    fn the_lock_takes_one_more() {
        assert!(ClientName::for_lock(&"a".repeat(63)).is_ok());
        assert!(ClientName::for_lock(&"a".repeat(64)).is_err());
    }

    #[test]
    fn characters_are_the_drivers() {
        assert!(ClientName::new("Burn It. 2,0: a;b-c_D").is_ok());
        for bad in ['/', '\\', '"', '(', '\n', '\0', '\u{e9}', '\u{ff21}', '@', '[', '`', '{', '+'] {
            assert_eq!(ClientName::new(&format!("a{bad}")), Err(ClientNameError::Character(bad)));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_name_or_is_refused(text in ".{0,80}") {
            match ClientName::new(&text) {
                Ok(name) => {
                    prop_assert_eq!(name.as_str(), &text);
                    prop_assert!(ClientName::for_lock(&text).is_ok());
                }
                Err(_) => prop_assert!(
                    text.is_empty() || text.len() > 62 || text.chars().any(|c| !is_valid(c))
                ),
            }
        }
    }
}
