//! One connection, from its first byte to its last.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use scsi_transport::Transport;

use super::Shared;
use super::shared::{Change, Obstacle};
use crate::login::{Agreed, Login, SessionType, Step};
use crate::pdu::Opcode;
use crate::pdu::answer::LoginResponse;
use crate::pdu::read::{PduReader, ReadError};
use crate::pdu::request::LoginRequest;
use crate::session::{Flow, GiveUp, Next, Outgoing, Patient, Session, Window};
use crate::unit::NexusId;

/// Until login says otherwise a data segment has at most this (RFC 7143 13.12 "MaxRecvDataSegmentLength").
const LOGIN_SEGMENT: usize = 8192;

/// Commands that an initiator may send behind its login.
const FIRST_WINDOW: u32 = 31;

/// How often a silent stream is looked after, at least.
const TICK: Duration = Duration::from_secs(1);

/// Why a connection ended other than by logout.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("{0}")]
    Said(#[from] GiveUp),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("no login within {0:?}")]
    NoLogin(Duration),
    #[error("login: {0}")]
    Refused(String),
    #[error("{0}")]
    Silent(String),
}

/// Serves a connection until it ends.
pub fn serve<T: Transport + Send + 'static>(
    shared: &Arc<Shared<T>>,
    stream: TcpStream,
    peer: SocketAddr,
    number: u64,
) {
    log::debug!("{peer}: connection {number}");
    match Connection::open(shared, stream, peer, number).and_then(Connection::serve) {
        Ok(()) => log::debug!("{peer}: connection {number} is over"),
        Err(end) => log::warn!("{peer}: connection {number} is dropped: {end}"),
    }
    shared.leave(number);
}

struct Connection<'a, T> {
    shared: &'a Arc<Shared<T>>,
    stream: TcpStream,
    reader: PduReader<TcpStream>,
    peer: SocketAddr,
    number: u64,
}

