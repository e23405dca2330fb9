//! Running a case: steps down the line, answers to the judge, and what it came to.

mod read_back;
mod record;
mod recorded;

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cd_format::Lba;
use scsi_transport::{Data, Transport};

use crate::api::Api;
use crate::com::Com;
use crate::decode::{Fields, Reader};
use crate::dut::{After, Bench, DutFactory, Exchange, Refusal, settle};
use crate::face::{Face, Request};
use crate::fixture::{Act, Client, Equals, Face as Door, Fixture, Level, OriginKind, Policy, Step};
use crate::image::Image;
use crate::judge::{self, Answer, Difference, Hearing, Mismatch, Saved, Verdict};
use crate::literal::hex;
use crate::suite::Case;
use crate::term::Term;
use read_back::Range;
use record::{Stretch, record};
use recorded::Sent;

/// How long one command may take on a real drive.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// What became of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// The folder it is in.
    pub family: String,
    /// What it says of a drive.
    pub title: String,
    /// File and line.
    pub place: String,
    /// Through which door.
    pub face: Door,
    /// How binding.
    pub level: Level,
    /// Where the expectation comes from.
    pub origin: OriginKind,
    /// What became of it.
    pub status: Status,
    /// Commands sent.
    pub commands: usize,
}

/// What became of a case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// As expected.
    Passed,
    /// Otherwise.
    Failed(Failure),
    /// Otherwise, where the fixture says that a drive may.
    Differs(Failure),
    /// Otherwise, and known of this drive.
    Known {
        /// Why.
        reason: String,
        /// Who says so.
        source: String,
        /// How.
        failure: Failure,
    },
    /// As expected, although it is listed as a known deviation: a failure of the list.
    Stale {
        /// What the list says.
        reason: String,
        /// Who said so.
        source: String,
    },
    /// It did not run, for this reason.
    Ignored(String),
}

/// Why a case failed, and what went over the line before that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// What.
    pub cause: Cause,
    /// The last exchanges, oldest first.
    pub exchanges: Vec<Exchange>,
}

/// What made a case fail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cause {
    /// An answer that is not the expected one.
    Difference(Box<Difference>),
    /// The step could not be done: its number, what it does, and why.
    Step {
        /// From 1.
        step: usize,
        /// What it does.
        action: String,
        /// Why not.
        why: String,
    },
    /// Something panicked.
    Panic(String),
    /// The device is broken or out of reach.
    Device(String),
}

impl Cause {
    /// What the drive, or whoever did the step, showed; `None` of an accident.
    fn seen(&self) -> Option<&str> {
        match self {
            Self::Difference(difference) => Some(&difference.mismatch.seen),
            Self::Step { why, .. } => Some(why),
            Self::Panic(_) | Self::Device(_) => None,
        }
    }
}

impl Status {
    /// The word in reports.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Differs(_) => "differs",
            Self::Known { .. } => "known",
            Self::Stale { .. } => "stale",
            Self::Ignored(_) => "ignored",
        }
    }

    /// Whether a run with this in it is not as expected.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Stale { .. })
    }
}

/// Runs one case on a device of the factory. Whatever happens in it is its result.
pub fn run_case(case: &Case, factory: &mut dyn DutFactory) -> CaseResult {
    let (outcome, commands) = attempt(case, factory);
    let drive = factory.identity(case);
    let mut listed = case.deviations.of(&drive, &case.id);
    let status = match outcome {
        Outcome::Ignored(reason) => Status::Ignored(reason),
        Outcome::Passed => match listed.next() {
            None => Status::Passed,
            Some(known) => Status::Stale { reason: known.reason.clone(), source: known.source.clone() },
        },
        Outcome::Failed(failure) => {
            // A panic and a broken device are nobody's known habit.
            let seen = failure.cause.seen();
            match seen.and_then(|seen| listed.find(|known| known.explains(seen))) {
                Some(known) => {
                    Status::Known { reason: known.reason.clone(), source: known.source.clone(), failure }
                }
                None if case.fixture.level == Level::May && matches!(failure.cause, Cause::Difference(_)) => {
                    Status::Differs(failure)
                }
                None => Status::Failed(failure),
            }
        }
    };
    CaseResult {
        id: case.id.clone(),
        family: case.family.clone(),
        title: case.fixture.title.clone(),
        place: format!("{}:{}", case.source.path.display(), case.line),
        face: case.fixture.face,
        level: case.fixture.level,
        origin: case.fixture.origin.kind(),
        status,
        commands,
    }
}

enum Outcome {
    Passed,
    Failed(Failure),
    Ignored(String),
}

