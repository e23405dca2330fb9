//! Where a drive is: `iscsi://[user@]host[:port]/target/lun`, the form of libiscsi.

use core::fmt;
use core::str::FromStr;

use crate::pdu::Lun;

/// The port that IANA gave iSCSI.
const PORT: u16 = 3260;

/// The longest name of a target in bytes (RFC 7143 4.2.7.1 "iSCSI Name Properties").
const LONGEST_NAME: usize = 223;

/// The last unit that flat space addressing can name (SAM "Flat space addressing format").
const LAST_LUN: u16 = 0x3FFF;

/// A host and a port: where a target can be asked.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Portal {
    /// Name or address; an IPv6 address without its brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl FromStr for Portal {
    type Err = BadUrl;

    /// `host`, `host:port`, `[::1]:port`.
    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let bad = |what| BadUrl { url: text.to_owned(), what };
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) =
                rest.split_once(']').ok_or(bad("the bracket of an IPv6 address is not closed"))?;
            match rest {
                "" => (host, None),
                _ => (
                    host,
                    Some(rest.strip_prefix(':').ok_or(bad("behind an address in brackets comes `:port`"))?),
                ),
            }
        } else {
            text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)))
        };
        if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(bad("the host is missing or has blanks"));
        }
        let port = match port {
            None => PORT,
            Some(port) => match number(port) {
                Some(0) | None => return Err(bad("the port is no number from 1 to 65535")),
                Some(port) => port,
            },
        };
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// A unit of a target at a portal.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct IscsiUrl {
    /// Name for CHAP. The secret is never here: URLs are seen in lists of processes and in logs.
    pub user: Option<String>,
    /// Where.
    pub portal: Portal,
    /// Name of the target, such as `iqn.2026-01.org.example:drive`.
    pub target: String,
    /// Which unit.
    pub lun: u16,
}

impl IscsiUrl {
    /// The unit's number as it goes over the wire: peripheral device addressing up to 255, flat space addressing
    /// beyond (SAM "Logical unit number").
    pub fn lun(&self) -> Lun {
        let [high, low] = self.lun.to_be_bytes();
        let method = if self.lun > 0xFF { 0x40 } else { 0 };
        Lun([method | high, low, 0, 0, 0, 0, 0, 0])
    }
}

/// Text that is no iSCSI URL or portal, and why.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{url}` is not iscsi://[user@]host[:port]/target/lun: {what}")]
pub struct BadUrl {
    url: String,
    what: &'static str,
}

impl FromStr for IscsiUrl {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let bad = |what| BadUrl { url: text.to_owned(), what };
        let rest = text.strip_prefix("iscsi://").ok_or(bad("it does not begin with iscsi://"))?;
        let mut parts = rest.splitn(3, '/');
        let (Some(place), Some(target), Some(lun)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("host, target and lun are not all there"));
        };
        let (user, place) = match place.rsplit_once('@') {
            None => (None, place),
            // What is behind the `%` is a secret: it must not be told in the error either.
            Some((user, _)) if user.contains(['%', ':']) => {
                return Err(BadUrl {
                    url: "iscsi://…".to_owned(),
                    what: "a secret does not belong into a URL, where others can see it",
                });
            }
            Some(("", _)) => return Err(bad("the user before the @ is missing")),
            Some((user, place)) => (Some(user.to_owned()), place),
        };
        let portal = place.parse().map_err(|error: BadUrl| bad(error.what))?;
        if target.is_empty() || target.len() > LONGEST_NAME {
            return Err(bad("the target's name has 1 to 223 bytes"));
        }
        if target.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(bad("the target's name has blanks"));
        }
        match number(lun) {
            Some(lun) if lun <= LAST_LUN => Ok(Self { user, portal, target: target.to_owned(), lun }),
            _ => Err(bad("the lun is no number from 0 to 16383")),
        }
    }
}

impl fmt::Display for IscsiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("iscsi://")?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        write!(f, "{}/{}/{}", self.portal, self.target, self.lun)
    }
}

/// Digits and nothing else: `u16::from_str` would take a plus sign.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_are_read() {
        let url: IscsiUrl = "iscsi://me@127.0.0.1:3261/iqn.2026-01.org.example:drive/3".parse().unwrap();
        assert_eq!(url.user.as_deref(), Some("me"));
        assert_eq!(url.portal, Portal { host: "127.0.0.1".into(), port: 3261 });
        assert_eq!(url.target, "iqn.2026-01.org.example:drive");
        assert_eq!(url.lun, 3);
    }

    #[test]
    fn what_is_read_is_written() {
        for text in [
            "iscsi://host:3260/iqn.a:b/0",
            "iscsi://[fe80::1]:3260/eui.02004567A425678D/16383",
            "iscsi://u@h:1/t/1",
        ] {
            assert_eq!(text.parse::<IscsiUrl>().unwrap().to_string(), text);
        }
        assert_eq!("iscsi://h/t/0".parse::<IscsiUrl>().unwrap().portal.port, PORT);
        assert_eq!("[::1]".parse::<Portal>().unwrap(), Portal { host: "::1".into(), port: PORT });
    }

    #[test]
    fn what_is_no_url_says_why() {
        for (text, what) in [
            ("http://h/t/0", "begin"),
            ("iscsi://h", "not all there"),
            ("iscsi://h/t", "not all there"),
            ("iscsi:///t/0", "host"),
            ("iscsi://h:0/t/0", "port"),
            ("iscsi://h:65536/t/0", "port"),
            ("iscsi://h:+1/t/0", "port"),
            ("iscsi://[::1/t/0", "bracket"),
            ("iscsi://[::1]3260/t/0", "bracket"),
            ("iscsi://h//0", "name"),
            ("iscsi://h/a b/0", "blanks"),
            ("iscsi://h/t/16384", "lun"),
            ("iscsi://h/t/0/1", "lun"),
            ("iscsi://h/t/", "lun"),
            ("iscsi://@h/t/0", "user"),
        ] {
            let error = text.parse::<IscsiUrl>().unwrap_err().to_string();
            assert!(error.contains(what) && error.contains(text), "{error}");
        }
    }

    #[test]
    fn a_secret_is_refused_and_not_told() {
        for text in ["iscsi://me%hidden@h/t/0", "iscsi://me:hidden@h/t/0"] {
            let error = text.parse::<IscsiUrl>().unwrap_err().to_string();
            assert!(error.contains("secret") && !error.contains("hidden"), "{error}");
        }
    }

    #[test]
    fn units_beyond_255_are_in_flat_space() {
        let lun =
            |lun| IscsiUrl { user: None, portal: "h".parse().unwrap(), target: "t".into(), lun }.lun().0;
        assert_eq!(lun(0), [0; 8]);
        assert_eq!(lun(255), [0, 255, 0, 0, 0, 0, 0, 0]);
        assert_eq!(lun(256), [0x41, 0, 0, 0, 0, 0, 0, 0]);
    }
}
