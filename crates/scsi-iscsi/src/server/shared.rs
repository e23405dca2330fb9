//! What all connections of a target share.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use scsi_transport::Transport;

use super::ServerOptions;
use crate::login::{Agreed, LoginPolicy};
use crate::session::{Session, lock};
use crate::unit::{LogicalUnit, NexusId};

/// What all connections of a target share.
pub struct Shared<T> {
    pub(crate) unit: Mutex<LogicalUnit<T>>,
    pub(super) options: ServerOptions,
    pub(super) policy: Arc<LoginPolicy>,
    pub(super) local: SocketAddr,
    pub(super) stopping: AtomicBool,
    registry: Mutex<Registry<T>>,
    /// Somebody has to be told something.
    news: Mutex<bool>,
    told: Condvar,
    last_tsih: AtomicU16,
}

/// Who is here.
struct Registry<T> {
    /// In the order in which they came.
    logins: Vec<(u64, TcpStream)>,
    sessions: Vec<Present<T>>,
}

struct Present<T> {
    session: Arc<Session<T>>,
    stream: TcpStream,
    info: SessionInfo,
}

/// A session, for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionInfo {
    /// Name of the initiator.
    pub initiator: String,
    /// Its address.
    pub peer: SocketAddr,
    /// TSIH.
    pub tsih: u16,
    /// Whether it came to ask for targets only.
    pub is_discovery: bool,
}

impl<T: Transport> Shared<T> {
    pub(super) fn new(unit: LogicalUnit<T>, options: ServerOptions, local: SocketAddr) -> Self {
        Self {
            unit: Mutex::new(unit),
            policy: Arc::new(options.policy.clone()),
            options,
            local,
            stopping: AtomicBool::new(false),
            registry: Mutex::new(Registry { logins: Vec::new(), sessions: Vec::new() }),
            news: Mutex::new(false),
            told: Condvar::new(),
            last_tsih: AtomicU16::new(0),
        }
    }

    /// How long a command may take at the device.
    pub(crate) const fn command_time(&self) -> Duration {
        self.options.limits.command
    }

    pub(crate) fn target_name(&self) -> &str {
        &self.policy.target
    }

    pub(crate) fn portal_group(&self) -> u16 {
        self.policy.portal_group
    }

    /// A session handle that is not 0, and as long as possible not one that was given before.
    pub(super) fn next_tsih(&self) -> u16 {
        loop {
            let tsih = self.last_tsih.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let taken = || lock(&self.registry).sessions.iter().any(|present| present.info.tsih == tsih);
            if tsih != 0 && !taken() {
                return tsih;
            }
        }
    }

    /// A connection that has to log in. Where there are too many the oldest goes: who has been left open gives way to
    /// who comes.
    pub(super) fn begin_login(&self, number: u64, stream: TcpStream) {
        let mut registry = lock(&self.registry);
        registry.logins.push((number, stream));
        if registry.logins.len() > self.options.limits.waiting_logins {
            drop(registry);
            self.drop_oldest_login();
        }
    }

    pub(super) fn drop_oldest_login(&self) {
        let mut registry = lock(&self.registry);
        if !registry.logins.is_empty() {
            let (number, stream) = registry.logins.remove(0);
            log::warn!("connection {number} has not logged in, and others want to: dropped");
            close(&stream);
        }
    }

    pub(super) fn end_login(&self, number: u64) {
        lock(&self.registry).logins.retain(|(other, _)| *other != number);
    }

    /// Whether there is room for one more session.
    pub(super) fn has_room(&self) -> bool {
        lock(&self.registry).sessions.len() < self.options.limits.sessions
    }

    /// Ends the session that a login of the same initiator with the same ISID replaces (RFC 7143 6.3.5 "Session
    /// Reinstatement, Closure, and Timeout").
    pub(super) fn reinstate(&self, agreed: &Agreed) {
        for present in &lock(&self.registry).sessions {
            let old = lock(&present.session.agreed);
            if old.isid == agreed.isid && old.initiator == agreed.initiator && old.session == agreed.session {
                log::info!("{}: logs in again, its old session ends", agreed.initiator);
                present.session.abort_all();
                close(&present.stream);
            }
        }
    }

    pub(super) fn enter(&self, session: &Arc<Session<T>>, stream: TcpStream, info: SessionInfo) {
        let mut registry = lock(&self.registry);
        registry.sessions.push(Present { session: Arc::clone(session), stream, info });
    }

    pub(super) fn leave(&self, session: &Arc<Session<T>>) {
        lock(&self.registry).sessions.retain(|present| !Arc::ptr_eq(&present.session, session));
    }

    pub(super) fn sessions(&self) -> Vec<SessionInfo> {
        lock(&self.registry).sessions.iter().map(|present| present.info.clone()).collect()
    }

    fn present(&self) -> Vec<Arc<Session<T>>> {
        lock(&self.registry).sessions.iter().map(|present| Arc::clone(&present.session)).collect()
    }

    /// Takes away what other initiators have waiting.
    pub(crate) fn abort_others(&self, nexus: NexusId) {
        for session in self.present() {
            if session.nexus != nexus {
                session.abort_all();
            }
        }
    }

    /// Ends all sessions.
    pub(crate) fn close_sessions(&self) {
        for present in &lock(&self.registry).sessions {
            // What is under way to the initiator still gets there.
            drop(present.stream.shutdown(Shutdown::Read));
        }
    }

    pub(super) fn close_everything(&self) {
        for session in self.present() {
            if let Err(error) = session.send_farewell() {
                log::debug!("farewell to {:?}: {error}", session.nexus);
            }
        }
        self.close_sessions();
        for (_, stream) in &lock(&self.registry).logins {
            close(stream);
        }
        self.send_events();
    }

    /// Somebody has to be told something; a thread of its own does it, so that nobody waits for a slow initiator.
    pub(crate) fn send_events(&self) {
        *lock(&self.news) = true;
        self.told.notify_all();
    }

    /// What that thread does.
    pub(super) fn notify(&self) {
        loop {
            let mut news = lock(&self.news);
            while !*news {
                news = self.told.wait(news).unwrap_or_else(PoisonError::into_inner);
            }
            *news = false;
            drop(news);
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            for session in self.present() {
                while let Some(sense) = lock(&self.unit).take_event(session.nexus) {
                    if let Err(error) = session.send_event(sense) {
                        log::debug!("cannot tell {:?} of {sense}: {error}", session.nexus);
                        break;
                    }
                }
            }
        }
    }
}

fn close(stream: &TcpStream) {
    // It may be gone already.
    drop(stream.shutdown(Shutdown::Both));
}