impl<'a, T: Transport + Send + 'static> Connection<'a, T> {
    fn open(
        shared: &'a Arc<Shared<T>>,
        stream: TcpStream,
        peer: SocketAddr,
        number: u64,
    ) -> Result<Self, End> {
        stream.set_nodelay(true)?;
        let limits = &shared.options.limits;
        let shortest = limits.login.min(limits.silence).min(limits.patience);
        // A system takes no time limit of 0.
        stream.set_read_timeout(Some((shortest / 4).clamp(Duration::from_millis(1), TICK)))?;
        shared.begin_login(number, stream.try_clone()?);
        Ok(Self { shared, reader: PduReader::new(stream.try_clone()?, LOGIN_SEGMENT), stream, peer, number })
    }

    fn serve(mut self) -> Result<(), End> {
        self.reader.set_patience(self.shared.options.limits.login);
        let mut out =
            Outgoing::new(Patient::new(self.stream.try_clone()?, self.shared.options.limits.patience)?);
        let Some(agreed) = self.log_in(&mut out)? else { return Ok(()) };
        let parameters = &agreed.parameters;
        out.set_digests(parameters.digests);
        self.reader.set_digests(parameters.digests);
        self.reader.set_limit(parameters.max_recv_data_segment as usize);
        self.reader.set_patience(self.shared.options.limits.patience);
        let is_discovery = agreed.session == SessionType::Discovery;
        let portal = match &self.shared.options.portal {
            Some(portal) => portal.clone(),
            None => self.stream.local_addr()?.to_string(),
        };
        log::info!(
            "{}: {} logged in{}",
            self.peer,
            agreed.initiator,
            if is_discovery { " to discover" } else { "" }
        );
        let nexus = NexusId(self.number);
        let session = Arc::new(Session::new(Arc::clone(self.shared), nexus, agreed, out, portal));
        if !is_discovery {
            self.shared.change(Change::Attach(nexus));
        }
        let served =
            if self.shared.enter(self.number, &session) { self.full_feature(&session) } else { Ok(()) };
        self.shared.change(Change::Detach(nexus));
        served
    }

    /// The login phase. `None`: refused, or the initiator went away between two PDUs.
    fn log_in(&mut self, out: &mut Outgoing) -> Result<Option<Agreed>, End> {
        let limit = self.shared.options.limits.login;
        let deadline = Instant::now() + limit;
        let mut login = Login::new(Arc::clone(&self.shared.policy));
        loop {
            let pdu = match self.reader.next() {
                Err(error) if error.is_timeout() && Instant::now() < deadline => continue,
                Err(error) if error.is_timeout() => return Err(End::NoLogin(limit)),
                other => other?,
            };
            let Some(pdu) = pdu else { return Ok(None) };
            if Instant::now() > deadline {
                return Err(End::NoLogin(limit));
            }
            if pdu.header.opcode() != Opcode::LOGIN_REQUEST {
                return Err(End::Refused(format!("{} before login", pdu.header.opcode())));
            }
            let request = LoginRequest::parse(&pdu.header).map_err(GiveUp::from)?;
            let first = request.command_number;
            let window = Window { expected: first, max: first.wrapping_add(FIRST_WINDOW) };
            let mut send = |response: LoginResponse, text: &[u8]| {
                out.answer(response, window, text)?;
                out.flush()
            };
            match login.step(&request, pdu.data) {
                Step::Answer(response, text) => send(response, &text)?,
                Step::Refused(response, fault) => {
                    send(response, &[])?;
                    return Err(End::Refused(fault.to_string()));
                }
                Step::Done(mut response, text, mut agreed) => {
                    agreed.tsih = match self.shared.admit(&agreed, self.number, self.peer) {
                        Ok(tsih) => tsih,
                        Err(Obstacle { class, detail, why }) => {
                            response.status_class = class;
                            response.status_detail = detail;
                            response.transit = false;
                            send(response, &[])?;
                            return Err(End::Refused(why));
                        }
                    };
                    agreed.command_number = first;
                    response.tsih = agreed.tsih;
                    send(response, &text)?;
                    return Ok(Some(*agreed));
                }
            }
        }
    }

    fn full_feature(&mut self, session: &Arc<Session<T>>) -> Result<(), End> {
        if self.shared.options.prompt {
            return self.read(session, true);
        }
        let over = Arc::new(AtomicBool::new(false));
        let executor = {
            let (session, over, stream) = (Arc::clone(session), Arc::clone(&over), self.stream.try_clone()?);
            thread::Builder::new()
                .name(format!("iscsi-{}-device", self.number))
                .spawn(move || execute(&session, &over, &stream))?
        };
        let read = self.read(session, false);
        over.store(true, Ordering::SeqCst);
        session.wake();
        if executor.join().is_err() {
            log::error!("{}: a command panicked", self.peer);
        }
        read
    }

    /// Reads until the session ends; `executes` on this thread too.
    fn read(&mut self, session: &Session<T>, executes: bool) -> Result<(), End> {
        let mut room = Vec::new();
        let mut heard = Instant::now();
        let mut demanded = heard;
        loop {
            let pdu = match self.reader.next() {
                Err(error) if error.is_timeout() => {
                    self.look_after(session, heard)?;
                    continue;
                }
                other => other?,
            };
            let Some(pdu) = pdu else { return Ok(()) };
            // A stream that is shut still gives what comes.
            if self.shared.stopping.load(Ordering::SeqCst) {
                return Ok(());
            }
            let flow = match session.handle(&pdu) {
                Ok(flow) => flow,
                Err(why) => {
                    // What was said of it still goes out; that it cannot be sent is no second reason.
                    drop(session.flush());
                    return Err(why.into());
                }
            };
            heard = Instant::now();
            session.has_heard();
            if heard - demanded > TICK.min(self.shared.options.limits.patience) {
                demanded = heard;
                self.demand_data(session)?;
            }
            if executes {
                while session.execute_next(&mut room)? == Next::Done {}
            }
            // As long as more is here what is said goes out together.
            if flow == Flow::Ends || !self.reader.has_whole() {
                session.flush()?;
            }
            if flow == Flow::Ends {
                // The connection closes now, also when the device is still at a command that nobody waits for.
                drop(self.stream.shutdown(Shutdown::Both));
                return Ok(());
            }
        }
    }

    /// Whatever else it says, an initiator has to send the data that it owes.
    fn demand_data(&self, session: &Session<T>) -> Result<(), End> {
        let patience = self.shared.options.limits.patience;
        match session.awaits_since() {
            Some(since) if since.elapsed() > patience => {
                Err(End::Silent(format!("data was asked for and did not come within {patience:?}")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Nothing came for a while: is anybody there, and does it do what it has to?
    fn look_after(&self, session: &Session<T>, heard: Instant) -> Result<(), End> {
        let limits = &self.shared.options.limits;
        let silent = heard.elapsed();
        self.demand_data(session)?;
        if silent > limits.silence + limits.patience {
            return Err(End::Silent(format!("no answer to a ping within {:?}", limits.patience)));
        }
        if silent > limits.silence {
            session.ping()?;
        }
        Ok(())
    }
}

/// What the second thread of a session does: commands, in order, until the session is over.
fn execute<T: Transport>(session: &Session<T>, over: &AtomicBool, stream: &TcpStream) {
    let mut room = Vec::new();
    while session.wait(|| over.load(Ordering::SeqCst)) {
        let done = session.execute_next(&mut room).and_then(|_| session.flush());
        if let Err(error) = done {
            log::warn!("{:?}: {error}", session.nexus);
            // The reading thread wakes up from this, and ends the session.
            drop(stream.shutdown(Shutdown::Both));
            return;
        }
    }
}
