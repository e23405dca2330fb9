//! The target's side of login: a state machine that is fed requests and says what to send.
//!
//! RFC 7143 6.3 "Login Phase". It does no I/O, knows no session but the one that begins, and trusts nobody: whatever
//! comes, [`Login::step`] answers, and after [`MOST_REQUESTS`] requests or [`MOST_TEXT`] bytes of text it has ended.
//!
//! | module | holds |
//! |---|---|
//! | `policy` | what the target's owner wants |
//! | `security` | stage 0: AuthMethod and CHAP |
//! | `parameter` | stage 1: operational keys and their result functions |
//! | `fault` | why a login was refused |
//!
//! An initiator may skip stage 0, and all that were looked at do where no secret is configured: one request with CSG 1,
//! NSG 3. Where CHAP is asked for that is refused; nothing of stage 1 or 3 is ever reached without the right response.

mod fault;
mod parameter;
mod policy;
mod security;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

pub use fault::LoginFault;
pub use parameter::Parameters;
pub use policy::{Auth, LoginPolicy, Offers, PolicyError};

use crate::pdu::answer::LoginResponse;
use crate::pdu::request::LoginRequest;
use crate::text::{self, Text};
use fault::excerpt;
use security::Security;

/// Requests that a login may take. CHAP with all stages apart takes five.
pub const MOST_REQUESTS: usize = 32;

/// Bytes of text that a login may bring: what RFC 7143 6.1 asks for where authentication needs long items.
pub const MOST_TEXT: usize = 64 << 10;

/// Bytes of text in a response: MaxRecvDataSegmentLength of an initiator that has declared nothing. What it declares
/// counts from the full feature phase on.
const MOST_ANSWER: usize = 8192;

/// Stages, as CSG and NSG have them (RFC 7143 11.12.3 "CSG and NSG"); 2 is reserved.
mod stage {
    pub(super) const SECURITY: u8 = 0;
    pub(super) const OPERATIONAL: u8 = 1;
    pub(super) const FULL_FEATURE: u8 = 3;
}

/// A login in progress.
#[derive(Debug)]
pub struct Login {
    policy: Arc<LoginPolicy>,
    requests: usize,
    received: usize,
    is_over: bool,
    /// The first request, which says which session it is about.
    first: Option<LoginRequest>,
    /// CSG of the next request, once there was one.
    stage: Option<u8>,
    /// Text that goes on in the next request.
    incoming: Vec<u8>,
    /// Text for which the responses so far had no room.
    outgoing: Vec<u8>,
    /// Keys that have come.
    seen: HashSet<String>,
    identity: Option<Identity>,
    security: Security,
    /// Our MaxRecvDataSegmentLength is said.
    is_declared: bool,
    parameters: Parameters,
}

/// What to do next. Of the response's fields, those of the session are the caller's: `status_number`,
/// `expected_command`, `max_command`, and `tsih` where the login is done.
#[derive(Debug)]
pub enum Step {
    /// Send this and read the next login request.
    Answer(LoginResponse, Vec<u8>),
    /// Send this; the full feature phase begins.
    Done(LoginResponse, Vec<u8>, Box<Agreed>),
    /// Send this and close; the fault is for the log.
    Refused(LoginResponse, LoginFault),
}

/// Which kind of session (RFC 7143 13.21 "SessionType").
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SessionType {
    /// For commands.
    Normal,
    /// For SendTargets only.
    Discovery,
}

/// What a login came to.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// InitiatorName, in lower case.
    pub initiator: String,
    /// InitiatorAlias.
    pub initiator_alias: Option<String>,
    /// Which kind of session.
    pub session: SessionType,
    /// The initiator's part of the session's name.
    pub isid: [u8; 6],
    /// As asked: 0 for a new session. Whether another one exists is the caller's to know.
    pub tsih: u16,
    /// CID.
    pub connection: u16,
    /// CmdSN of the first command to come, which is that of the login itself: login requests are immediate.
    pub command_number: u32,
    /// What was negotiated.
    pub parameters: Parameters,
}

/// Who wants what; known from the first request on.
#[derive(Debug)]
struct Identity {
    initiator: String,
    alias: Option<String>,
    session: SessionType,
}

impl Login {
    /// A connection has been opened.
    pub fn new(policy: Arc<LoginPolicy>) -> Self {
        Self {
            policy,
            requests: 0,
            received: 0,
            is_over: false,
            first: None,
            stage: None,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            seen: HashSet::new(),
            identity: None,
            security: Security::Open,
            is_declared: false,
            parameters: Parameters::default(),
        }
    }

