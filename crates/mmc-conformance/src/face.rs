//! The two doors of the raw writing API.

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
    /// Calls to be made from events meanwhile.
    pub during: &'a [During],
}

/// What was heard while a call ran.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The actions that events told of; each once until another came.
    pub actions: Vec<String>,
    /// What came of each call from inside an event; `None` of one that was not made.
    pub during: Vec<Option<Result<Called, String>>>,
}

/// A format object on a drive, reached through one door or the other.
pub trait Face {
    /// Calls a member by Microsoft's name. `Err` says why this door cannot be asked that.
    fn call(&mut self, request: &Request<'_>) -> Result<(Called, Heard), String>;

    /// Another client with a handle on the same drive does something.
    fn other_client(&mut self, client: &Client) -> Result<(), String>;
}
