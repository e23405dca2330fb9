//! Trouble on the way to a drive, on order.
//!
//! Rules are data, so that a fixture can carry them:
//!
//! ```text
//! [
//!     (on: Opcode(0x51), answer: Sense("2/04/08"), times: Some(3)),
//!     (on: Cdb("43 ?? 04"), answer: PatchReply(at: 4, bytes: "80")),
//!     (on: Any, skip: 10, answer: Gone),
//! ]
//! ```

mod pattern;
mod triple;

use core::time::Duration;

use mmc_wire::Sense;
use mmc_wire::block::Block;
use mmc_wire::sense::SenseData;
use serde::{Deserialize, Serialize};

use crate::{Data, Outcome, Status, Transport, TransportError, hex};

pub use pattern::{CdbPattern, NotAPattern};

/// When something goes wrong, and what.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Which commands.
    pub on: On,
    /// How many of these commands the rule lets pass first. All of them are counted, those that
    /// an earlier rule answers as well.
    #[serde(default)]
    pub skip: u32,
    /// How often the rule fires; without an end where nothing is said.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens instead.
    pub answer: FaultAnswer,
}

/// Which commands a rule is about.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub enum On {
    /// All.
    Any,
    /// Those with this operation code.
    Opcode(u8),
    /// Those whose CDB begins so.
    Cdb(CdbPattern),
}

impl On {
    /// Whether a command is one of these.
    pub fn matches(&self, cdb: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Opcode(opcode) => cdb.first() == Some(opcode),
            Self::Cdb(pattern) => pattern.matches(cdb),
        }
    }
}

