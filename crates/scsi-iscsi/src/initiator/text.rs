//! The text of login and text PDUs: `key=value`, each ended by a NUL (RFC 7143 6.1 "Text Format").

/// Keys in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Keys(Vec<(String, String)>);

impl Keys {
    /// Reads the text of a target; the error says what is wrong with it.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut keys = Vec::new();
        for item in text.split(|byte| *byte == 0).filter(|item| !item.is_empty()) {
            let item = core::str::from_utf8(item)
                .map_err(|_| format!("text is no UTF-8: `{}`", item.escape_ascii()))?;
            let (key, value) = item
                .split_once('=')
                .ok_or_else(|| format!("text is no key=value: `{}`", item.escape_debug()))?;
            keys.push((key.to_owned(), value.to_owned()));
        }
        Ok(Self(keys))
    }

    /// One more.
    pub(super) fn push(&mut self, key: &str, value: &str) {
        self.0.push((key.to_owned(), value.to_owned()));
    }

    /// The first value of this key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.iter().find_map(|(name, value)| (name == key).then_some(value))
    }

    /// All, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// As it goes into a data segment.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.iter().fold(Vec::new(), |mut bytes, (key, value)| {
            bytes.extend_from_slice(key.as_bytes());
            bytes.push(b'=');
            bytes.extend_from_slice(value.as_bytes());
            bytes.push(0);
            bytes
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_and_written() {
        let keys = Keys::parse(b"A=b=c\0X-empty=\0").unwrap();
        assert_eq!(keys.get("A"), Some("b=c"));
        assert_eq!(keys.get("X-empty"), Some(""));
        assert_eq!(keys.to_bytes(), b"A=b=c\0X-empty=\0");
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert_eq!(Keys::parse(b"A=b\0nothing").unwrap_err(), "text is no key=value: `nothing`");
        assert_eq!(Keys::parse(b"A=\xFF").unwrap_err(), "text is no UTF-8: `A=\\xff`");
    }
}
