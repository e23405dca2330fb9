//! What a fixture says that its types cannot know to be wrong: names of nothing, impossible CDBs.

mod recording;

use std::collections::BTreeMap;
use std::sync::Arc;

use mmc_sim::Personality;
use mmc_wire::command::{Direction, cdb_bytes, row_of};

use crate::decode::Reader;
use crate::expand::Expansion;
use crate::fixture::{Act, CallExpect, Check, DriveExpect, Face, Fixture, Medium, SenseCheck, Step};
use crate::limits;
use crate::literal::{Hex, hex};
use crate::media::Media;
use crate::member::{self, Arg};
use crate::source::{Complaint, Source};
use crate::suggest::did_you_mean;
use crate::term::Term;
use crate::tier::Tier;
use recording::write_cdb;

/// The longest wait a fixture may ask for; a real drive is waited for in earnest.
const LONGEST_WAIT: u32 = 3600;

/// The longest data phase of one command, bytes.
const LARGEST_READ: usize = 1 << 22;

/// Everything that is wrong with a fixture of the right form.
pub fn lint(fixture: &Fixture, case: &Expansion, source: &Arc<Source>, media: &Media) -> Vec<Complaint> {
    let mut lint = Lint {
        fixture,
        case,
        source,
        media,
        saved: BTreeMap::new(),
        recorded: false,
        complaints: Vec::new(),
    };
    lint.head();
    for step in &fixture.steps {
        lint.step(step);
        if lint.saved.len() > limits::KEPT {
            let what = format!("the steps keep more than {} replies", limits::KEPT);
            lint.say_at_word("save", &what, "keep what later steps compare with");
            break;
        }
    }
    lint.complaints
}

fn is_sink(term: &Term) -> bool {
    matches!(term, Term::Text(text) if member::SINKS.contains(&text.as_str()))
}

struct Lint<'a> {
    fixture: &'a Fixture,
    case: &'a Expansion,
    source: &'a Arc<Source>,
    media: &'a Media,
    /// What earlier steps kept, and how their fields are read.
    saved: BTreeMap<&'a str, Kept>,
    /// Whether an earlier step records.
    recorded: bool,
    complaints: Vec<Complaint>,
}

/// What a step kept under a name.
#[derive(Clone, Copy)]
enum Kept {
    Reply(Option<Reader>),
    Value,
    /// Complained about already.
    Anything,
}

impl<'a> Lint<'a> {
    fn head(&mut self) {
        let fixture = self.fixture;
        if fixture.title.trim().is_empty() {
            self.say(
                &fixture.title,
                "the title is empty",
                "a sentence that is true or false of a drive",
                None,
            );
        }
        for text in fixture.origin.texts() {
            if text.trim().is_empty() {
                let help = "a standard's clause, a page of Microsoft's, or what a real drive did and where it is published";
                self.say(text, "the origin names no source", "a source", Some(help.into()));
            }
        }
        let unknown = fixture.personality.as_ref();
        if let Some(name) = unknown.filter(|name| !Personality::builtin_names().contains(&name.as_str())) {
            let help = did_you_mean(name, Personality::builtin_names().iter().copied());
            let what = format!("there is no simulated drive `{name}`");
            self.say(name, &what, "the name of a personality", help);
        }
        if fixture.policy.is_some() && fixture.face == Face::Drive {
            self.say_at_word(
                "policy",
                "a drive has no policy: it belongs to the faces Api and Com",
                "leave this out",
            );
        }
        if fixture.steps.is_empty() {
            self.say_at_word("steps", "nothing is done, so nothing can fail", "at least one step");
        }
        self.medium(&fixture.medium);
        let needed = Tier::needed(fixture, self.media);
        if fixture.tier.is_some_and(|declared| declared < needed) {
            let what = format!("risk and medium make this a case of the tier {needed}");
            self.say_at_word("tier:", &what, "that tier or a higher one, or leave this out");
        }
    }

