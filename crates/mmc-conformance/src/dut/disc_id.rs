//! The name by which an owner agrees to one disc.

use core::fmt;

use super::inspect::Seen;

/// What tells one disc from another, as far as a drive can: `cdrw-97:10:00-79:59:74-blank-1a2b3c4d`.
///
/// Kind, lead-in and last lead-out of the pregroove, and state can be read; the last part is a checksum of
/// everything that the drive tells of pregroove, table of contents and identification. Two blank discs
/// of one make have the same name: nothing on them differs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DiscId(String);

impl DiscId {
    /// The name of a disc.
    pub(crate) fn of(seen: &Seen) -> Self {
        let kind = seen.kind_name().to_lowercase().replace("disc that is no cd", "other").replace('-', "");
        let times = seen.atip.as_ref().map_or_else(|| "-".to_owned(), |(from, to)| format!("{from}-{to}"));
        let all = format!("{kind}{:?}{:?}", seen.pregroove, seen.content);
        Self(format!("{kind}-{times}-{}-{:08x}", seen.status, crc32fast::hash(all.as_bytes())))
    }

    /// Reads a name as a plan prints it. `Err` says what one looks like.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let sum = text.rsplit('-').next().unwrap_or("");
        if text.split('-').count() >= 4 && sum.len() == 8 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Ok(Self(text));
        }
        Err(format!(
            "`{text}` names no disc: expected what the plan prints, such as cdrw-97:10:00-79:59:74-blank-1a2b3c4d"
        ))
    }
}

impl fmt::Display for DiscId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use mmc_sim::{DiscKind, Drive, Personality, Scene};

    use super::super::inspect::{InDrive, inspect};
    use super::*;

    fn id(kind: DiscKind, lead_in: &str) -> DiscId {
        let scene = Scene::blank(kind, lead_in.parse().unwrap(), "79:59:74".parse().unwrap());
        let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
        match inspect(&mut drive).unwrap() {
            InDrive::Disc(seen) => DiscId::of(&seen),
            other => panic!("a blank disc was put in: {other}"),
        }
    }

    #[test]
    fn a_name_can_be_read_and_is_read_back() {
        let name = id(DiscKind::CdRw, "97:10:00");
        assert!(name.to_string().starts_with("cdrw-97:10:00-79:59:74-blank-"), "{name}");
        assert_eq!(DiscId::read(&name.to_string()).unwrap(), name);
        assert_eq!(DiscId::read(&format!(" {} ", name.to_string().to_uppercase())).unwrap(), name);
        assert_ne!(id(DiscKind::CdRw, "97:11:00"), name);
        assert_ne!(id(DiscKind::CdR, "97:10:00"), name);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for wrong in
            ["", "yes", "any", "cdrw-97:10:00-79:59:74-blank", "cdrw-97:10:00-79:59:74-blank-1a2b3c4"]
        {
            let why = DiscId::read(wrong).unwrap_err();
            assert!(why.contains("expected what the plan prints"), "{why}");
        }
    }
}
