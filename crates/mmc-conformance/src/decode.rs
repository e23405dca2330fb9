//! What a reply says: the bytes of a command's reply as named fields.
//!
//! The fields are tables of their own, transcribed from the standard a second time, and not the
//! types that the simulated drive answers with: a misreading there would cancel out here. What a
//! reply is too short to hold is absent; what a flag declares invalid is `None`.

mod blocks;
mod device;
mod disc;
mod features;
mod layout;
mod mode;
mod toc;

use std::collections::BTreeMap;

use mmc_wire::Command;

use crate::term::Term;
use layout::Layout;

/// A reply's fields by name.
pub type Fields = BTreeMap<String, Term>;

/// How to read the reply to one command.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Fields at fixed places.
    layout: Layout,
    /// What varies with the reply: entries, features, pages.
    more: Option<fn(&[u8], &mut Fields)>,
    /// The names that `more` gives; `#` stands for digits and letters.
    names: &'static [&'static str],
}

impl Reader {
    const fn fixed(layout: Layout) -> Self {
        Self { layout, more: None, names: &[] }
    }

    /// The reader for a command's reply, if its fields have names.
    pub fn of(cdb: &[u8]) -> Option<Self> {
        Some(match Command::parse(cdb).ok()? {
            Command::ReadDiscInformation(cdb) if cdb.kind.0 == 0 => Self::fixed(disc::DISC_INFORMATION),
            Command::ReadTrackInformation(_) => Self::fixed(disc::TRACK_INFORMATION),
            Command::ReadCapacity(_) => Self::fixed(disc::CAPACITY),
            Command::ReadFormatCapacities(_) => Self::fixed(disc::FORMAT_CAPACITIES),
            Command::ReadToc(cdb) => toc::reader(cdb)?,
            Command::Inquiry(cdb) if !cdb.vital => Self::fixed(device::INQUIRY),
            Command::RequestSense(_) => {
                Self { layout: device::SENSE, more: Some(device::triple), names: &["sense"] }
            }
            Command::GetEventStatusNotification(_) => Self::fixed(device::EVENT),
            Command::MechanismStatus(_) => Self::fixed(device::MECHANISM),
            Command::ReadBufferCapacity(_) => Self::fixed(device::BUFFER),
            Command::ReadSubChannel(cdb) => Self::fixed(device::sub_channel(cdb.format.0)),
            Command::ReadHeader(cdb) => Self::fixed(blocks::header(cdb)),
            Command::ReadCd(cdb) => Self::fixed(blocks::q_alone(cdb)?),
            Command::GetPerformance(cdb) => device::performance(cdb.kind.0)?,
            Command::GetConfiguration(_) => features::READER,
            Command::ModeSense6(_) => mode::SIX,
            Command::ModeSense10(_) => mode::TEN,
            _ => return None,
        })
    }

    /// Reads a reply.
    pub fn read(self, reply: &[u8]) -> Fields {
        let mut fields = Fields::new();
        layout::read(self.layout, reply, "", &mut fields);
        if let Some(more) = self.more {
            more(reply, &mut fields);
        }
        fields
    }

    /// Whether a reply can have a field of this name.
    pub fn knows(self, name: &str) -> bool {
        self.names().any(|pattern| fits(pattern, name))
    }

    /// Every name that a reply can have; `#` stands for digits and letters.
    pub fn names(self) -> impl Iterator<Item = &'static str> + Clone {
        self.layout.iter().map(|(name, _)| *name).chain(self.names.iter().copied())
    }
}

/// Whether a name is of this pattern, in which `#` stands for one or more digits or letters.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('#') {
        None => pattern == name,
        Some((head, tail)) => name.strip_prefix(head).is_some_and(|rest| {
            let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            word > 0 && rest.get(word..).is_some_and(|rest| fits(tail, rest))
        }),
    }
}

#[cfg(test)]
mod tests;
