//! Login: who we are, who the target is, and what both agree on (RFC 7143 6.2, 6.3, 13).

use std::io::{Read, Write};
use std::time::Instant;

use super::chap;
use super::error::{ConnectError, Failure};
use super::numbers::Numbers;
use super::options::Options;
use super::text::Keys;
use super::wire::Wire;
use crate::pdu::Digests;
use crate::pdu::answer::LoginResponse;
use crate::pdu::read::PduReader;
use crate::pdu::request::LoginRequest;
use crate::pdu::write::PduWriter;

const SECURITY: u8 = 0;
const OPERATIONAL: u8 = 1;
const FULL_FEATURE: u8 = 3;

/// The longest text that a target may send in one answer of a login, however many PDUs it takes.
const LONGEST: usize = 64 << 10;

/// More answers than a login can need.
const MOST_ROUNDS: usize = 16;

/// MaxRecvDataSegmentLength where a side says nothing, and of the login itself (RFC 7143 13.12).
pub(super) const UNSAID: u32 = 8192;

/// What both sides agreed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parameters {
    /// Which digests are sent and checked.
    pub digests: Digests,
    /// InitialR2T: no unsolicited Data-Out.
    pub initial_r2t: bool,
    /// ImmediateData: a command may carry data.
    pub immediate_data: bool,
    /// MaxBurstLength.
    pub max_burst: usize,
    /// FirstBurstLength.
    pub first_burst: usize,
    /// MaxRecvDataSegmentLength of the target: how much we may send in one PDU.
    pub max_send: usize,
}

/// A connection that is logged in.
#[derive(Debug)]
pub(super) struct LoggedIn<R, W> {
    pub(super) reader: PduReader<R>,
    pub(super) writer: PduWriter<W>,
    pub(super) numbers: Numbers,
    pub(super) parameters: Parameters,
}

/// Logs in to `target`, or for discovery where there is none.
pub(super) fn login<R: Read + Wire, W: Write + Wire>(
    reader: R,
    writer: W,
    options: &Options,
    target: Option<&str>,
    deadline: Instant,
) -> Result<LoggedIn<R, W>, ConnectError> {
    reader.until(deadline);
    writer.until(deadline);
    let mut dialogue = Dialogue {
        reader: PduReader::new(reader, UNSAID as usize),
        writer: PduWriter::new(writer),
        numbers: Numbers::new(),
        isid: isid()?,
        has_begun: false,
    };
    let mut keys = Keys::default();
    keys.push("InitiatorName", &options.initiator_name);
    keys.push("SessionType", if target.is_some() { "Normal" } else { "Discovery" });
    if let Some(target) = target {
        keys.push("TargetName", target);
    }
    if let Some(chap) = &options.chap {
        dialogue.authenticate(chap, &keys)?;
        keys = Keys::default();
    }
    let offered = offer(options, target.is_some());
    for (key, value) in offered.iter() {
        keys.push(key, value);
    }
    let answers = dialogue.negotiate(keys, &offered)?;
    let parameters = settle(options, &answers)?;
    let Dialogue { mut reader, mut writer, numbers, .. } = dialogue;
    reader.set_digests(parameters.digests);
    writer.set_digests(parameters.digests);
    reader.set_limit(options.max_receive as usize);
    Ok(LoggedIn { reader, writer, numbers, parameters })
}

/// ISID of the random kind (RFC 7143 11.12.5 "ISID").
fn isid() -> Result<[u8; 6], ConnectError> {
    let mut isid = [0; 6];
    getrandom::fill(&mut isid)
        .map_err(|error| ConnectError::Options(format!("the system has no random numbers: {error}")))?;
    isid[0] = 0x80;
    Ok(isid)
}

