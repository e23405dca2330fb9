//! The two doors of the raw writing API.

use crate::fixture::Client;
use crate::judge::Called;
use crate::term::Term;

/// A format object on a drive, reached through one door or the other.
pub trait Face {
    /// Calls a member by Microsoft's name. `Err` says why this door cannot be asked that.
    fn call(&mut self, member: &str, args: &[Term], null_out: bool) -> Result<Called, String>;

    /// Another client with a handle on the same drive does something.
    fn other_client(&mut self, client: &Client) -> Result<(), String>;
}
