//! Other people's programs: whether they are here, and what they say.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};

/// Longer than any of them takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A test that needs a program of a Debian package.
pub fn trial(
    name: impl Into<String>,
    program: &'static str,
    package: &'static str,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let missing = !is_here(program);
    let required = std::env::var_os("RAWCD_REQUIRE_PROGRAMS").is_some_and(|value| value != "0");
    if missing && required {
        return Trial::test(name, move || {
            Err(format!("{program} is not here: install Debian's package {package}").into())
        });
    }
    let kind = if missing { format!("needs {program} of {package}") } else { String::new() };
    Trial::test(name, test).with_ignored_flag(missing).with_kind(kind)
}

/// Whether a program is in one of the folders of PATH.
pub fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// What a program said, on both streams, and whether it ended well.
#[derive(Debug)]
pub struct Said {
    pub text: String,
    pub well: bool,
}

/// Runs a program to its end.
pub fn run(program: &str, args: &[&str]) -> Result<Said, Failed> {
    run_with(program, args, &[])
}

/// The same with these variables in its environment.
pub fn run_with(program: &str, args: &[&str], variables: &[(&str, &str)]) -> Result<Said, Failed> {
    let mut child = Command::new(program)
        .args(args)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let mut streams: Vec<Box<dyn Read + Send>> = Vec::new();
    streams.extend(child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    streams.extend(child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    let readers: Vec<_> = streams
        .into_iter()
        .map(|mut stream| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                stream.read_to_end(&mut bytes).map(|_| bytes)
            })
        })
        .collect();
    let until = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > until {
            child.kill()?;
            return Err(format!("{program} {args:?} did not end within {PATIENCE:?}").into());
        }
        thread::sleep(Duration::from_millis(5));
    };
    let mut text = String::new();
    for reader in readers {
        let bytes = reader.join().map_err(|_| "a reader panicked")??;
        text += &String::from_utf8_lossy(&bytes);
    }
    Ok(Said { text, well: status.success() })
}

/// Runs a program that has to end well.
pub fn say(program: &str, args: &[&str]) -> Result<String, Failed> {
    let said = run(program, args)?;
    if said.well { Ok(said.text) } else { Err(format!("{program} {args:?} failed:\n{}", said.text).into()) }
}
