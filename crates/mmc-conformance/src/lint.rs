//! What a fixture says that its types cannot know to be wrong: names of nothing, impossible CDBs.

mod call;
mod drive;
mod recording;

use std::collections::BTreeMap;
use std::sync::Arc;

use mmc_sim::Personality;

use crate::decode::Reader;
use crate::expand::Expansion;
use crate::fixture::{Act, Face, Fixture, Medium, Step};
use crate::limits;
use crate::literal::hex;
use crate::media::Media;
use crate::member;
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
            Step::Wait { seconds } | Step::UntilReady { seconds } if *seconds > LONGEST_WAIT => {
                let what = format!("a wait of {seconds} seconds");
                self.say_at_word("seconds", &what, &format!("at most {LONGEST_WAIT}"));
            }
            Step::Host(Act::Insert(medium)) => self.medium(medium),
            Step::Wait { .. } | Step::UntilReady { .. } | Step::Host(_) => {}
            Step::OtherClient(_) if self.fixture.face == Face::Drive => {
                self.say_at_word("OtherClient", "SCSI knows no other client", "face: Api or Com");
            }
            Step::OtherClient(_) => {}
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