    fn medium(&mut self, medium: &'a Medium) {
        if let Medium::Named(name) = medium
            && self.media.scene(medium).is_none()
        {
            let names: Vec<&str> = self.media.names().collect();
            let help = did_you_mean(name, names).or_else(|| Some("the folder `media` holds them".into()));
            self.say(name, &format!("there is no medium `{name}`"), "the name of a file in `media`", help);
        }
    }

    fn step(&mut self, step: &'a Step) {
        match step {
            Step::Send { cdb, read, write, expect, save, any_length } => {
                let readable = self.cdb(&cdb.0, *any_length);
                if read.is_some() && write.is_some() {
                    self.say_cdb(&cdb.0, "a command moves data one way", "`read` or `write`, not both");
                }
                if read.is_some_and(|bytes| bytes > LARGEST_READ) {
                    self.say_cdb(
                        &cdb.0,
                        "`read` asks for too much",
                        &format!("at most {LARGEST_READ} bytes"),
                    );
                }
                // Of a CDB that is wrong, nothing can be said about the reply.
                if readable {
                    self.drive_expect(&cdb.0, read.is_some(), expect);
                }
                if let Some(name) = save {
                    let kept = if readable { Kept::Reply(Reader::of(&cdb.0)) } else { Kept::Anything };
                    self.saved.insert(name, kept);
                }
            }
            Step::Record { image, skip, frames, by, expect, .. } => {
                self.record(image, *skip, *frames);
                self.drive_expect(write_cdb(*by), false, expect);
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
                self.call(member, args, *null_out);
                self.object(member, *track);
                self.call_image(member, args, image.as_ref());
                self.events(member, events.as_deref(), during);
                self.figures(figures);
                self.sinks(member, by_sink);
                self.call_expect(member, expect);
                if let Some(name) = save {
                    self.saved.insert(name, Kept::Value);
                }
            }
            Step::ReadBack { blocks, equals, .. } => self.read_back(*blocks, equals),
            Step::Wait { seconds } if *seconds > LONGEST_WAIT => {
                let what = format!("a wait of {seconds} seconds");
                self.say_at_word("seconds", &what, &format!("at most {LONGEST_WAIT}"));
            }
            Step::Host(Act::Insert(medium)) => self.medium(medium),
            Step::Wait { .. } | Step::Host(_) => {}
            Step::OtherClient(_) if self.fixture.face == Face::Drive => {
                self.say_at_word("OtherClient", "SCSI knows no other client", "face: Api or Com");
            }
            Step::OtherClient(_) => {}
        }
    }

    /// Whether the CDB is one.
    fn cdb(&mut self, cdb: &[u8], any_length: bool) -> bool {
        let before = self.complaints.len();
        let Some(&opcode) = cdb.first() else {
            self.say_cdb(cdb, "the CDB is empty", "6, 10, 12 or 16 bytes in hexadecimal");
            return false;
        };
        // A vendor's opcodes have no length of their own; 7Fh is of variable length.
        let fixed = !matches!(opcode >> 5, 3 | 6 | 7);
        let expected = cdb_bytes(opcode);
        if !any_length && fixed && cdb.len() != expected {
            let name =
                row_of(opcode).map_or_else(|| format!("opcode {opcode:02X}h"), |row| row.name.to_owned());
            let what = format!("the CDB of {name} has {expected} bytes, this one has {}", cdb.len());
            let help = "`any_length: true` for a CDB that is meant to be wrong".to_owned();
            self.say(&hex(cdb), &what, &format!("{expected} bytes"), Some(help));
        }
        if cdb.len() > 16 {
            self.say_cdb(cdb, "no CDB is longer than 16 bytes", "at most 16 bytes");
        }
        let readable = self.complaints.len() == before;
        self.risk_of_sending(opcode, cdb);
        readable
    }

