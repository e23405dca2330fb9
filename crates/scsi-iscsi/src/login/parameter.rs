//! Operational keys: what the initiator offers, what the target does, and the result that both then know.
//!
//! RFC 7143 13 "Login/Text Operational Text Keys". The target offers nothing of its own: a key that the initiator does
//! not name keeps the standard's default, whatever [`Offers`] says.

use core::fmt::Display;
use core::ops::RangeInclusive;

use super::LoginFault;
use super::fault::excerpt;
use super::policy::{BYTES, Offers};
use crate::pdu::Digests;
use crate::text::{Text, number};

/// What the two sides agreed on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parameters {
    /// HeaderDigest and DataDigest: from the full feature phase on.
    pub digests: Digests,
    /// MaxRecvDataSegmentLength of the target.
    pub max_recv_data_segment: u32,
    /// That of the initiator, the most that may be sent to it.
    pub max_send_data_segment: u32,
    /// MaxBurstLength: bytes of one Data-In sequence, or of what one R2T asks for.
    pub max_burst: u32,
    /// FirstBurstLength: unsolicited bytes, immediate ones included. Never more than `max_burst`.
    pub first_burst: u32,
    /// No unsolicited Data-Out.
    pub initial_r2t: bool,
    /// Data may come with the command.
    pub immediate_data: bool,
    /// DefaultTime2Wait, in seconds.
    pub time_to_wait: u16,
    /// DefaultTime2Retain, in seconds.
    pub time_to_retain: u16,
    /// MaxOutstandingR2T.
    pub max_outstanding_r2t: u16,
    /// MaxConnections: always 1.
    pub max_connections: u16,
    /// ErrorRecoveryLevel: always 0.
    pub error_recovery_level: u8,
    /// DataPDUInOrder: always Yes.
    pub data_pdu_in_order: bool,
    /// DataSequenceInOrder: always Yes.
    pub data_sequence_in_order: bool,
    /// iSCSIProtocolLevel: 0 or 1 (RFC 7143).
    pub protocol_level: u8,
}

impl Default for Parameters {
    /// The standard's defaults.
    fn default() -> Self {
        Self {
            digests: Digests { header: false, data: false },
            max_recv_data_segment: 8192,
            max_send_data_segment: 8192,
            max_burst: 262_144,
            first_burst: 65_536,
            initial_r2t: true,
            immediate_data: true,
            time_to_wait: 2,
            time_to_retain: 20,
            max_outstanding_r2t: 1,
            max_connections: 1,
            error_recovery_level: 0,
            data_pdu_in_order: true,
            data_sequence_in_order: true,
            protocol_level: 1,
        }
    }
}

/// The standard says of each: irrelevant when SessionType=Discovery.
const IRRELEVANT_IN_DISCOVERY: [&str; 10] = [
    "MaxConnections",
    "InitialR2T",
    "ImmediateData",
    "MaxBurstLength",
    "FirstBurstLength",
    "MaxOutstandingR2T",
    "DataPDUInOrder",
    "DataSequenceInOrder",
    "TaskReporting",
    "iSCSIProtocolLevel",
];

