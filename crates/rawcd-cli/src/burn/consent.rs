//! Nothing is written onto a real disc unless its owner says so, for that disc.

use std::io::{IsTerminal, Write};
use std::path::Path;

use super::target::Target;
use crate::failure::Failure;
use crate::info::describe;

/// Asks on the terminal; without one the answer is no.
pub fn ask(target: &Target, device: &str, image: &Path) -> Result<(), Failure> {
    let (drive, disc) = describe(target.recorder()).map_err(Failure::new)?;
    let no = |why: &str| {
        Failure::new(format_args!("nothing was written: {why}"))
            .hint("--yes-write-this-disc writes without asking")
    };
    if !std::io::stdin().is_terminal() {
        return Err(no("there is nobody to ask"));
    }
    let mut out = anstream::stderr().lock();
    writeln!(out, "{device} is {drive}.")?;
    writeln!(out, "In it: {disc}.")?;
    writeln!(out, "{} will be burnt onto it. On a CD-R that cannot be undone.", image.display())?;
    write!(out, "Type yes to write this disc: ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(()) } else { Err(no("the answer was not yes")) }
}
