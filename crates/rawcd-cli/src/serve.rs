//! `rawcd serve`: a drive on the network, for programs that know nothing of us.
//!
//! From the network down: what keeps a record or prints a trace; the clock on the wall, with `--realtime`; the keeper of
//! the disc's file; the clock of the simulation; the drive. `rawcd ctl` comes in between, at the keeper.

mod control;
mod greeting;
mod keeper;
mod logging;
mod operator;
mod protected;
mod secret;
#[cfg(test)]
mod test_host;
mod time;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use mmc_sim::{Drive, HostAct};
use mmc_wire::Sense;
use scsi_iscsi::login::LoginPolicy;
use scsi_iscsi::unit::LogicalUnit;
use scsi_iscsi::{Server, ServerHandle, ServerOptions};
use scsi_passthrough::Access;
use scsi_transport::Transport;
use scsi_transport::record::{Journal, Journaled};
use scsi_transport::trace::Traced;

use crate::args::serve::Serve;
use crate::ctl::place::Control;
use crate::device;
use crate::disc::ls;
use crate::failure::Failure;
use control::Listening;
use greeting::Greeting;
use keeper::Keeper;
use operator::{Network, Operator, Shared};
use protected::Protected;
use time::{RealTime, Simulated, VirtualTime, Wall};

/// Any drive that can be served.
type Served = Box<dyn Transport + Send>;

pub fn run(options: &Serve) -> Result<ExitCode, Failure> {
    logging::start(options.verbose);
    let mut policy = LoginPolicy::new(&options.name);
    policy.auth = secret::auth(options, &mut |text| log::warn!("{text}"))?;
    policy.validate().map_err(Failure::new)?;
    if !options.listen.ip().is_loopback() && options.chap.is_none() {
        log::warn!(
            "whoever reaches {} may use the drive; --chap lets in only who knows a secret",
            options.listen
        );
    }

    let wall = Wall::new();
    let source = Source::open(options, &wall)?;
    let transport = observed(source.transport, options)?;
    let server = Server::bind(
        unit(transport, &options.name, source.drive.clone()),
        ServerOptions {
            listen: options.listen,
            portal: options.portal.clone(),
            prompt: source.drive.is_some() && !options.realtime,
            ..ServerOptions::new(policy)
        },
    )
    .map_err(|error| cannot_listen(options, &error))?;
    let address = server.local_addr();

    let network = Stopper { handle: server.handle(), wall: wall.clone() };
    stop_on_signal(network.clone());
    let operator = Operator {
        target: options.name.clone(),
        address: address.to_string(),
        model: source.model.clone(),
        drive: source.drive.clone(),
        wall: options.realtime.then_some(wall),
        network: Box::new(network),
    };
    let name = options.control.clone().unwrap_or_else(|| address.port().to_string());
    let listening = Listening::start(Control::named(&name)?, operator)?;

    let greeting = Greeting {
        target: &options.name,
        address,
        drive: &source.model,
        disc: &source.disc,
        control: listening.control().name(),
        chap: options.chap.as_deref(),
    };
    let mut out = std::io::stdout().lock();
    write!(out, "{greeting}")?;
    out.flush()?;
    drop(out);

    let served = server.run().map_err(|error| Failure::new(format_args!("serving {address}: {error}")));
    // Whoever stops us has the disc saved first.
    if let Some(drive) = &source.drive {
        let mut keeper = drive.lock().unwrap_or_else(PoisonError::into_inner);
        keeper.finish();
        keeper.take()?;
    }
    drop(listening);
    served.map(|()| ExitCode::SUCCESS)
}

/// The drive as a logical unit. A reset is to a simulated drive as if its power had gone; a real one has none by this way.
fn unit(transport: Served, name: &str, drive: Option<Shared>) -> LogicalUnit<Served> {
    let unit = LogicalUnit::new(transport).with_target_name(name);
    let Some(drive) = drive else { return unit };
    unit.on_reset(move |_| {
        let mut keeper = drive.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = keeper.drive_mut().host(&HostAct::PowerCycle) {
            log::error!("the drive cannot be reset: {error}");
        }
    })
}

fn cannot_listen(options: &Serve, error: &std::io::Error) -> Failure {
    let failure = Failure::new(format_args!("cannot listen at {}: {error}", options.listen));
    match error.kind() {
        std::io::ErrorKind::AddrInUse => failure.hint("--listen 127.0.0.1:0 takes a port that is free"),
        std::io::ErrorKind::PermissionDenied => failure.hint("ports below 1024 are the system's"),
        _ => failure,
    }
}

/// What is served.
struct Source {
    transport: Served,
    /// For the operator; a real drive has none.
    drive: Option<Shared>,
    model: String,
    disc: String,
}

impl Source {
    fn open(options: &Serve, wall: &Wall) -> Result<Self, Failure> {
        match &options.device {
            Some(name) => Self::real(name, options),
            None => Self::simulated(options, wall),
        }
    }

