//! What all connections of a target share.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mmc_wire::Sense;
use scsi_transport::Transport;

use super::ServerOptions;
use crate::login::{Agreed, LoginPolicy, SessionType};
use crate::session::{Session, lock};
use crate::unit::{LogicalUnit, NexusId};

/// What all connections of a target share.
///
/// Nobody who logs in, leaves or announces something waits for the device: what it means for the unit is noted, and
/// done by whoever has the unit next.
pub struct Shared<T> {
    unit: Mutex<LogicalUnit<T>>,
    changes: Mutex<Vec<Change>>,
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

/// Something that the unit has to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    /// A nexus came.
    Attach(NexusId),
    /// A nexus is gone.
    Detach(NexusId),
    /// Something that initiators should hear of at once.
    Announce(Sense),
    /// A unit attention for one nexus.
    Raise(NexusId, Sense),
}

/// Who is here.
struct Registry<T> {
    /// In the order in which they came.
    logins: Vec<(u64, TcpStream)>,
    sessions: Vec<Present<T>>,
}

struct Present<T> {
    number: u64,
    stream: TcpStream,
    info: SessionInfo,
    isid: [u8; 6],
    /// None as long as the last answer of the login is on its way.
    session: Option<Arc<Session<T>>>,
    /// Another login has replaced it.
    replaced: bool,
}

/// Why a login that is sound cannot become a session (RFC 7143 11.13.5 "Status-Class and Status-Detail").
#[derive(Debug)]
pub(super) struct Obstacle {
    pub class: u8,
    pub detail: u8,
    pub why: String,
}

/// How long an initiator has to take the news that the server stops.
const FAREWELL: Duration = Duration::from_millis(200);

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
            changes: Mutex::new(Vec::new()),
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

    /// The unit, as soon as the device is free, with all that has happened meanwhile.
    pub(crate) fn unit(&self) -> MutexGuard<'_, LogicalUnit<T>> {
        let mut unit = lock(&self.unit);
        for change in std::mem::take(&mut *lock(&self.changes)) {
            match change {
                Change::Attach(nexus) => unit.attach(nexus),
                Change::Detach(nexus) => unit.detach(nexus),
                Change::Announce(sense) => unit.announce(sense),
                Change::Raise(nexus, sense) => unit.raise_for(nexus, sense),
            }
        }
        unit
    }

    /// The unit has to know something, soon.
    pub(crate) fn change(&self, change: Change) {
        lock(&self.changes).push(change);
        self.send_events();
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

    /// A login that is sound gets its place among the sessions, before it is told so; its TSIH.
    ///
    /// A session of the same initiator with the same ISID ends (RFC 7143 6.3.5 "Session Reinstatement, Closure, and
    /// Timeout"), and its nexus with it.
    pub(super) fn admit(&self, agreed: &Agreed, number: u64, peer: SocketAddr) -> Result<u16, Obstacle> {
        let obstacle = |class, detail, why| Err(Obstacle { class, detail, why });
        let mut registry = lock(&self.registry);
        if self.stopping.load(Ordering::SeqCst) {
            return obstacle(3, 0x01, "the server stops".to_owned());
        }
        if agreed.tsih != 0 {
            // MaxConnections is 1.
            return match registry.sessions.iter().any(|present| present.info.tsih == agreed.tsih) {
                true => obstacle(2, 0x06, format!("session {} has its connection", agreed.tsih)),
                false => obstacle(2, 0x0A, format!("there is no session {}", agreed.tsih)),
            };
        }
        let is_discovery = agreed.session == SessionType::Discovery;
        let mut gone = Vec::new();
        for present in &mut registry.sessions {
            let same = present.isid == agreed.isid
                && present.info.initiator == agreed.initiator
                && present.info.is_discovery == is_discovery;
            if same && !present.replaced {
                log::info!("{}: logs in again, its old session ends", agreed.initiator);
                present.replaced = true;
                gone.push(NexusId(present.number));
                if let Some(session) = &present.session {
                    session.close();
                }
                close(&present.stream);
            }
        }
        let here = registry.sessions.iter().filter(|present| !present.replaced).count();
        if here >= self.options.limits.sessions {
            return obstacle(3, 0x02, "there are too many sessions".to_owned());
        }
        let Some(at) = registry.logins.iter().position(|(login, _)| *login == number) else {
            return obstacle(3, 0x02, "others wanted to log in".to_owned());
        };
        let (_, stream) = registry.logins.remove(at);
        let tsih = self.next_tsih(&registry);
        let info = SessionInfo { initiator: agreed.initiator.clone(), peer, tsih, is_discovery };
        registry.sessions.push(Present {
            number,
            stream,
            info,
            isid: agreed.isid,
            session: None,
            replaced: false,
        });
        drop(registry);
        for nexus in gone {
            self.change(Change::Detach(nexus));
        }
        Ok(tsih)
    }

    /// A session handle that is not 0, and as long as possible not one that was given before.
    fn next_tsih(&self, registry: &Registry<T>) -> u16 {
        loop {
            let tsih = self.last_tsih.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            if tsih != 0 && registry.sessions.iter().all(|present| present.info.tsih != tsih) {
                return tsih;
            }
        }
    }

    /// The session begins. False: it has ended already.
    pub(super) fn enter(&self, number: u64, session: &Arc<Session<T>>) -> bool {
        let mut registry = lock(&self.registry);
        if self.stopping.load(Ordering::SeqCst) {
            return false;
        }
        match registry.sessions.iter_mut().find(|present| present.number == number) {
            Some(present) if !present.replaced => {
                present.session = Some(Arc::clone(session));
                true
            }
            Some(_) | None => false,
        }
    }

    /// The connection is over, whatever it had become.
    pub(super) fn leave(&self, number: u64) {
        let mut registry = lock(&self.registry);
        registry.logins.retain(|(login, _)| *login != number);
        registry.sessions.retain(|present| present.number != number);
    }

    pub(super) fn sessions(&self) -> Vec<SessionInfo> {
        lock(&self.registry).sessions.iter().map(|present| present.info.clone()).collect()
    }

    fn present(&self) -> Vec<Arc<Session<T>>> {
        lock(&self.registry).sessions.iter().filter_map(|present| present.session.clone()).collect()
    }

    /// Takes away what other initiators have waiting. Gives those who had something.
    pub(crate) fn abort_others(&self, nexus: NexusId) -> Vec<NexusId> {
        let mut gone = Vec::new();
        for session in self.present() {
            if session.nexus != nexus && session.abort_all() {
                gone.push(session.nexus);
            }
        }
        gone
    }

    /// Ends all sessions.
    pub(crate) fn close_sessions(&self) {
        for present in &lock(&self.registry).sessions {
            // What is under way to the initiator still gets there.
            drop(present.stream.shutdown(Shutdown::Read));
        }
    }

    pub(super) fn close_everything(&self) {
        let present: Vec<_> = {
            let registry = lock(&self.registry);
            let session =
                |present: &Present<T>| Some((present.session.clone()?, present.stream.try_clone().ok()?));
            registry.sessions.iter().filter_map(session).collect()
        };
        for (session, stream) in present {
            // Whoever does not listen now is not waited for.
            drop(stream.set_write_timeout(Some(FAREWELL)));
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
            // What has happened is done even if nobody is left to hear of it.
            drop(self.unit());
            for session in self.present() {
                loop {
                    // The unit is free again before anything is sent: who does not take it keeps nobody else waiting.
                    let event = self.unit().take_event(session.nexus);
                    let Some(sense) = event else { break };
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