/// What we propose.
fn offer(options: &Options, is_normal: bool) -> Keys {
    let mut keys = Keys::default();
    let mut say = |key, value: &str| keys.push(key, value);
    let word = |yes| if yes { "Yes" } else { "No" };
    let digest = |wanted| match (wanted, options.digests_required) {
        (false, _) => "None",
        (true, true) => "CRC32C",
        (true, false) => "CRC32C,None",
    };
    say("HeaderDigest", digest(options.digests.header));
    say("DataDigest", digest(options.digests.data));
    say("MaxRecvDataSegmentLength", &options.max_receive.to_string());
    say("DefaultTime2Wait", "2");
    say("DefaultTime2Retain", "0");
    say("ErrorRecoveryLevel", "0");
    // The others are irrelevant where there are no SCSI commands.
    if is_normal {
        say("InitialR2T", word(options.initial_r2t));
        say("ImmediateData", word(options.immediate_data));
        say("MaxBurstLength", &options.max_burst.to_string());
        say("FirstBurstLength", &options.first_burst.min(options.max_burst).to_string());
        say("MaxConnections", "1");
        say("MaxOutstandingR2T", "1");
        say("DataPDUInOrder", "Yes");
        say("DataSequenceInOrder", "Yes");
    }
    keys
}

/// Both sides' words together (RFC 7143 13 "Login/Text Operational Text Keys": the result function of each key).
fn settle(options: &Options, said: &Keys) -> Result<Parameters, ConnectError> {
    // No answer, or one that says that there is none, leaves what the standard has as default.
    let said =
        |key| said.get(key).filter(|value| !matches!(*value, "Reject" | "Irrelevant" | "NotUnderstood"));
    let wrong = |key, value, expected: &str| {
        ConnectError::Protocol(format!("the target answers {key}={value}, expected {expected}"))
    };
    let digest = |key, wanted: bool| match said(key) {
        Some("CRC32C") if wanted => Ok(true),
        Some("None") | None if wanted && options.digests_required => {
            Err(wrong(key, said(key).unwrap_or("nothing"), "CRC32C"))
        }
        Some("None") | None => Ok(false),
        Some(value) => Err(wrong(key, value, "one of those offered")),
    };
    let flag = |key, default| match said(key) {
        Some("Yes") => Ok(true),
        Some("No") => Ok(false),
        None => Ok(default),
        Some(value) => Err(wrong(key, value, "Yes or No")),
    };
    let size = |key, default| match said(key) {
        None => Ok(default),
        Some(value) => match value.parse::<u32>() {
            Ok(size @ 512..=0xFF_FFFF) => Ok(size),
            _ => Err(wrong(key, value, "512 to 16777215")),
        },
    };
    let max_burst = size("MaxBurstLength", options.max_burst)?.min(options.max_burst);
    let first_burst = size("FirstBurstLength", options.first_burst)?.min(options.first_burst);
    Ok(Parameters {
        digests: Digests {
            header: digest("HeaderDigest", options.digests.header)?,
            data: digest("DataDigest", options.digests.data)?,
        },
        initial_r2t: flag("InitialR2T", true)? || options.initial_r2t,
        immediate_data: flag("ImmediateData", true)? && options.immediate_data,
        max_burst: max_burst as usize,
        first_burst: first_burst.min(max_burst) as usize,
        max_send: size("MaxRecvDataSegmentLength", UNSAID)? as usize,
    })
}

/// Question and answer until the full feature phase.
struct Dialogue<R, W> {
    reader: PduReader<R>,
    writer: PduWriter<W>,
    numbers: Numbers,
    isid: [u8; 6],
    has_begun: bool,
}

impl<R: Read, W: Write> Dialogue<R, W> {
    /// The security stage.
    fn authenticate(&mut self, chap: &super::options::Chap, names: &Keys) -> Result<(), ConnectError> {
        let mut keys = names.clone();
        keys.push("AuthMethod", "CHAP");
        let (_, said) = self.ask(&keys, SECURITY, Some(OPERATIONAL))?;
        match said.get("AuthMethod") {
            Some("CHAP") => {}
            answer => {
                let answer = answer.unwrap_or("nothing");
                return Err(ConnectError::Authentication(format!(
                    "we asked for CHAP, the target answers AuthMethod={answer}"
                )));
            }
        }
        let mut keys = Keys::default();
        chap::offer(&mut keys);
        let (_, said) = self.ask(&keys, SECURITY, None)?;
        let mut keys = Keys::default();
        let challenge = chap::answer(chap, &said, &mut keys)?;
        let (goes_on, said) = self.ask(&keys, SECURITY, Some(OPERATIONAL))?;
        if let Some(challenge) = challenge {
            chap::verify(chap, &challenge, &said)?;
        }
        if goes_on {
            Ok(())
        } else {
            Err(ConnectError::Protocol("the target does not end the security stage".to_owned()))
        }
    }