    /// Takes the next login request with its text.
    pub fn step(&mut self, request: &LoginRequest, text: &[u8]) -> Step {
        match self.advance(request, text) {
            Ok(step) => step,
            Err(fault) => {
                self.is_over = true;
                let (status_class, status_detail) = fault.status();
                Step::Refused(LoginResponse { status_class, status_detail, ..response(request) }, fault)
            }
        }
    }

    fn advance(&mut self, request: &LoginRequest, text: &[u8]) -> Result<Step, LoginFault> {
        let stage = self.admit(request, text.len())?;
        if !self.outgoing.is_empty() && (!text.is_empty() || request.goes_on) {
            return Err(LoginFault::OutOfTurn { seen: text.len() });
        }
        self.incoming.extend_from_slice(text);
        if request.goes_on {
            return Ok(Step::Answer(response(request), Vec::new()));
        }
        let mut answer = Text::default();
        if self.outgoing.is_empty() {
            let text = core::mem::take(&mut self.incoming);
            self.answer(stage, &text::parse(&text)?, &mut answer)?;
        }
        let leaves = request.transit && self.security.may_leave(&self.policy.auth)?;
        let is_last = leaves && request.next_stage == stage::FULL_FEATURE;
        if !self.is_declared && (stage == stage::OPERATIONAL || is_last) {
            self.is_declared = true;
            self.parameters.max_recv_data_segment = self.policy.offers.max_recv_data_segment;
            answer.push("MaxRecvDataSegmentLength", self.parameters.max_recv_data_segment);
        }
        self.outgoing.extend_from_slice(answer.as_bytes());
        let rest = self.outgoing.split_off(self.outgoing.len().min(MOST_ANSWER));
        let text = core::mem::replace(&mut self.outgoing, rest);
        if !self.outgoing.is_empty() {
            return Ok(Step::Answer(LoginResponse { goes_on: true, ..response(request) }, text));
        }
        if !leaves {
            return Ok(Step::Answer(response(request), text));
        }
        self.stage = Some(request.next_stage);
        let response = LoginResponse { transit: true, next_stage: request.next_stage, ..response(request) };
        if !is_last {
            return Ok(Step::Answer(response, text));
        }
        self.is_over = true;
        Ok(Step::Done(response, text, Box::new(self.agreed(request)?)))
    }

    /// Whether such a request may come now; its stage, if so.
    fn admit(&mut self, request: &LoginRequest, bytes: usize) -> Result<u8, LoginFault> {
        if self.is_over {
            return Err(LoginFault::Over);
        }
        self.requests += 1;
        self.received += bytes;
        if self.requests > MOST_REQUESTS {
            return Err(LoginFault::TooManyRequests);
        }
        if self.received > MOST_TEXT {
            return Err(LoginFault::TooMuchText { seen: self.received });
        }
        if request.version_min > 0 {
            return Err(LoginFault::Version { seen: request.version_min });
        }
        let (seen, next) = (request.current_stage, request.next_stage);
        let expected = match self.stage {
            None if seen == stage::SECURITY || seen == stage::OPERATIONAL => None,
            Some(stage) if seen == stage => None,
            None => Some("0 (security) or 1 (operational)"),
            Some(stage::SECURITY) => Some("0 (security), which has not ended"),
            Some(_) => Some("1 (operational), in which this login is"),
        };
        if let Some(expected) = expected {
            return Err(LoginFault::Stage { expected, seen });
        }
        if request.transit {
            if request.goes_on {
                return Err(LoginFault::TransitWithin);
            }
            if next <= seen || !matches!(next, stage::OPERATIONAL | stage::FULL_FEATURE) {
                return Err(LoginFault::Transit { from: seen, seen: next });
            }
        }
        // Whoever begins with stage 1 has proved nothing.
        if seen == stage::OPERATIONAL && !self.security.may_leave(&self.policy.auth)? {
            return Err(LoginFault::AuthRequired);
        }
        self.stage = Some(seen);
        self.first.get_or_insert(*request);
        Ok(seen)
    }