    fn drive_expect(&mut self, cdb: &'a [u8], reads: bool, expect: &'a DriveExpect) {
        match expect {
            DriveExpect::Reply(checks) => {
                if !reads && !checks.is_empty() {
                    let out = row_of(cdb.first().copied().unwrap_or(0))
                        .is_some_and(|row| row.data == Direction::Out);
                    if !out {
                        self.say_cdb(
                            cdb,
                            "a reply is expected but no room is made for it",
                            "read: so many bytes",
                        );
                    }
                }
                let reader = Reader::of(cdb);
                for check in checks {
                    self.field(check, reader, &hex(cdb));
                    self.check(check);
                }
            }
            DriveExpect::Sense(any) | DriveExpect::SenseAt { any, .. } if any.is_empty() => {
                self.say_cdb(cdb, "no sense triple is allowed, so nothing can pass", "at least one triple");
            }
            DriveExpect::SenseAt { bit: Some(8..), .. } => {
                self.say_cdb(cdb, "a byte has bits 7 to 0", "a bit from 0 to 7");
            }
            DriveExpect::SenseBytes(checks) => {
                if checks.is_empty() {
                    let expected = "at least one check; or Sense([\"*/*/*\"])";
                    self.say_cdb(cdb, "nothing is said of the sense data", expected);
                }
                for check in checks {
                    if let SenseCheck::Bytes { are, mask, .. } = check {
                        self.mask(are, mask.as_ref());
                    }
                }
            }
            DriveExpect::AnyOf(any) => {
                if any.is_empty() {
                    self.say_cdb(cdb, "no outcome is allowed, so nothing can pass", "at least one outcome");
                }
                any.iter().for_each(|expect| self.drive_expect(cdb, reads, expect));
            }
            DriveExpect::Good
            | DriveExpect::Sense(_)
            | DriveExpect::SenseAt { .. }
            | DriveExpect::Status(_) => {}
        }
    }

    /// The name of a field of a reply.
    fn field(&mut self, check: &'a Check, reader: Option<Reader>, cdb: &str) {
        let Some(field) = check.field() else { return };
        match reader {
            None => {
                let what = format!("the reply to [{cdb}] has no named fields");
                self.say(field, &what, "Bytes(at: …, are: …)", None);
            }
            Some(reader) if !reader.knows(field) => {
                let what = format!("this reply has no field `{field}`");
                self.say(field, &what, "the name of a field", did_you_mean(field, reader.names()));
            }
            Some(_) => {}
        }
    }

    /// What a check compares with.
    fn check(&mut self, check: &'a Check) {
        if let Check::Bytes { are, mask, .. } = check {
            self.mask(are, mask.as_ref());
        }
        let Some(reference) = check.reference() else { return };
        let Some((name, field)) = reference.split_once('.') else {
            return self.say(
                reference,
                "this is not a kept field",
                "name.field, as in atip.lead_in_lba",
                None,
            );
        };
        let names: Vec<&str> = self.saved.keys().copied().collect();
        match self.saved.get(name).copied() {
            None => {
                let what = format!("no earlier step keeps anything as `{name}`");
                self.say(reference, &what, "the name after `save:`", did_you_mean(name, names));
            }
            Some(Kept::Value) if field != "value" => {
                self.say(reference, "what a call returns is called `value`", "…value", None);
            }
            Some(Kept::Reply(reader)) if !reader.is_some_and(|reader| reader.knows(field)) => {
                let help = reader.and_then(|reader| did_you_mean(field, reader.names()));
                self.say(reference, &format!("`{name}` has no field `{field}`"), "the name of a field", help);
            }
            Some(_) => {}
        }
    }

    fn mask(&mut self, are: &Hex, mask: Option<&Hex>) {
        if let Some(mask) = mask.filter(|mask| mask.0.len() != are.0.len()) {
            let what = format!("{} bytes under a mask of {}", are.0.len(), mask.0.len());
            self.say(&hex(&mask.0), &what, "a mask as long as the bytes", None);
        }
    }