fn attempt(case: &Case, factory: &mut dyn DutFactory) -> (Outcome, usize) {
    let failed = |cause| Outcome::Failed(Failure { cause, exchanges: Vec::new() });
    let device = match catch_unwind(AssertUnwindSafe(|| factory.open(case))) {
        Ok(Ok(device)) => device,
        Ok(Err(Refusal::Ignored(reason))) => return (Outcome::Ignored(reason), 0),
        Ok(Err(Refusal::Broken(why))) => return (failed(Cause::Device(why)), 0),
        Err(panic) => return (failed(Cause::Panic(said(&*panic))), 0),
    };
    let bench = Bench::new(device, &case.fixture.faults);
    let ran = catch_unwind(AssertUnwindSafe(|| Run::new(case, &bench).steps(&case.fixture)));
    let outcome = match ran {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(cause)) => Outcome::Failed(Failure { cause, exchanges: bench.exchanges() }),
        Err(panic) => {
            Outcome::Failed(Failure { cause: Cause::Panic(said(&*panic)), exchanges: bench.exchanges() })
        }
    };
    (outcome, bench.count())
}

/// What a panic said.
fn said(panic: &(dyn core::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

/// One case under way.
struct Run<'a> {
    case: &'a Case,
    bench: &'a Bench,
    face: Option<Box<dyn Face>>,
    saved: Saved,
    /// What steps have sent to the disc.
    sent: Sent,
}

impl<'a> Run<'a> {
    fn new(case: &'a Case, bench: &'a Bench) -> Self {
        let policy = case.fixture.policy.unwrap_or(Policy::BlankOnly);
        let face: Option<Box<dyn Face>> = match case.fixture.face {
            Door::Drive => None,
            Door::Api => Some(Box::new(Api::new(bench.line(), policy))),
            Door::Com => Some(Box::new(Com::new(bench.line(), policy))),
        };
        Self { case, bench, face, saved: Saved::new(), sent: Sent::default() }
    }

    fn steps(&mut self, fixture: &Fixture) -> Result<(), Cause> {
        for (n, step) in fixture.steps.iter().enumerate() {
            match self.step(step) {
                Ok(Verdict::Pass) => {}
                Ok(Verdict::Fail(mismatch)) => return Err(self.difference(n + 1, step, mismatch)),
                Err(why) => return Err(Cause::Step { step: n + 1, action: action(step), why }),
            }
        }
        Ok(())
    }

    fn difference(&self, step: usize, of: &Step, mismatch: Mismatch) -> Cause {
        let origin = self.case.fixture.origin.clone();
        Cause::Difference(Box::new(Difference { step, action: action(of), origin, mismatch }))
    }

    /// Does one step. `Err` says why it cannot be done.
    fn step(&mut self, step: &Step) -> Result<Verdict, String> {
        match step {
            Step::Send { cdb, read, write, expect, save, .. } => {
                let answer = self.send(&cdb.0, *read, write.as_ref().map(|bytes| &bytes.0[..]));
                let verdict = judge::command(expect, &answer, &self.saved);
                if let Some(name) = save {
                    let good = answer.outcome.as_ref().is_ok_and(scsi_transport::Outcome::is_good);
                    let reader = Reader::of(&answer.cdb).filter(|_| good);
                    let fields = reader.map(|reader| reader.read(&answer.data)).unwrap_or_default();
                    self.saved.insert(name.clone(), fields);
                }
                Ok(verdict)
            }
            Step::Record { image, skip, frames, at, by, impatient, expect } => {
                let image = Arc::new(Image::new(image)?);
                let own = Lba(image.start().0.saturating_add_unsigned(*skip));
                let stretch = Stretch {
                    skip: *skip,
                    frames: frames.unwrap_or_else(|| image.frames().saturating_sub(*skip)),
                    at: at.map_or(own, Lba),
                    by: *by,
                    patient: !impatient,
                };
                let (answer, taken) =
                    record(&mut self.bench.line(), &image, stretch).ok_or("there is nothing to send")?;
                self.sent.add(stretch.at, taken, &image, stretch.skip);
                Ok(judge::command(expect, &answer, &self.saved))
            }
            Step::Call {
                member,
                args,
                null_out,
                image,
                track,
                events,
                figures,
                during,
                by_sink,
                expect,
                save,
            } => {
                let face = self.face.as_mut().ok_or("a drive has no members to call")?;
                let image = image.as_ref().map(Image::new).transpose()?.map(Arc::new);
                let request = Request {
                    member,
                    args,
                    null_out: *null_out,
                    image: image.as_deref(),
                    track: *track,
                    during,
                    listen: events.is_some() || !figures.is_empty() || !during.is_empty(),
                };
                let (called, heard) = face.call(&request)?;
                // Also of a write that failed something may be on the disc.
                if let Some(image) = image.filter(|_| member.starts_with("WriteMedia")) {
                    self.sent.add(image.start(), image.frames(), &image, 0);
                }
                let mut verdict = judge::call(expect, &called, &self.saved);
                if verdict.is_pass() {
                    let hearing = Hearing { events: events.as_deref(), figures, during, by_sink };
                    verdict = judge::heard(hearing, &heard, &self.saved)?;
                }
                if let Some(name) = save {
                    let value = if called.code.is_success() { called.value } else { Term::None };
                    self.saved.insert(name.clone(), Fields::from([("value".to_owned(), value)]));
                }
                Ok(verdict)
            }
            Step::ReadBack { from, blocks, by, equals, or_refused } => {
                let range = Range { from: Lba(*from), blocks: *blocks, by: *by, or_refused };
                let mut line = self.bench.line();
                match equals {
                    Equals::Recorded => read_back::compare(&mut line, range, |lba| self.sent.block(lba)),
                    Equals::Image(image) => {
                        let image = Image::new(image)?;
                        let nth =
                            |lba: Lba| u32::try_from(i64::from(lba.0) - i64::from(image.start().0)).ok();
                        read_back::compare(&mut line, range, |lba| image.on_disc(nth(lba)?))
                    }
                    Equals::Refused(with) => Ok(read_back::refuses(&mut line, range, with)),
                }
            }
            Step::Wait { seconds } => {
                self.bench.line().wait(Duration::from_secs((*seconds).into()));
                Ok(Verdict::Pass)
            }
            Step::UntilReady { seconds } => {
                let longest = Duration::from_secs((*seconds).into());
                settle(&mut self.bench.line(), After::Anything, longest, &mut |_| {})?;
                Ok(Verdict::Pass)
            }
            Step::Host(act) => self.bench.act(act, &self.case.media).map(|()| Verdict::Pass),
            Step::OtherClient(client) => {
                let face = self.face.as_mut().ok_or("SCSI knows no other client")?;
                face.other_client(client).map(|()| Verdict::Pass)
            }
        }
    }

    fn send(&self, cdb: &[u8], read: Option<usize>, write: Option<&[u8]>) -> Answer {
        let mut room = vec![0; read.unwrap_or(0)];
        let data = match (read, write) {
            (Some(_), _) => Data::In(&mut room),
            (None, Some(bytes)) => Data::Out(bytes),
            (None, None) => Data::None,
        };
        let outcome = self.bench.line().execute(cdb, data, COMMAND_TIMEOUT);
        let moved = outcome.as_ref().map_or(0, |outcome| outcome.transferred);
        room.truncate(moved);
        Answer { cdb: cdb.to_vec(), outcome, data: room }
    }
}

/// What a step does, in a few words.
fn action(step: &Step) -> String {
    match step {
        Step::Send { cdb, .. } => {
            let row = cdb.0.first().and_then(|opcode| mmc_wire::command::row_of(*opcode));
            format!("{} [{}]", row.map_or("a command without a name", |row| row.name), hex(&cdb.0))
        }
        Step::Record { image, skip, frames, at, .. } => {
            let first = at.map_or_else(|| image.lead_in.saturating_add_unsigned(*skip), |at| at);
            let count = frames.map_or("the rest of the session".to_owned(), |n| format!("{n} blocks"));
            format!("record {count} from LBA {first} on")
        }
        Step::Call { member, args, null_out, track, .. } => {
            let args = args.iter().map(Term::to_string).collect::<Vec<_>>().join(", ");
            let null = if *null_out { " with a NULL result pointer" } else { "" };
            let of = track.map(|track| format!(" of track {track}")).unwrap_or_default();
            format!("{member}({args}){of}{null}")
        }
        Step::ReadBack { from, blocks, .. } => format!("read back {blocks} blocks from LBA {from} on"),
        Step::Wait { seconds } => format!("wait {seconds} s"),
        Step::UntilReady { seconds } => format!("wait until the drive is ready, at most {seconds} s"),
        Step::Host(Act::PressEject) => "press the eject button".into(),
        Step::Host(Act::CloseTray) => "close the tray".into(),
        Step::Host(Act::Insert(_)) => "insert a disc".into(),
        Step::Host(Act::PowerCycle) => "power off and on".into(),
        Step::OtherClient(Client::Acquire(name)) => format!("another client, {name:?}, takes the drive"),
        Step::OtherClient(Client::Release) => "the other client gives the drive back".into(),
    }
}

#[cfg(test)]
mod tests;
