//! The two doors of the raw writing API.

use std::collections::BTreeMap;

use crate::decode::Fields;
use crate::fixture::{Client, During};
use crate::image::Image;
use crate::judge::Called;
use crate::term::Term;

/// A call that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Microsoft's name.
    pub member: &'a str,
    /// Arguments; `"image"` for a stream is [`image`](Self::image).
    pub args: &'a [Term],
    /// NULL in place of the result.
    pub null_out: bool,
    /// What a stream holds.
    pub image: Option<&'a Image>,
    /// The creator's track whose member is called.
    pub track: Option<i32>,
    /// Calls to be made from events meanwhile.
    pub during: &'a [During],
    /// Whether events are to be heard.
    pub listen: bool,
}

/// What was heard while a call ran.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The actions that events told of; each once until another came.
    pub actions: Vec<String>,
    /// The figures of each event.
    pub figures: Vec<Fields>,
    /// What came of each call from inside an event; `None` of one that was not made.
    pub during: Vec<Option<Result<Called, String>>>,
    /// The actions that the fixture's own sinks were told of, by sink.
    pub by_sink: BTreeMap<&'static str, Vec<String>>,
}

impl Heard {
    /// Nothing yet of a call with so many calls from events.
    pub fn of(during: &[During]) -> Self {
        Self { during: vec![None; during.len()], ..Self::default() }
    }

    /// An event tells of an action.
    pub fn note(&mut self, action: String, figures: Fields) {
        self.figures.push(figures);
        note(&mut self.actions, action);
    }
}

/// Adds an action to those heard, unless it is the last.
pub fn note(actions: &mut Vec<String>, action: String) {
    if actions.last() != Some(&action) {
        actions.push(action);
    }
}

/// What a fixture can ask of the figures of an event.
pub const FIGURES: [&str; 12] = [
    "action",
    "start_lba",
    "sector_count",
    "last_read_lba",
    "last_written_lba",
    "total_system_buffer",
    "used_system_buffer",
    "free_system_buffer",
    "buffers_agree",
    "elapsed",
    "remaining",
    "sender",
];

/// A format object on a drive, reached through one door or the other.
pub trait Face {
    /// Calls a member by Microsoft's name. `Err` says why this door cannot be asked that.
    fn call(&mut self, request: &Request<'_>) -> Result<(Called, Heard), String>;

    /// Another client with a handle on the same drive does something.
    fn other_client(&mut self, client: &Client) -> Result<(), String>;
}
