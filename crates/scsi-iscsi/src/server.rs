//! The target's end of the network: a listener, a thread for each connection, and what they share.
//!
//! What an initiator can make us do is bounded: connections that have not logged in are few and short-lived, the oldest
//! going first; sessions, waiting commands and their data have limits; who is silent is asked, and who does not answer
//! or does not take what is sent is dropped. [`Limits`] says all of it.

mod connection;
mod shared;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use scsi_transport::Transport;
pub use shared::SessionInfo;
pub(crate) use shared::{Change, Shared};
use socket2::SockRef;

use crate::login::LoginPolicy;
use crate::unit::LogicalUnit;

/// Room for what the system has received and we have not taken. What systems begin with holds one segment of loopback
/// (64 KiB): an initiator that sends more stops after each until the acknowledgement comes, and that may take 40 ms.
const RECEIVE_BUFFER: usize = 1 << 20;

/// How a target is served.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Name, authentication and what is negotiated.
    pub policy: LoginPolicy,
    /// What SendTargets names as the portal, `host:port`. Without it: the address that the initiator has reached us at.
    pub portal: Option<String>,
    /// Every command of the device ends at once, as on a simulated drive in virtual time: then they are executed by the
    /// thread that reads them, which saves two changes of threads a command. Otherwise each session has a second
    /// thread, so that a ping is answered while a command runs.
    pub prompt: bool,
    /// What an initiator can make us do.
    pub limits: Limits,
}

/// What an initiator can make us do.
///
/// A session holds at most about 18 MiB: 32 commands that wait with 64 KiB each that came unasked, as many that came too
/// early, and one transfer of 8 MiB or several of 4 MiB together that were asked for; what a device sends of at most
/// 8 MiB, while the command runs. The least of it is in use at any time.
#[derive(Clone, Debug)]
pub struct Limits {
    /// From the connection to the end of login.
    pub login: Duration,
    /// How long a session may be silent before it is asked whether it is there.
    pub silence: Duration,
    /// How long it may take to answer, to finish a PDU that it has begun, to send data that it has been asked for, and
    /// to take what is sent to it.
    pub patience: Duration,
    /// Connections that have not logged in; the oldest goes when there is one more.
    pub waiting_logins: usize,
    /// Sessions.
    pub sessions: usize,
    /// How long a command may take at the device.
    pub command: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            login: Duration::from_secs(15),
            silence: Duration::from_secs(30),
            patience: Duration::from_secs(30),
            waiting_logins: 32,
            sessions: 32,
            command: Duration::from_secs(3600),
        }
    }
}

impl ServerOptions {
    /// On loopback at iSCSI's port, with what else is usual.
    pub fn new(policy: LoginPolicy) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3260)),
            policy,
            portal: None,
            prompt: false,
            limits: Limits::default(),
        }
    }
}

/// A target that listens.
pub struct Server<T> {
    listener: TcpListener,
    shared: Arc<Shared<T>>,
}

/// What can be asked of a server while it runs.
pub struct ServerHandle<T> {
    shared: Arc<Shared<T>>,
    /// Where a connection wakes the listener.
    wake: SocketAddr,
}

impl<T: Transport + Send + 'static> Server<T> {
    /// Listens; [`run`](Self::run) serves. The unit's page 83h gets the target's name.
    pub fn bind(unit: LogicalUnit<T>, options: ServerOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen)?;
        // Connections inherit it. A system that gives less is no harm.
        let _ = SockRef::from(&listener).set_recv_buffer_size(RECEIVE_BUFFER);
        let local = listener.local_addr()?;
        let unit = unit.with_target_name(&options.policy.target);
        Ok(Self { listener, shared: Arc::new(Shared::new(unit, options, local)) })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.shared.local
    }

    /// What stops it, and what tells it that a disc was changed.
    pub fn handle(&self) -> ServerHandle<T> {
        let mut wake = self.shared.local;
        if wake.ip().is_unspecified() {
            wake.set_ip(match wake.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        ServerHandle { shared: Arc::clone(&self.shared), wake }
    }

    /// Serves until [`ServerHandle::stop`]; then the running command is finished and answered, and all connections end.
    pub fn run(self) -> io::Result<()> {
        let notifier = {
            let shared = Arc::clone(&self.shared);
            thread::Builder::new().name("iscsi-events".to_owned()).spawn(move || shared.notify())?
        };
        let mut threads: Vec<thread::JoinHandle<()>> = Vec::new();
        for number in 0.. {
            let accepted = self.listener.accept();
            if self.shared.stopping.load(Ordering::SeqCst) {
                break;
            }
            threads.retain(|thread| !thread.is_finished());
            match accepted {
                Ok((stream, peer)) => {
                    if let Some(thread) = self.receive(stream, peer, number) {
                        threads.push(thread);
                    }
                }
                // No more files, or the connection is gone already: neither is a reason to stop serving.
                Err(error) => {
                    log::warn!("cannot accept a connection: {error}");
                    self.shared.drop_oldest_login();
                    thread::sleep(Duration::from_millis(50));
                }
            }
        }
        self.shared.close_everything();
        for thread in threads.into_iter().chain([notifier]) {
            if thread.join().is_err() {
                log::error!("a connection's thread panicked");
            }
        }
        // Nobody keeps the tray shut any more.
        drop(self.shared.unit());
        Ok(())
    }

    fn receive(&self, stream: TcpStream, peer: SocketAddr, number: u64) -> Option<thread::JoinHandle<()>> {
        let shared = Arc::clone(&self.shared);
        let name = format!("iscsi-{number}");
        let thread =
            thread::Builder::new().name(name).spawn(move || connection::serve(&shared, stream, peer, number));
        thread.inspect_err(|error| log::warn!("{peer}: cannot start a thread: {error}")).ok()
    }
}

impl<T: Transport> ServerHandle<T> {
    /// Ends [`Server::run`]: the running command is finished and answered first.
    pub fn stop(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The listener sleeps until somebody comes.
        if let Err(error) = TcpStream::connect_timeout(&self.wake, Duration::from_secs(1)) {
            log::debug!("waking the listener: {error}");
        }
    }

    /// Something happened to the device that its initiators should hear of at once. Nobody waits for the device here.
    pub fn announce(&self, sense: mmc_wire::Sense) {
        self.shared.change(Change::Announce(sense));
    }

    /// Who is here.
    pub fn sessions(&self) -> Vec<SessionInfo> {
        self.shared.sessions()
    }
}

impl<T> Clone for ServerHandle<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), wake: self.wake }
    }
}

impl<T> std::fmt::Debug for Server<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl<T> std::fmt::Debug for ServerHandle<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerHandle").field("wake", &self.wake).finish_non_exhaustive()
    }
}
