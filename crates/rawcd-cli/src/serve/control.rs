//! The control socket of a server: `rawcd ctl` comes here.

use std::io::{self, BufReader, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{Listener, ListenerOptions, Stream};

use crate::ctl::place::Control;
use crate::ctl::protocol::{Answer, Request, receive, send};
use crate::failure::Failure;
use crate::lock::Lock;

/// Callers at a time; who comes beyond that is hung up on.
const MOST_CALLERS: usize = 16;

/// How long a caller may be silent.
const SILENCE: Duration = Duration::from_secs(10);

/// Whoever answers callers.
pub trait Answers: Send + Sync {
    /// The answer to a request.
    fn answer(&self, request: Request) -> Answer;
    /// Once it is sent, or nobody is left to take it: what would keep it from getting there.
    fn after(&self, request: &Request);
}

/// A control socket that listens; gone when this goes.
#[derive(Debug)]
pub struct Listening {
    control: Control,
    _lock: Lock,
}

impl Listening {
    /// Answers callers from now on, on threads of its own.
    pub fn start(control: Control, answers: impl Answers + 'static) -> Result<Self, Failure> {
        let lock = control.lock()?;
        let failed = |error: io::Error| {
            Failure::new(format_args!("the control socket {}: {error}", control.path().display()))
        };
        // The lock was free, so whoever left a socket there is gone.
        match std::fs::remove_file(control.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let options = ListenerOptions::new().name(control.to_name().map_err(failed)?).reclaim_name(false);
        #[cfg(target_os = "linux")]
        let options = interprocess::os::unix::local_socket::ListenerOptionsExt::mode(options, 0o600);
        let listener = options.create_sync().map_err(failed)?;
        let answers = Arc::new(answers);
        thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || listen(&listener, &answers))
            .map_err(failed)?;
        Ok(Self { control, _lock: lock })
    }

    pub const fn control(&self) -> &Control {
        &self.control
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Where a socket is no file there is none to remove.
        let _ = std::fs::remove_file(self.control.path());
    }
}

fn listen(listener: &Listener, answers: &Arc<impl Answers + 'static>) {
    let callers = Arc::new(AtomicUsize::new(0));
    loop {
        let stream = match listener.accept() {
            Ok(stream) => stream,
            Err(error) => {
                log::warn!("control: cannot take a call: {error}");
                thread::sleep(Duration::from_millis(50));
                continue;
            }
        };
        if callers.fetch_add(1, Ordering::SeqCst) >= MOST_CALLERS {
            callers.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (answers, present) = (Arc::clone(answers), Arc::clone(&callers));
        let talk = move || {
            if let Err(error) = talk(&stream, &*answers) {
                log::debug!("control: {error}");
            }
            present.fetch_sub(1, Ordering::SeqCst);
        };
        if thread::Builder::new().name("control-caller".to_owned()).spawn(talk).is_err() {
            callers.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Answers a caller until he leaves or says something that is no request.
fn talk(stream: &Stream, answers: &impl Answers) -> io::Result<()> {
    // Where the system has no such limit a caller may stay as long as there are others.
    let _ = stream.set_recv_timeout(Some(SILENCE)).and_then(|()| stream.set_send_timeout(Some(SILENCE)));
    let mut lines = BufReader::new(stream);
    loop {
        match receive::<Request>(&mut lines) {
            Ok(Some(request)) => {
                let sent = send(&mut &*stream, &answers.answer(request.clone()));
                answers.after(&request);
                sent?;
            }
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                let text = format!("the request cannot be read: {error}");
                return send(&mut &*stream, &Answer::Error { text, hint: None });
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a panic is a test's answer")]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Waits after its answer until the caller says that it has got it.
    struct Waits {
        got: Mutex<Receiver<()>>,
        told: Mutex<Sender<bool>>,
    }

    impl Answers for Waits {
        fn answer(&self, _: Request) -> Answer {
            Answer::Done { text: "stopping".to_owned(), status: None }
        }
        fn after(&self, _: &Request) {
            let got = self.got.lock().unwrap().recv_timeout(Duration::from_secs(60));
            self.told.lock().unwrap().send(got.is_ok()).unwrap();
        }
    }

    #[test]
    fn an_answer_gets_there_before_what_would_keep_it() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::at("mine", folder.path());
        let ((has_got, got), (told, was_told)) = (channel(), channel());
        let waits = Waits { got: Mutex::new(got), told: Mutex::new(told) };
        let listening = Listening::start(control, waits).unwrap();
        let mut stream = listening.control().connect().unwrap();
        send(&mut stream, &Request::Stop).unwrap();
        let answer: Option<Answer> = receive(&mut BufReader::new(stream)).unwrap();
        assert!(matches!(answer, Some(Answer::Done { .. })));
        has_got.send(()).unwrap();
        assert!(was_told.recv().unwrap());
    }
}