    fn call(&mut self, name: &str, args: &[Term], null_out: bool) {
        if self.fixture.face == Face::Drive {
            return self.say(name, "a drive has no members to call", "face: Api or Com", None);
        }
        let Some(known) = member::member(name) else {
            let what = format!("the raw writing API has no member `{name}`");
            return self.say(name, &what, "one of Microsoft's names", did_you_mean(name, member::names()));
        };
        if known.args.len() != args.len() {
            let takes = known.args.iter().map(|arg| arg.expected()).collect::<Vec<_>>().join(", ");
            let what = format!("{name} takes {} arguments, here are {}", known.args.len(), args.len());
            return self.say(name, &what, &format!("args: [{takes}]"), None);
        }
        for (arg, term) in known.args.iter().zip(args) {
            let fits = match arg {
                Arg::Recorder => matches!(term, Term::None) || *term == Term::Text("drive".into()),
                Arg::Bool => matches!(term, Term::Bool(_)),
                Arg::Int => matches!(term, Term::Int(_)),
                Arg::Text => matches!(term, Term::Text(_) | Term::None),
                Arg::Stream => {
                    let streams = ["image", "tracks", "result"];
                    matches!(term, Term::Int(0..) | Term::None)
                        || matches!(term, Term::Text(text) if streams.contains(&text.as_str()))
                }
                Arg::Sink => matches!(term, Term::None) || is_sink(term),
                Arg::Cookie => matches!(term, Term::Int(0..)) || is_sink(term),
            };
            if !fits {
                self.say(name, &format!("{name} does not take {term}"), arg.expected(), None);
            }
        }
        if null_out && self.fixture.face != Face::Com {
            self.say(name, "only a COM call can be handed a NULL pointer", "face: Com", None);
        }
        if null_out && !known.returns {
            self.say(name, &format!("{name} returns nothing"), "a member with a result", None);
        }
    }

    fn call_expect(&mut self, name: &str, expect: &'a CallExpect) {
        match expect {
            CallExpect::Relation(checks) => {
                for check in checks {
                    match check.field() {
                        Some("value") => {}
                        Some(field) => {
                            self.say(field, "what a call returns is called `value`", "\"value\"", None);
                        }
                        None => self.say(name, "a call moves no bytes", "a check of \"value\"", None),
                    }
                    self.check(check);
                }
            }
            CallExpect::Succeeds(codes) | CallExpect::Fails(codes) => {
                let wants_success = matches!(expect, CallExpect::Succeeds(_));
                if codes.is_empty() {
                    self.say(name, "no code is allowed, so nothing can pass", "at least one HRESULT", None);
                }
                for code in codes.iter().filter(|code| code.0.is_success() != wants_success) {
                    let kind = if wants_success { "a failure" } else { "a success" };
                    let what = format!("{} is {kind}", code.0);
                    self.say(
                        name,
                        &what,
                        if wants_success { "use Fails([…])" } else { "use Succeeds([…])" },
                        None,
                    );
                }
            }
            CallExpect::AnyOf(any) => {
                if any.is_empty() {
                    self.say(
                        name,
                        "no outcome is allowed, so nothing can pass",
                        "at least one outcome",
                        None,
                    );
                }
                any.iter().for_each(|expect| self.call_expect(name, expect));
            }
            CallExpect::Ok | CallExpect::Value(_) => {}
        }
    }

    /// Complains about the first string literal that says `text`.
    fn say(&mut self, text: &str, what: &str, expected: &str, help: Option<String>) {
        let span = self.case.find(text);
        self.complaints.push(Complaint::new(self.source, span, what, expected).help(help));
    }

    /// Complains about a CDB, however its digits are spaced.
    fn say_cdb(&mut self, cdb: &[u8], what: &str, expected: &str) {
        self.say(&hex(cdb), what, expected, None);
    }

    /// Complains about the first place of a word of the format.
    fn say_at_word(&mut self, word: &str, what: &str, expected: &str) {
        let start = self.source.text.find(word).unwrap_or(0);
        self.complaints.push(Complaint::new(self.source, start..start + word.len(), what, expected));
    }
}