/// Takes one key of the initiator and puts what is to be answered, if anything, into `answer`.
pub(super) fn negotiate(
    parameters: &mut Parameters,
    offers: &Offers,
    is_discovery: bool,
    (key, offer): (&str, &str),
    answer: &mut Text,
) -> Result<(), LoginFault> {
    // Not an offer, but what the initiator thinks of what we said.
    if matches!(offer, "Reject" | "Irrelevant" | "NotUnderstood") {
        return Ok(());
    }
    if key == "MaxRecvDataSegmentLength" {
        parameters.max_send_data_segment = in_range(offer, &BYTES).ok_or_else(|| LoginFault::Value {
            key: "MaxRecvDataSegmentLength",
            expected: "a number of 512 to 16777215",
            seen: excerpt(offer),
        })?;
        return Ok(());
    }
    if is_discovery && IRRELEVANT_IN_DISCOVERY.contains(&key) {
        answer.push(key, "Irrelevant");
        return Ok(());
    }
    let to = parameters;
    let result = match key {
        "HeaderDigest" => digest(offer, offers.digests.header, &mut to.digests.header),
        "DataDigest" => digest(offer, offers.digests.data, &mut to.digests.data),
        "MaxConnections" => least(offer, 1..=u16::MAX, 1, &mut to.max_connections),
        "InitialR2T" => boolean(offer, &mut to.initial_r2t, |yes| yes || offers.initial_r2t),
        "ImmediateData" => boolean(offer, &mut to.immediate_data, |yes| yes && offers.immediate_data),
        "MaxBurstLength" => least(offer, BYTES, offers.max_burst, &mut to.max_burst),
        "FirstBurstLength" => least(offer, BYTES, offers.first_burst.min(to.max_burst), &mut to.first_burst),
        "DefaultTime2Wait" => {
            numerical(offer, &(0..=3600), &mut to.time_to_wait, |n| n.max(offers.time_to_wait))
        }
        "DefaultTime2Retain" => least(offer, 0..=3600, offers.time_to_retain, &mut to.time_to_retain),
        "MaxOutstandingR2T" => {
            least(offer, 1..=u16::MAX, offers.max_outstanding_r2t, &mut to.max_outstanding_r2t)
        }
        "DataPDUInOrder" => boolean(offer, &mut to.data_pdu_in_order, |_| true),
        "DataSequenceInOrder" => boolean(offer, &mut to.data_sequence_in_order, |_| true),
        "ErrorRecoveryLevel" => least(offer, 0..=2, 0, &mut to.error_recovery_level),
        "TaskReporting" => choice(offer, &["RFC3720"]).map(str::to_owned),
        "iSCSIProtocolLevel" => least(offer, 0..=31, 1, &mut to.protocol_level),
        // RFC 7143 13.25 "Obsoleted Keys": No or Reject, and for the intervals Reject; never NotUnderstood.
        "IFMarker" | "OFMarker" => boolean(offer, &mut false, |_| false),
        "IFMarkInt" | "OFMarkInt" => None,
        // Not an initiator's to say, or not in a login.
        "TargetAlias" | "TargetAddress" | "TargetPortalGroupTag" | "SendTargets" => None,
        _ => Some("NotUnderstood".to_owned()),
    };
    answer.push(key, result.as_deref().unwrap_or("Reject"));
    Ok(())
}

/// The first of the initiator's list that is done here. `None` stands for Reject, here and below.
pub(super) fn choice<'a>(offer: &str, done: &[&'a str]) -> Option<&'a str> {
    offer.split(',').find_map(|word| done.iter().copied().find(|done| *done == word))
}

fn digest(offer: &str, with_crc: bool, to: &mut bool) -> Option<String> {
    let chosen = choice(offer, if with_crc { &["CRC32C", "None"] } else { &["None"] })?;
    *to = chosen == "CRC32C";
    Some(chosen.to_owned())
}

fn boolean(offer: &str, to: &mut bool, result: impl Fn(bool) -> bool) -> Option<String> {
    let yes = match offer {
        "Yes" => true,
        "No" => false,
        _ => return None,
    };
    *to = result(yes);
    Some(if *to { "Yes" } else { "No" }.to_owned())
}

/// Result function Minimum.
fn least<N>(offer: &str, range: RangeInclusive<N>, ours: N, to: &mut N) -> Option<String>
where
    N: Copy + Display + Ord + TryFrom<u64>,
{
    numerical(offer, &range, to, |theirs| theirs.min(ours))
}

fn numerical<N>(offer: &str, range: &RangeInclusive<N>, to: &mut N, result: impl Fn(N) -> N) -> Option<String>
where
    N: Copy + Display + Ord + TryFrom<u64>,
{
    *to = result(in_range(offer, range)?);
    Some(to.to_string())
}

fn in_range<N: Ord + TryFrom<u64>>(offer: &str, range: &RangeInclusive<N>) -> Option<N> {
    N::try_from(number(offer)?).ok().filter(|number| range.contains(number))
}
