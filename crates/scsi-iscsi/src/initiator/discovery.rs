//! Which targets there are (RFC 7143 Appendix C "SendTargets Operation").

use std::io::{Read, Write};
use std::time::Instant;

use super::error::{ConnectError, Failure, check};
use super::login::{LoggedIn, login};
use super::options::Options;
use super::text::Keys;
use super::wire::Wire;
use super::{Portal, open};
use crate::pdu::NO_TAG;
use crate::pdu::answer::TextResponse;
use crate::pdu::request::{LogoutRequest, TextRequest};

/// The longest answer, in bytes.
const LONGEST: usize = 1 << 20;

/// A target of which a portal told.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct DiscoveredTarget {
    /// TargetName.
    pub name: String,
    /// TargetAddress, each `host[:port][,group]`; none where the target is at the portal that was asked.
    pub addresses: Vec<String>,
}

/// Asks a portal for its targets.
pub fn discover(portal: &Portal, options: &Options) -> Result<Vec<DiscoveredTarget>, ConnectError> {
    check(options, None)?;
    let deadline = super::deadline(options.login_timeout);
    let (reader, writer) = open(portal, deadline)?;
    let mut login = login(reader, writer, options, None, deadline)?;
    let targets = send_targets(&mut login)?;
    leave(login);
    Ok(targets)
}

pub(super) fn send_targets<R: Read, W: Write>(
    login: &mut LoggedIn<R, W>,
) -> Result<Vec<DiscoveredTarget>, ConnectError> {
    let LoggedIn { reader, writer, numbers, .. } = login;
    let mut text = Vec::new();
    let (mut question, mut transfer_tag) = (&b"SendTargets=All\0"[..], NO_TAG);
    loop {
        let request = TextRequest {
            is_final: true,
            task_tag: 0,
            transfer_tag,
            command_number: numbers.command,
            expected_status: numbers.status,
            ..TextRequest::default()
        };
        numbers.command = numbers.command.wrapping_add(1);
        let sent = writer.write(request.emit(), question).and_then(|()| writer.flush());
        sent.map_err(|error| Failure::sending(&error))?;
        let pdu = reader.next().map_err(Failure::from)?;
        let pdu = pdu.ok_or_else(|| ConnectError::Protocol("the target closed the connection".to_owned()))?;
        let response = TextResponse::parse(&pdu.header).map_err(Failure::from)?;
        numbers.answered(&pdu.header)?;
        numbers.window(&pdu.header);
        if pdu.data_is_corrupt {
            return Err(ConnectError::Protocol(format!("data digest is wrong: {:?}", pdu.header)));
        }
        text.extend_from_slice(pdu.data);
        if text.len() > LONGEST {
            return Err(ConnectError::Protocol(format!(
                "the list of targets is longer than {LONGEST} bytes"
            )));
        }
        if response.is_final && !response.goes_on {
            return targets_in(&text);
        }
        if pdu.data.is_empty() {
            return Err(ConnectError::Protocol("the list of targets goes on with nothing".to_owned()));
        }
        (question, transfer_tag) = (&[], response.transfer_tag);
    }
}

fn targets_in(text: &[u8]) -> Result<Vec<DiscoveredTarget>, ConnectError> {
    let mut targets: Vec<DiscoveredTarget> = Vec::new();
    for (key, value) in Keys::parse(text).map_err(ConnectError::Protocol)?.iter() {
        match (key, targets.last_mut()) {
            ("TargetName", _) => {
                targets.push(DiscoveredTarget { name: value.to_owned(), addresses: Vec::new() });
            }
            ("TargetAddress", Some(target)) => target.addresses.push(value.to_owned()),
            ("TargetAddress", None) => {
                return Err(ConnectError::Protocol(format!("TargetAddress={value} belongs to no target")));
            }
            _ => {}
        }
    }
    Ok(targets)
}

/// Politeness: what comes of it does not matter.
fn leave<R: Read + Wire, W: Write + Wire>(login: LoggedIn<R, W>) {
    let LoggedIn { mut reader, mut writer, numbers, .. } = login;
    let deadline = Instant::now() + super::FAREWELL;
    reader.stream().until(deadline);
    writer.stream().until(deadline);
    let request = LogoutRequest {
        immediate: true,
        is_final: true,
        task_tag: 1,
        command_number: numbers.command,
        expected_status: numbers.status,
        ..LogoutRequest::default()
    };
    if writer.write(request.emit(), &[]).and_then(|()| writer.flush()).is_ok() {
        let _ = reader.next();
    }
}
