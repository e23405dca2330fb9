//! Nothing is written onto a real disc unless its owner says so, for that disc.

use std::io::{IsTerminal, Write};

use crate::failure::Failure;

/// Asks on the terminal; without one the answer is no. `told` is what is about to happen, line by line;
/// `otherwise` is how to agree without being asked.
pub fn ask(told: &str, otherwise: &str) -> Result<(), Failure> {
    let no = |why: &str| Failure::new(format_args!("nothing was written: {why}")).hint(otherwise);
    if !std::io::stdin().is_terminal() {
        return Err(no("there is nobody to ask"));
    }
    let mut out = anstream::stderr().lock();
    write!(out, "{told}Type yes to write this disc: ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(()) } else { Err(no("the answer was not yes")) }
}
