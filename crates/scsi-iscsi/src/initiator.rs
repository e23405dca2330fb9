//! The other end: a SCSI device on the network is a [`Transport`].
//!
//! ```no_run
//! use core::time::Duration;
//! use scsi_iscsi::initiator::{Initiator, IscsiUrl, Options};
//! use scsi_transport::{Data, Transport};
//!
//! let url: IscsiUrl = "iscsi://127.0.0.1:3260/iqn.2026-01.org.example:drive/0".parse()?;
//! let mut drive = Initiator::connect(&url, Options::default())?;
//! let outcome = drive.execute(&[0; 6], Data::None, Duration::from_secs(10))?; // TEST UNIT READY
//! println!("{} {:02X?}", outcome.status, outcome.sense);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! One session of one connection, error recovery level 0. It has no thread: pings of the target are answered while
//! a command runs and during [`Transport::wait`], not between two calls.
//!
//! # Reading the errors
//!
//! - `Timeout`: the command was late and the target has aborted it.
//! - `Gone`: the connection has ended, or was given up as the target did not even answer ABORT TASK. Connect again.
//! - `Host`: the target broke the protocol; the text says what came and what was expected. It is gone thereafter.
//! - `Request`: the command cannot be sent, and was not.
//!
//! | module | holds |
//! |---|---|
//! | `url` | where a target is |
//! | `options` | what is asked for |
//! | `wire` | TCP with a deadline |
//! | `login` | names, keys and proofs before the first command; `chap`, `text` |
//! | `session` | all that comes and goes after it; `task`, `numbers`, `event` |
//! | `discovery` | which targets there are |

mod chap;
mod discovery;
mod error;
mod event;
mod login;
mod numbers;
mod options;
mod session;
mod task;
mod text;
mod url;
mod wire;

use core::time::Duration;
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Instant;

use scsi_transport::{Data, Outcome, Transport, TransportError};
use socket2::{Domain, Protocol, Socket, Type};

use crate::pdu::answer::task_response;
use crate::pdu::request::task_function;
use error::{Failure, check};
use login::login;
use session::Session;
use task::LONGEST_CDB;
use wire::TcpWire;

pub use discovery::{DiscoveredTarget, discover};
pub use error::ConnectError;
pub use event::Event;
pub use login::Parameters;
pub use options::{Chap, Credentials, Options};
pub use session::Completion;
pub use task::Payload;
pub use url::{BadUrl, IscsiUrl, Portal};

/// How long a target may take to say good-bye.
const FAREWELL: Duration = Duration::from_millis(500);

/// Room for what the system has received and we have not taken. What systems begin with holds one segment of loopback
/// (64 KiB): its sender then stops after each until the acknowledgement comes, and that may take 40 ms.
const RECEIVE_BUFFER: usize = 1 << 20;

/// As often a target may send us elsewhere.
const MOST_MOVES: usize = 4;

/// A unit of a target, logged in to.
#[derive(Debug)]
pub struct Initiator {
    session: Session<TcpWire, TcpWire>,
    management_timeout: Duration,
    /// Why there is nobody at the other end any more.
    gone: Option<String>,
}