    /// The operational stage; gives all that the target said in it.
    fn negotiate(&mut self, mut keys: Keys, offered: &Keys) -> Result<Keys, ConnectError> {
        let mut all = Keys::default();
        for _ in 0..MOST_ROUNDS {
            let (goes_on, said) = self.ask(&keys, OPERATIONAL, Some(FULL_FEATURE))?;
            keys = Keys::default();
            for (key, value) in said.iter() {
                all.push(key, value);
                let is_answer = offered.get(key).is_some();
                let is_told = matches!(key, "TargetAlias" | "TargetAddress" | "TargetPortalGroupTag");
                let is_refusal = matches!(value, "NotUnderstood" | "Irrelevant" | "Reject");
                if !is_answer && !is_told && !is_refusal {
                    keys.push(key, "NotUnderstood");
                }
            }
            if goes_on {
                return Ok(all);
            }
        }
        Err(ConnectError::Protocol(format!("the login did not end within {MOST_ROUNDS} answers")))
    }

    /// Sends `keys` and reads the answer. True: the target goes on to the stage `next`.
    fn ask(&mut self, keys: &Keys, stage: u8, next: Option<u8>) -> Result<(bool, Keys), ConnectError> {
        self.send(&keys.to_bytes(), stage, next)?;
        let mut text = Vec::new();
        loop {
            let (response, data) = self.receive()?;
            text.extend_from_slice(&data);
            if text.len() > LONGEST {
                return Err(ConnectError::Protocol(format!(
                    "the text of the login is longer than {LONGEST} bytes"
                )));
            }
            if response.current_stage != stage {
                let seen = response.current_stage;
                return Err(ConnectError::Protocol(format!(
                    "the target is in stage {seen}, expected {stage}"
                )));
            }
            if response.goes_on {
                self.send(&[], stage, None)?;
                continue;
            }
            if response.transit && Some(response.next_stage) != next {
                let seen = response.next_stage;
                return Err(ConnectError::Protocol(format!(
                    "the target goes on to stage {seen}, expected {next:?}"
                )));
            }
            return Ok((response.transit, Keys::parse(&text).map_err(ConnectError::Protocol)?));
        }
    }

    fn send(&mut self, text: &[u8], stage: u8, next: Option<u8>) -> Result<(), ConnectError> {
        if text.len() > UNSAID as usize {
            let bytes = text.len();
            return Err(ConnectError::Options(format!(
                "the text of the login has {bytes} bytes, at most {UNSAID}"
            )));
        }
        let request = LoginRequest {
            immediate: true,
            transit: next.is_some(),
            current_stage: stage,
            next_stage: next.unwrap_or(0),
            isid: self.isid,
            command_number: self.numbers.command,
            expected_status: self.numbers.status,
            ..LoginRequest::default()
        };
        let sent = self.writer.write(request.emit(), text).and_then(|()| self.writer.flush());
        Ok(sent.map_err(|error| Failure::sending(&error))?)
    }

    fn receive(&mut self) -> Result<(LoginResponse, Vec<u8>), ConnectError> {
        let pdu = self.reader.next().map_err(Failure::from)?;
        let pdu = pdu.ok_or_else(|| ConnectError::Protocol("the target closed the connection".to_owned()))?;
        let response = LoginResponse::parse(&pdu.header).map_err(Failure::from)?;
        match (response.status_class, response.status_detail) {
            (0, _) => {}
            (1, _) => {
                // Where to is in the text; the caller is told, and may follow.
                let keys = Keys::parse(pdu.data).map_err(ConnectError::Protocol)?;
                let Some(address) = keys.get("TargetAddress") else {
                    return Err(ConnectError::Refused { class: 1, detail: response.status_detail });
                };
                return Err(ConnectError::Moved { address: address.to_owned() });
            }
            (class, detail) => return Err(ConnectError::Refused { class, detail }),
        }
        if self.has_begun {
            self.numbers.answered(&pdu.header)?;
            self.numbers.window(&pdu.header);
        } else {
            self.numbers.begin(&pdu.header);
            self.has_begun = true;
        }
        Ok((response, pdu.data.to_vec()))
    }
}