    /// Answers a whole text.
    fn answer(&mut self, stage: u8, pairs: &[(&str, &str)], answer: &mut Text) -> Result<(), LoginFault> {
        for (key, _) in pairs {
            if !self.seen.insert((*key).to_owned()) {
                return Err(LoginFault::Again { key: (*key).to_owned() });
            }
        }
        let is_first = self.identity.is_none();
        let identity = match self.identity.take() {
            Some(identity) => identity,
            None => self.identify(pairs, answer)?,
        };
        let is_discovery = identity.session == SessionType::Discovery;
        let initiator = identity.initiator.clone();
        self.identity = Some(identity);

        if stage == stage::SECURITY {
            self.security.answer(&self.policy.auth, &initiator, pairs, answer)?;
        }
        // Stable: FirstBurstLength is bounded by what MaxBurstLength comes to, wherever that stands.
        let mut pairs = pairs.to_vec();
        pairs.sort_by_key(|(key, _)| *key == "FirstBurstLength");
        for (key, value) in pairs {
            match key {
                "InitiatorName" | "TargetName" | "SessionType" | "InitiatorAlias" if is_first => {}
                "InitiatorName" | "TargetName" | "SessionType" | "InitiatorAlias" => {
                    return Err(LoginFault::Late { key: key.to_owned() });
                }
                _ if security::is_key(key) && stage == stage::SECURITY => {}
                _ if security::is_key(key) => {
                    let expected = "it in stage 0 (security) only";
                    return Err(LoginFault::AuthOrder { key: key.to_owned(), expected });
                }
                _ => {
                    let Self { parameters, policy, .. } = self;
                    parameter::negotiate(parameters, &policy.offers, is_discovery, (key, value), answer)?;
                }
            }
        }
        Ok(())
    }

    /// Reads who wants what, and says who we are.
    ///
    /// RFC 7143 4.2.7.1 compares names after stringprep. Here ASCII letters are folded, no more: names that would have
    /// to be folded otherwise are to be sent folded by that same clause.
    fn identify(&self, pairs: &[(&str, &str)], answer: &mut Text) -> Result<Identity, LoginFault> {
        let find = |key: &'static str| pairs.iter().find(|pair| pair.0 == key).map(|pair| pair.1);
        let name = find("InitiatorName").ok_or(LoginFault::Missing { key: "InitiatorName" })?;
        if !policy::is_name(name) {
            let expected = "an iSCSI name of 1 to 223 bytes";
            return Err(LoginFault::Value { key: "InitiatorName", expected, seen: excerpt(name) });
        }
        let alias = find("InitiatorAlias");
        if let Some(alias) = alias.filter(|alias| !policy::is_alias(alias)) {
            let expected = "up to 255 bytes without control characters";
            return Err(LoginFault::Value { key: "InitiatorAlias", expected, seen: excerpt(alias) });
        }
        let session = match find("SessionType") {
            None | Some("Normal") => SessionType::Normal,
            Some("Discovery") => SessionType::Discovery,
            Some(seen) => return Err(LoginFault::SessionType { seen: excerpt(seen) }),
        };
        let initiator = name.to_ascii_lowercase();
        if session == SessionType::Normal {
            let target = find("TargetName").ok_or(LoginFault::Missing { key: "TargetName" })?;
            if !target.eq_ignore_ascii_case(&self.policy.target) {
                return Err(LoginFault::UnknownTarget { initiator, seen: excerpt(target) });
            }
            if let Some(alias) = &self.policy.alias {
                answer.push("TargetAlias", alias);
            }
            // RFC 7143 13.9: in the first response of a normal session.
            answer.push("TargetPortalGroupTag", self.policy.portal_group);
        }
        Ok(Identity { initiator, alias: alias.map(str::to_owned), session })
    }

    fn agreed(&mut self, last: &LoginRequest) -> Result<Agreed, LoginFault> {
        let Some(Identity { initiator, alias, session }) = self.identity.take() else {
            return Err(LoginFault::Missing { key: "InitiatorName" });
        };
        let first = self.first.as_ref().unwrap_or(last);
        let mut parameters = self.parameters.clone();
        // An initiator that names one of the two only, or MaxBurstLength last.
        parameters.first_burst = parameters.first_burst.min(parameters.max_burst);
        Ok(Agreed {
            initiator,
            initiator_alias: alias,
            session,
            isid: first.isid,
            tsih: first.tsih,
            connection: first.connection,
            command_number: first.command_number,
            parameters,
        })
    }
}

/// A response in the request's own stage, with nothing said.
fn response(request: &LoginRequest) -> LoginResponse {
    LoginResponse {
        current_stage: request.current_stage,
        isid: request.isid,
        tsih: request.tsih,
        task_tag: request.task_tag,
        ..LoginResponse::default()
    }
}