    fn real(name: &str, options: &Serve) -> Result<Self, Failure> {
        let may_write = options.yes_write_this_disc;
        let device = device::real(name, if may_write { Access::ReadWrite } else { Access::ReadOnly })?;
        let disc = if may_write { "the one in it now may be written" } else { "for reading" };
        Ok(Self {
            transport: Box::new(Protected::new(name, device, may_write)?),
            drive: None,
            model: name.to_owned(),
            disc: disc.to_owned(),
        })
    }

    fn simulated(options: &Serve, wall: &Wall) -> Result<Self, Failure> {
        let personality = device::personality(&options.personality)?;
        let (disc, file) = match (&options.disc, &options.medium) {
            (Some(path), _) => keeper::open(path).map(|(disc, file)| (Some(disc), Some(file)))?,
            (None, Some(name)) => (Some(operator::medium(name)?), None),
            (None, None) => (None, None),
        };
        let told = match (&disc, &options.disc) {
            (Some(disc), Some(path)) => format!("{}, {}", path.display(), ls::line(disc)),
            (Some(disc), None) => format!("{}; in no file", ls::line(disc)),
            (None, _) => "none; `rawcd ctl insert` puts one in".to_owned(),
        };
        let drive = Drive::with_disc(personality, disc).map_err(Failure::new)?;
        let clocked: Box<dyn Simulated + Send> =
            if options.realtime { Box::new(drive) } else { Box::new(VirtualTime::new(drive)) };
        let drive: Shared = Arc::new(Mutex::new(Keeper::new(clocked, file)));
        let shared = Arc::clone(&drive);
        let transport: Served =
            if options.realtime { Box::new(RealTime::new(shared, wall.clone())) } else { Box::new(shared) };
        let time = if options.realtime { "in real time" } else { "in virtual time" };
        let model = format!("{}, simulated {time}", options.personality);
        Ok(Self { transport, drive: Some(drive), model, disc: told })
    }
}

/// With a record of what passes, and a line for each command, where they are wanted.
fn observed(mut transport: Served, options: &Serve) -> Result<Served, Failure> {
    if let Some(path) = &options.record {
        may_replace(path)?;
        let title = format!("rawcd serve {}", options.name);
        let journal = Journal::create(path, &title).map_err(Failure::new)?;
        let told = |error: &_| log::error!("{error}; no more is recorded");
        transport = Box::new(Journaled::new(transport, journal, told));
    }
    if options.trace {
        transport = Box::new(Traced::new(transport, |line: &str| {
            let mut out = std::io::stdout().lock();
            // Whoever read it may have left; the drive is served all the same.
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }));
    }
    Ok(transport)
}

/// Of what is there already only a recording is replaced: a disc named by mistake would be gone.
fn may_replace(path: &Path) -> Result<(), Failure> {
    let mut first = [0];
    match File::open(path).and_then(|mut file| file.read(&mut first)) {
        Ok(1) if first != *b"(" => Err(Failure::new(format_args!(
            "{}: expected a recording to replace, or no such file, seen something else",
            path.display()
        ))),
        // What cannot be opened is said when it is made.
        _ => Ok(()),
    }
}

/// The server, and who sleeps in it.
#[derive(Clone)]
struct Stopper {
    handle: ServerHandle<Served>,
    wall: Wall,
}

impl Network for Stopper {
    fn stop(&self) {
        self.wall.hurry();
        self.handle.stop();
    }

    fn announce(&self, sense: Sense) {
        self.handle.announce(sense);
    }

    fn sessions(&self) -> Vec<String> {
        let told = |info: &scsi_iscsi::server::SessionInfo| format!("{} from {}", info.initiator, info.peer);
        self.handle.sessions().iter().map(told).collect()
    }
}

/// The first signal stops the server in order, the second at once: what was acknowledged is saved already.
fn stop_on_signal(network: Stopper) {
    let again = AtomicBool::new(false);
    let set = ctrlc::set_handler(move || {
        if again.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        log::info!("a signal: stopping");
        network.stop();
    });
    if let Err(error) = set {
        log::warn!("signals will end the server at once: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use mmc_sim::Personality;

    use super::*;

    /// A command of a --realtime drive may sleep for an hour, and the server ends with its answer.
    #[test]
    fn who_stops_the_server_wakes_whoever_sleeps_in_it() {
        let drive: Served = Box::new(Drive::with_disc(Personality::reference(), None).unwrap());
        let options = ServerOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            ..ServerOptions::new(LoginPolicy::new("iqn.2026-11.org.example:drive"))
        };
        let server = Server::bind(LogicalUnit::new(drive), options).unwrap();
        let wall = Wall::new();
        Stopper { handle: server.handle(), wall: wall.clone() }.stop();
        let start = Instant::now();
        time::WallClock::sleep(&wall, Duration::from_secs(60));
        assert!(start.elapsed() < Duration::from_secs(30));
        server.run().unwrap();
    }
}
