//! A recording that answers in the drive's place.
//!
//! Strictly in order: what is asked has to be, byte for byte, what was asked when the recording
//! was made. The first departure ends the replay, and says where it is.

use core::time::Duration;

use crate::hex::Brief;
use crate::record::{Event, Exchange, Payload, Recording};
use crate::trace::{Phase, named};
use crate::{Data, Outcome, Transport, TransportError};

/// A transport that answers from a recording.
///
/// Waits take no time and are not compared: a host may be more patient than the one that was
/// recorded.
#[derive(Clone, Debug)]
pub struct Replay {
    exchanges: Vec<Exchange>,
    played: usize,
    departure: Option<String>,
}

impl Replay {
    /// Begins at the recording's first command.
    pub fn new(recording: Recording) -> Self {
        let command = |event| match event {
            Event::Command(exchange) => Some(exchange),
            Event::Wait(_) => None,
        };
        let exchanges = recording.events.into_iter().filter_map(command).collect();
        Self { exchanges, played: 0, departure: None }
    }

    /// Commands that have been answered.
    pub const fn played(&self) -> usize {
        self.played
    }

    /// Whether everything was asked as recorded, and nothing is left.
    pub fn finish(self) -> Result<(), TransportError> {
        if let Some(departure) = self.departure {
            return Err(TransportError::Replay(departure));
        }
        let Some(next) = self.exchanges.get(self.played) else { return Ok(()) };
        let (left, whole) = (self.exchanges.len() - self.played, self.exchanges.len());
        Err(TransportError::Replay(format!(
            "{left} of {whole} recorded exchanges were not asked for; the next is exchange {}: {}",
            self.played + 1,
            named(&next.cdb)
        )))
    }
}

impl Transport for Replay {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _timeout: Duration) -> Result<Outcome, TransportError> {
        if let Some(departure) = &self.departure {
            return Err(TransportError::Replay(departure.clone()));
        }
        let number = self.played + 1;
        let Some(recorded) = self.exchanges.get(self.played) else {
            let departure = format!(
                "exchange {number}: expected the end of the recording, which has {} (asked: {}, {})",
                self.played,
                named(cdb),
                Phase::from(&data)
            );
            return Err(TransportError::Replay(self.departure.insert(departure).clone()));
        };
        if let Some(difference) = difference(recorded, cdb, &data) {
            let departure = format!(
                "exchange {number}: {difference} (recorded: {}, {}; asked: {}, {})",
                named(&recorded.cdb),
                recorded.phase(),
                named(cdb),
                Phase::from(&data)
            );
            return Err(TransportError::Replay(self.departure.insert(departure).clone()));
        }
        self.played = number;
        if let (Payload::In { bytes, .. }, Data::In(buffer)) = (&recorded.data, data) {
            buffer.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        }
        recorded.result()
    }

    fn wait(&mut self, _duration: Duration) {}
}

/// The first thing in which a request is not the recorded one.
fn difference(recorded: &Exchange, cdb: &[u8], data: &Data<'_>) -> Option<String> {
    if let Some(place) = first_byte(&recorded.cdb, cdb) {
        return Some(format!("CDB {place}"));
    }
    match (&recorded.data, data) {
        (Payload::NoData, Data::None) => None,
        (Payload::In { room, .. }, Data::In(buffer)) => (*room != buffer.len())
            .then(|| format!("room for data: expected {room} bytes, seen {}", buffer.len())),
        (Payload::Out(expected), Data::Out(seen)) => {
            first_byte(expected, seen).map(|place| format!("data out {place}"))
        }
        _ => Some(format!("data phase: expected {}, seen {}", recorded.phase(), Phase::from(data))),
    }
}

/// `byte 8: expected 22, seen 24`: the first byte that is not the same; the end counts as one.
fn first_byte(expected: &[u8], seen: &[u8]) -> Option<String> {
    let place = (0..expected.len().max(seen.len())).find(|&n| expected.get(n) != seen.get(n))?;
    let spell = |bytes: &[u8]| match bytes.get(place) {
        Some(byte) => Brief(&[*byte]).to_string(),
        None => format!("the end after {} bytes", bytes.len()),
    };
    Some(format!("byte {place}: expected {}, seen {}", spell(expected), spell(seen)))
}

#[cfg(test)]
mod tests;
