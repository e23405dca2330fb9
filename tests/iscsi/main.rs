//! The drive on the network, seen by programs that nobody here wrote: libiscsi's tools and its test suite, and
//! Wireshark's dissectors.
//!
//! Where a program is missing its tests are ignored and say so; with `RAWCD_REQUIRE_PROGRAMS=1`, as in CI, they fail.

mod capture;
mod program;
mod served;
mod test_cu;
mod tools;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let trials = tools::trials().into_iter().chain(test_cu::trials()).chain(capture::trials());
    libtest_mimic::run(&args, trials.collect()).exit_code()
}
