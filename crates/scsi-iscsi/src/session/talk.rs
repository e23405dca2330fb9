//! What is said without the device: NOP, text, logout.

use super::{Flow, GiveUp, Session, lock};
use crate::login::SessionType;
use crate::pdu::answer::{LogoutResponse, NopIn, TextResponse, reject_reason};
use crate::pdu::read::Pdu;
use crate::pdu::request::{LogoutRequest, NopOut, TextRequest};
use crate::pdu::{Lun, NO_TAG};
use crate::text::{self, Text};
use scsi_transport::Transport;

/// Bytes of a text that comes in several PDUs.
const LONGEST_TEXT: usize = 64 << 10;

/// RFC 7143 13.12: what MaxRecvDataSegmentLength may be.
const SEGMENTS: std::ops::RangeInclusive<u32> = 512..=(1 << 24) - 1;

impl<T: Transport> Session<T> {
    pub(super) fn nop_out(&self, request: &NopOut, data: &[u8]) -> Result<(), GiveUp> {
        if request.task_tag == NO_TAG {
            // The answer to a ping, or a sign of life: that something came has been noted.
            return Ok(());
        }
        let longest = lock(&self.agreed).parameters.max_send_data_segment as usize;
        let answer =
            NopIn { is_final: true, task_tag: request.task_tag, transfer_tag: NO_TAG, ..NopIn::default() };
        self.answer(answer, &data[..data.len().min(longest)])
    }

    /// Asks whether the initiator is there, unless it has been asked and has not said anything since.
    pub fn ping(&self) -> Result<(), GiveUp> {
        if std::mem::replace(&mut lock(&self.state).is_pinged, true) {
            return Ok(());
        }
        let tag = self.next_transfer_tag();
        let question =
            NopIn { is_final: true, lun: Lun::ZERO, task_tag: NO_TAG, transfer_tag: tag, ..NopIn::default() };
        let window = self.window();
        lock(&self.out).remark(question, window, &[])?;
        self.flush()
    }

    /// The initiator is there, whatever it says.
    pub fn has_heard(&self) {
        lock(&self.state).is_pinged = false;
    }

    /// RFC 7143 11.10 "Text Request", 11.11 "Text Response". Text may go on over several PDUs, either way.
    pub(super) fn text_request(&self, request: &TextRequest, pdu: &Pdu<'_>) -> Result<(), GiveUp> {
        let mut state = lock(&self.state);
        if state.answer_tag == Some(request.transfer_tag)
            && request.transfer_tag != NO_TAG
            && pdu.data.is_empty()
        {
            let rest = std::mem::take(&mut state.answer);
            drop(state);
            return self.answer_text(request, rest);
        }
        if state.text.len() + pdu.data.len() > LONGEST_TEXT {
            state.text.clear();
            drop(state);
            return self.reject(&pdu.header, reject_reason::PROTOCOL);
        }
        state.text.extend_from_slice(pdu.data);
        if request.goes_on {
            drop(state);
            return self.answer_text(request, Vec::new());
        }
        let text = std::mem::take(&mut state.text);
        drop(state);
        match text::parse(&text) {
            Ok(pairs) => {
                let answer = self.answer_keys(&pairs);
                self.answer_text(request, answer.as_bytes().to_vec())
            }
            Err(fault) => {
                log::warn!("text request: {fault}");
                self.reject(&pdu.header, reject_reason::PROTOCOL)
            }
        }
    }

    /// As much as the initiator takes at once. It is not final where the request was not (11.11.1), nor where more
    /// follows; then a tag says how to ask for it.
    fn answer_text(&self, request: &TextRequest, mut text: Vec<u8>) -> Result<(), GiveUp> {
        let longest = lock(&self.agreed).parameters.max_send_data_segment.max(1) as usize;
        let rest = text.split_off(text.len().min(longest));
        let goes_on = !rest.is_empty();
        let is_final = request.is_final && !request.goes_on && !goes_on;
        let transfer_tag = if is_final { NO_TAG } else { self.next_transfer_tag() };
        let mut state = lock(&self.state);
        state.answer = rest;
        state.answer_tag = goes_on.then_some(transfer_tag);
        drop(state);
        let answer = TextResponse {
            is_final,
            goes_on,
            lun: request.lun,
            task_tag: request.task_tag,
            transfer_tag,
            ..TextResponse::default()
        };
        self.answer(answer, &text)
    }

    /// RFC 7143 appendix C "SendTargets Operation", and the one key that may change later.
    fn answer_keys(&self, pairs: &[(&str, &str)]) -> Text {
        let mut answer = Text::default();
        let mut agreed = lock(&self.agreed);
        let name = self.shared.target_name();
        for (key, value) in pairs {
            match (*key, *value) {
                ("SendTargets", "All") if agreed.session == SessionType::Discovery => {
                    self.name_target(&mut answer);
                }
                ("SendTargets", "") if agreed.session == SessionType::Normal => {
                    self.name_target(&mut answer);
                }
                ("SendTargets", asked) if asked.eq_ignore_ascii_case(name) => {
                    self.name_target(&mut answer);
                }
                // A target that is not here: nothing to say of it. All is for discovery.
                ("SendTargets", "All" | "") => answer.push(key, "Reject"),
                ("SendTargets", _) => {}
                ("MaxRecvDataSegmentLength", value) => match value.parse() {
                    Ok(bytes) if SEGMENTS.contains(&bytes) => agreed.parameters.max_send_data_segment = bytes,
                    Ok(_) | Err(_) => answer.push(key, "Reject"),
                },
                ("InitiatorAlias", _) => {}
                _ => answer.push(key, "NotUnderstood"),
            }
        }
        answer
    }

    /// The one target, and where it is (RFC 7143 appendix C).
    fn name_target(&self, answer: &mut Text) {
        answer.push("TargetName", self.shared.target_name());
        answer.push("TargetAddress", format_args!("{},{}", self.portal, self.shared.portal_group()));
    }

    pub(super) fn logout(&self, request: &LogoutRequest) -> Result<Flow, GiveUp> {
        /// Close the session, close the connection.
        const SESSION: u8 = 0;
        const CONNECTION: u8 = 1;
        let ours = lock(&self.agreed).connection;
        let response = match request.reason {
            SESSION => 0,
            CONNECTION if request.connection == ours => 0,
            CONNECTION => 1,
            // Recovery is for higher error recovery levels.
            _ => 2,
        };
        if response == 0 {
            // What is not done yet is not done any more, and behind this answer nothing is said.
            self.close();
        }
        let answer = LogoutResponse {
            is_final: true,
            response,
            task_tag: request.task_tag,
            time_to_wait: 2,
            ..LogoutResponse::default()
        };
        self.answer(answer, &[])?;
        Ok(if response == 0 { Flow::Ends } else { Flow::GoesOn })
    }
}