impl Initiator {
    /// Connects and logs in.
    pub fn connect(url: &IscsiUrl, options: Options) -> Result<Self, ConnectError> {
        check(&options, url.user.as_deref())?;
        let mut portal = url.portal.clone();
        for _ in 0..MOST_MOVES {
            let deadline = deadline(options.login_timeout);
            let (reader, writer) = open(&portal, deadline)?;
            match login(reader, writer, &options, Some(&url.target), deadline) {
                Ok(login) => {
                    let session = Session::new(login, url.lun());
                    return Ok(Self { session, management_timeout: options.management_timeout, gone: None });
                }
                Err(ConnectError::Moved { address }) => {
                    log::info!("{} has moved to {address}", url.target);
                    let place = address.split(',').next().unwrap_or_default();
                    portal = place.parse().map_err(|_| ConnectError::Moved { address })?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(ConnectError::Protocol(format!("the target has sent us elsewhere {MOST_MOVES} times")))
    }

    /// What was agreed on at login.
    pub const fn parameters(&self) -> &Parameters {
        self.session.parameters()
    }

    /// What the target said unasked since the last time; at most 64 are kept, the newest.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.session.events().collect()
    }

    /// Sends a command and does not wait for its answer: [`complete`](Self::complete) does. Waits, at most `timeout`,
    /// where the target takes no more commands now.
    ///
    /// The command leaves at the latest with the next `complete`: several go out together.
    pub fn submit(&mut self, cdb: &[u8], payload: Payload, timeout: Duration) -> Result<u32, TransportError> {
        let mut payload = payload;
        self.ready(cdb, payload.lend().len())?;
        self.session.submit(cdb, payload, deadline(timeout)).map_err(|failure| self.failed(failure, timeout))
    }

    /// Waits for the end of any submitted command. An error is about the connection, and `Timeout` leaves all
    /// commands running.
    pub fn complete(&mut self, timeout: Duration) -> Result<Completion, TransportError> {
        match self.session.complete(deadline(timeout)) {
            Ok(Some(completion)) => Ok(completion),
            Ok(None) => Err(match &self.gone {
                Some(why) => TransportError::Gone(why.clone()),
                None => TransportError::Request("no command is on its way".to_owned()),
            }),
            Err(failure) => Err(self.failed(failure, timeout)),
        }
    }

    /// Commands that were submitted and have not ended.
    pub const fn in_flight(&self) -> usize {
        self.session.in_flight()
    }

    /// ABORT TASK: ends a submitted command. Gives the target's response code, see
    /// [`task_response`]; unless the command's own answer came first, it completes with an error.
    pub fn abort_task(&mut self, tag: u32) -> Result<u8, TransportError> {
        self.alive()?;
        let number = self
            .session
            .number_of(tag)
            .ok_or_else(|| TransportError::Request(format!("no command with tag {tag} is on its way")))?;
        let code = self.manage(task_function::ABORT_TASK, Some((tag, number)))?;
        if matches!(code, task_response::COMPLETE | task_response::NO_SUCH_TASK) {
            self.session.fail(tag, &TransportError::Host("the command was aborted".to_owned()));
        }
        Ok(code)
    }

    /// LOGICAL UNIT RESET. Gives the target's response code, see [`task_response`].
    pub fn lun_reset(&mut self) -> Result<u8, TransportError> {
        self.reset(task_function::LOGICAL_UNIT_RESET)
    }

    /// TARGET WARM RESET. Gives the target's response code, see [`task_response`].
    pub fn target_reset(&mut self) -> Result<u8, TransportError> {
        self.reset(task_function::TARGET_WARM_RESET)
    }

    fn reset(&mut self, function: u8) -> Result<u8, TransportError> {
        self.alive()?;
        let code = self.manage(function, None)?;
        if code == task_response::COMPLETE {
            self.session.fail_all(&TransportError::Host("a reset ended the command".to_owned()));
        }
        Ok(code)
    }

    fn manage(&mut self, function: u8, of: Option<(u32, u32)>) -> Result<u8, TransportError> {
        let timeout = self.management_timeout;
        match self.session.manage(function, of, None, deadline(timeout)) {
            Ok(code) => Ok(code),
            Err(Failure::Timeout) => Err(self
                .give_up(format!("task management function {function} was not answered within {timeout:?}"))),
            Err(failure) => Err(self.failed(failure, timeout)),
        }
    }

    /// NOP-Out: waits until the target has answered it.
    pub fn ping(&mut self, timeout: Duration) -> Result<(), TransportError> {
        self.alive()?;
        match self.session.ping(deadline(timeout)) {
            Ok(()) => Ok(()),
            Err(Failure::Timeout) => Err(self.give_up(format!("a ping was not answered within {timeout:?}"))),
            Err(failure) => Err(self.failed(failure, timeout)),
        }
    }

    /// Ends the session; dropping does the same, and does not tell what came of it.
    pub fn logout(mut self, timeout: Duration) -> Result<(), TransportError> {
        self.alive()?;
        let answer = self.session.logout(deadline(timeout));
        self.gone = Some("logged out".to_owned());
        match answer {
            Ok(0) => Ok(()),
            Ok(code) => Err(TransportError::Host(format!("the target answers the logout with code {code}"))),
            Err(failure) => Err(self.failed(failure, timeout)),
        }
    }

    fn alive(&self) -> Result<(), TransportError> {
        match &self.gone {
            Some(why) => Err(TransportError::Gone(why.clone())),
            None => Ok(()),
        }
    }

    /// Whether a command can be sent.
    fn ready(&mut self, cdb: &[u8], bytes: usize) -> Result<(), TransportError> {
        self.alive()?;
        if cdb.is_empty() || cdb.len() > LONGEST_CDB {
            let seen = cdb.len();
            return Err(TransportError::Request(format!(
                "a CDB has 1 to {LONGEST_CDB} bytes, this one {seen}"
            )));
        }
        if u32::try_from(bytes).is_err() {
            return Err(TransportError::Request(format!(
                "data of {bytes} bytes, a command has less than 4 GiB"
            )));
        }
        if self.session.is_asked_to_leave() && self.session.in_flight() == 0 {
            let _ = self.session.logout(deadline(FAREWELL));
            return Err(self.give_up("the target asked for a logout".to_owned()));
        }
        Ok(())
    }

    /// Aborts a command that is late. What the target still says about it counts.
    fn late(&mut self, tag: u32, data: &mut Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let number = self.session.number_of(tag).unwrap_or_default();
        let until = deadline(self.management_timeout);
        let abort =
            self.session.manage(task_function::ABORT_TASK, Some((tag, number)), Some((tag, data)), until);
        // In order: an answer of the command itself has come before that of the abort.
        if let (Ok(_), Some(completion)) = (&abort, self.session.take_done(tag)) {
            return completion.outcome;
        }
        match abort {
            Ok(task_response::COMPLETE | task_response::NO_SUCH_TASK) => {
                self.session.forget(tag);
                Err(TransportError::Timeout(timeout))
            }
            Ok(code) => {
                self.give_up(format!("the target did not abort a late command, response code {code}"));
                Err(TransportError::Timeout(timeout))
            }
            Err(Failure::Timeout) => {
                self.give_up("neither a command nor its abort was answered in time".to_owned());
                Err(TransportError::Timeout(timeout))
            }
            Err(failure) => Err(self.failed(failure, timeout)),
        }
    }

    /// What a failure means for the caller, and for all calls after it.
    fn failed(&mut self, failure: Failure, timeout: Duration) -> TransportError {
        match failure {
            Failure::Timeout => TransportError::Timeout(timeout),
            Failure::Broken(why) => self.give_up(why),
            Failure::Protocol(why) => {
                self.give_up(format!("given up as the target broke the protocol: {why}"));
                TransportError::Host(format!("the target broke the protocol: {why}"))
            }
        }
    }

    fn give_up(&mut self, why: String) -> TransportError {
        let error = TransportError::Gone(why.clone());
        self.session.fail_all(&error);
        self.gone.get_or_insert(why);
        error
    }
}

impl Transport for Initiator {
    /// A command whose time is up is aborted; that may take another [`Options::management_timeout`].
    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        self.ready(cdb, data.len())?;
        let deadline = deadline(timeout);
        let tag = match self.session.start(cdb, &mut data, deadline) {
            Ok(tag) => tag,
            Err(failure) => return Err(self.failed(failure, timeout)),
        };
        match self.session.finish(tag, &mut data, deadline) {
            Ok(completion) => completion.outcome,
            Err(Failure::Timeout) => self.late(tag, &mut data, timeout),
            Err(failure) => {
                self.session.forget(tag);
                Err(self.failed(failure, timeout))
            }
        }
    }

    /// Sleeps, and answers the target's pings meanwhile.
    fn wait(&mut self, duration: Duration) {
        let until = deadline(duration);
        if self.gone.is_none()
            && let Err(failure) = self.session.idle(until)
        {
            self.failed(failure, duration);
        }
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
    }
}

impl Drop for Initiator {
    fn drop(&mut self) {
        if self.gone.is_none() {
            let _ = self.session.logout(deadline(FAREWELL));
        }
    }
}

/// A year is for ever, and can be added to the time.
fn deadline(timeout: Duration) -> Instant {
    Instant::now() + timeout.min(Duration::from_secs(365 * 86_400))
}

/// A TCP connection to the first address of the portal that takes one.
fn open(portal: &Portal, deadline: Instant) -> Result<(TcpWire, TcpWire), ConnectError> {
    let unreachable = |error| ConnectError::Unreachable { portal: portal.to_string(), error };
    let mut last = io::ErrorKind::AddrNotAvailable.into();
    for address in (portal.host.as_str(), portal.port).to_socket_addrs().map_err(unreachable)? {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        match connect(address, left) {
            Ok(stream) => return TcpWire::both(stream).map_err(unreachable),
            Err(error) => last = error,
        }
    }
    Err(unreachable(last))
}

fn connect(address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Before the connection, which settles how large a window can become. A system that gives less is no harm.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.connect_timeout(&address.into(), timeout)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests;