/// What the host sees in place of the drive's answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub enum FaultAnswer {
    /// CHECK CONDITION with this triple in fixed format, 18 bytes. The drive is not asked.
    Sense(#[serde(with = "triple")] Sense),
    /// CHECK CONDITION with this sense data, whatever it is. The drive is not asked.
    SenseBytes(#[serde(with = "hex")] Vec<u8>),
    /// This status, without sense or data. The drive is not asked.
    Status(u8),
    /// GOOD, with these bytes where there is room; what the host sends is taken and thrown away.
    /// The drive is not asked.
    Reply(#[serde(with = "hex")] Vec<u8>),
    /// The drive's answer with some of its bytes overwritten. It does not become longer: what
    /// would lie beyond the bytes that came is not written.
    PatchReply {
        /// First byte to be overwritten.
        at: usize,
        /// What is there instead.
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    },
    /// The drive's answer, but at most so many bytes of it come through; behind them the host's
    /// buffer is as it was. Of data to the drive the count is cut, the drive has it all.
    Truncate(usize),
    /// No answer in time. The drive is not asked, and the time passes.
    Timeout,
    /// The device is not there. The drive is not asked.
    Gone,
    /// The host fails to carry the command, for this reason. The drive is not asked.
    Host(String),
}

/// A transport on which things go wrong: by rules, or by chance from a seed.
#[derive(Clone, Debug)]
pub struct Faulty<T> {
    inner: T,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Rules(Vec<Counted>),
    Seed { seed: u64, per_mille: u16, answers: Vec<FaultAnswer>, random: fastrand::Rng },
}

/// A rule and what it has been through.
#[derive(Clone, Debug)]
struct Counted {
    rule: FaultRule,
    matched: u64,
    fired: u32,
}

impl<T: Transport> Faulty<T> {
    /// Trouble by rules: of those that match a command and have firings left the first one wins.
    pub fn new(inner: T, rules: Vec<FaultRule>) -> Self {
        let rules = rules.into_iter().map(|rule| Counted { rule, matched: 0, fired: 0 }).collect();
        Self { inner, source: Source::Rules(rules) }
    }

    /// Trouble by chance: `per_mille` of all commands, 1000 meaning every one, get one of
    /// `answers`. The same seed makes the same trouble; it is shown by `Debug`.
    pub fn seeded(inner: T, seed: u64, per_mille: u16, answers: Vec<FaultAnswer>) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { inner, source: Source::Seed { seed, per_mille, answers, random } }
    }

    /// What brings the same trouble again, where trouble comes by chance.
    pub const fn seed(&self) -> Option<u64> {
        match self.source {
            Source::Rules(_) => None,
            Source::Seed { seed, .. } => Some(seed),
        }
    }

    /// The transport below, where nothing goes wrong.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// The transport below.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl Source {
    /// What goes wrong with this command, if anything does.
    fn next(&mut self, cdb: &[u8]) -> Option<FaultAnswer> {
        match self {
            Self::Rules(rules) => {
                let mut winner = None;
                for counted in rules.iter_mut().filter(|counted| counted.rule.on.matches(cdb)) {
                    let ready = counted.is_ready();
                    counted.matched = counted.matched.saturating_add(1);
                    if ready && winner.is_none() {
                        counted.fired = counted.fired.saturating_add(1);
                        winner = Some(counted.rule.answer.clone());
                    }
                }
                winner
            }
            // Both numbers are drawn for every command: which command is in trouble does not
            // depend on how many answers there are.
            Self::Seed { per_mille, answers, random, .. } => {
                let (chance, choice) = (random.u16(..1000), random.u64(..));
                let count = u64::try_from(answers.len()).ok().filter(|count| *count > 0)?;
                let choice = usize::try_from(choice % count).ok()?;
                (chance < *per_mille).then(|| answers.get(choice).cloned()).flatten()
            }
        }
    }
}

impl Counted {
    fn is_ready(&self) -> bool {
        self.matched >= u64::from(self.rule.skip) && self.rule.times.is_none_or(|times| self.fired < times)
    }
}

impl<T: Transport> Transport for Faulty<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let Some(answer) = self.source.next(cdb) else { return self.inner.execute(cdb, data, timeout) };
        match answer {
            FaultAnswer::Sense(sense) => Ok(Outcome::check(SenseData::current(sense).to_bytes())),
            FaultAnswer::SenseBytes(sense) => Ok(Outcome::check(sense)),
            FaultAnswer::Status(status) => {
                Ok(Outcome { status: Status(status), sense: Vec::new(), transferred: 0 })
            }
            FaultAnswer::Reply(bytes) => Ok(Outcome::good(match data {
                Data::None => 0,
                Data::In(buffer) => overwrite(buffer, &bytes),
                Data::Out(taken) => taken.len(),
            })),
            FaultAnswer::PatchReply { at, bytes } => self.patched(cdb, data, timeout, at, &bytes),
            FaultAnswer::Truncate(bytes) => self.truncated(cdb, data, timeout, bytes),
            FaultAnswer::Timeout => {
                self.inner.wait(timeout);
                Err(TransportError::Timeout(timeout))
            }
            FaultAnswer::Gone => Err(TransportError::Gone("taken away by a fault rule".to_owned())),
            FaultAnswer::Host(reason) => Err(TransportError::Host(reason)),
        }
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
    }
}

impl<T: Transport> Faulty<T> {
    fn patched(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
        at: usize,
        bytes: &[u8],
    ) -> Result<Outcome, TransportError> {
        let outcome = self.inner.execute(cdb, data.reborrow(), timeout)?;
        if let Data::In(buffer) = data {
            let came = outcome.transferred.min(buffer.len());
            overwrite(buffer.get_mut(at..came).unwrap_or_default(), bytes);
        }
        Ok(outcome)
    }

    fn truncated(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
        bytes: usize,
    ) -> Result<Outcome, TransportError> {
        let before = match &data {
            Data::In(buffer) => buffer.get(bytes..).unwrap_or_default().to_vec(),
            Data::None | Data::Out(_) => Vec::new(),
        };
        let mut outcome = self.inner.execute(cdb, data.reborrow(), timeout)?;
        if let Data::In(buffer) = data {
            overwrite(buffer.get_mut(bytes..).unwrap_or_default(), &before);
        }
        outcome.transferred = outcome.transferred.min(bytes);
        Ok(outcome)
    }
}

/// Puts as much of `bytes` over the start of `target` as there is room for; how much that was.
fn overwrite(target: &mut [u8], bytes: &[u8]) -> usize {
    target.iter_mut().zip(bytes).map(|(to, from)| *to = *from).count()
}

#[cfg(test)]
mod tests;
