//! `rawcd ctl`: what a person does to the drive of a `rawcd serve` that runs.

pub mod place;
pub mod protocol;

use std::io::{BufReader, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::args::serve::{Ctl, CtlCommand};
use crate::failure::Failure;
use place::Control;
use protocol::{Answer, DiscName, Request, Status, receive, send};

/// How long a server may take: a full disc is saved meanwhile, on a slow device.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(options: &Ctl) -> Result<ExitCode, Failure> {
    let request = request(&options.command)?;
    let control = match &options.socket {
        Some(name) => Control::named(name)?,
        None => the_only_one()?,
    };
    let answer = ask(&control, request, PATIENCE)?;
    let mut out = anstream::stdout().lock();
    match answer {
        Answer::Error { text, hint } => {
            let failure = Failure::new(text);
            Err(match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            })
        }
        Answer::Done { status: Some(status), .. } if options.json => {
            let text = serde_json::to_string_pretty(&status).map_err(Failure::new)?;
            writeln!(out, "{text}")?;
            Ok(ExitCode::SUCCESS)
        }
        Answer::Done { text, status } => {
            if !text.is_empty() {
                writeln!(out, "{text}")?;
            }
            for line in status.iter().flat_map(lines) {
                writeln!(out, "{line}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Asks a server, and waits so long for its answer. Not every system's sockets can be waited for with an end, so a thread
/// waits that the process does not wait for.
fn ask(control: &Control, request: Request, patience: Duration) -> Result<Answer, Failure> {
    let name = control.name();
    let gone = |why: &dyn core::fmt::Display| {
        Failure::new(format_args!("the server at {name} does not answer: {why}"))
    };
    let mut stream = control.connect()?;
    let (answered, answer) = mpsc::channel();
    let talk = move || {
        let answer = send(&mut stream, &request).and_then(|()| receive(&mut BufReader::new(stream)));
        // Nobody takes it any more where it has come too late.
        let _ = answered.send(answer);
    };
    thread::Builder::new().name("ctl".to_owned()).spawn(talk).map_err(|error| gone(&error))?;
    match answer.recv_timeout(patience) {
        Ok(Ok(Some(answer))) => Ok(answer),
        Ok(Ok(None)) => Err(gone(&"it has hung up")),
        Ok(Err(error)) => Err(gone(&error)),
        Err(_) => Err(Failure::new(format_args!(
            "the server at {name} has not answered for {} s, and may still do what was asked",
            patience.as_secs()
        ))
        .hint(
            "`rawcd ctl status` says what became of it; a server that is stuck is ended by a second SIGTERM",
        )),
    }
}

fn the_only_one() -> Result<Control, Failure> {
    let mut alive = Control::alive()?;
    match alive.len() {
        1 => Ok(alive.remove(0)),
        0 => Err(Failure::new("no server runs here").hint("`rawcd serve` starts one")),
        _ => {
            let names: Vec<&str> = alive.iter().map(Control::name).collect();
            Err(Failure::new("several servers run here")
                .hint(format!("--socket says which: {}", names.join(", "))))
        }
    }
}

fn request(command: &CtlCommand) -> Result<Request, Failure> {
    Ok(match command {
        CtlCommand::Status => Request::Status,
        CtlCommand::Eject { force } => Request::Eject { force: *force },
        CtlCommand::Insert { disc } => Request::Insert { disc: disc_name(disc)? },
        CtlCommand::Swap { disc, force } => Request::Swap { disc: disc_name(disc)?, force: *force },
        CtlCommand::Close => Request::Close,
        CtlCommand::Press => Request::Press,
        CtlCommand::Save { file: Some(file) } => Request::Save { file: Some(absolute(file)?) },
        CtlCommand::Save { file: None } => Request::Save { file: None },
        CtlCommand::Stop => Request::Stop,
    })
}

/// The server has a current folder of its own, so a path goes to it whole.
fn absolute(path: &Path) -> Result<std::path::PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))
}

/// A file where there is one, or where the name can only be a file's.
fn disc_name(name: &str) -> Result<DiscName, Failure> {
    let path = Path::new(name);
    let is_medium = !name.contains(['.', '/', std::path::MAIN_SEPARATOR]) && !path.exists();
    if is_medium { Ok(DiscName::Medium(name.to_owned())) } else { absolute(path).map(DiscName::File) }
}

fn lines(status: &Status) -> Vec<String> {
    let mut lines = vec![format!("target    {} at {}", status.target, status.address)];
    lines.push(format!("drive     {}, {}", status.drive, status.activity));
    if let Some(tray) = &status.tray {
        lines.push(format!("tray      {tray}{}", if status.locked { ", locked by a host" } else { "" }));
        lines.push(format!("disc      {}", status.disc.as_deref().unwrap_or("none")));
    }
    match &status.file {
        Some(file) => {
            let unsaved =
                if status.unsaved { ", with something on the disc that is not saved yet" } else { "" };
            lines.push(format!("file      {}{unsaved}", file.display()));
        }
        None if status.disc.is_some() => {
            lines.push("file      none: `rawcd ctl save FILE` gives it one".to_owned());
        }
        None => {}
    }
    if let Some(clock) = status.clock {
        lines.push(format!("clock     {clock:.1} s"));
    }
    lines.extend(status.sessions.iter().map(|session| format!("session   {session}")));
    lines
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::at("mine", folder.path());
        let listener = UnixListener::bind(control.path()).unwrap();
        let told = ask(&control, Request::Status, Duration::from_millis(10)).unwrap_err();
        assert!(told.what().starts_with("the server at mine has not answered for"), "{}", told.what());
        assert!(told.advice().unwrap().contains("rawcd ctl status"));
        drop(listener);
    }
}
