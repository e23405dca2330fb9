//! What a fixture says of recording, and of what it risks, that its types cannot know to be wrong.

use std::collections::BTreeMap;

use mmc_wire::command::{Effect, row_of};

use super::Lint;
use crate::face::FIGURES;
use crate::fixture::{During, Equals, Face, Figures, Risk, SessionImage, WriteCommand};
use crate::image::{Image, LONGEST};
use crate::literal::hex;
use crate::member::{self, Arg, Object, SINKS};
use crate::suggest::did_you_mean;
use crate::term::Term;

/// What events of a write tell of (Microsoft: IMAPI_FORMAT2_RAW_CD_WRITE_ACTION).
const ACTIONS: [&str; 3] = ["PREPARING", "WRITING", "FINISHING"];

/// The most blocks that a step may have refused one by one.
const MOST_REFUSED: u32 = 1000;

/// A CDB of the command that a step records with, to look up what is known of it.
pub(super) const fn write_cdb(by: WriteCommand) -> &'static [u8] {
    match by {
        WriteCommand::Write10 => &[0x2A, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        WriteCommand::Write12 => &[0xAA, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    }
}

const START_STOP_UNIT: u8 = 0x1B;
const LOAD_UNLOAD_MEDIUM: u8 = 0xA6;

impl<'a> Lint<'a> {
    /// A command that does more than the fixture's risk says.
    pub(super) fn risk_of_sending(&mut self, opcode: u8, cdb: &[u8]) {
        let Some(row) = row_of(opcode) else { return };
        // LoEj of START STOP UNIT.
        let ejects = opcode == START_STOP_UNIT && cdb.get(4).is_some_and(|byte| byte & 2 != 0);
        let (needed, does) = match row.effect {
            Effect::Writes => (Risk::MayWrite, "may write"),
            Effect::Moves if ejects || opcode == LOAD_UNLOAD_MEDIUM => (Risk::MayMove, "moves the tray"),
            Effect::Reads | Effect::Sets | Effect::Moves => return,
        };
        if self.fixture.risk < needed {
            let what = format!("{} {does}, and the fixture's risk is {:?}", row.name, self.fixture.risk);
            let help = format!("risk says what happens when the drive is wrong: risk: {needed:?}");
            let expected = match needed {
                Risk::MayWrite => "a command that cannot harm a disc",
                Risk::MayMove | Risk::ReadOnly => "a command that moves nothing",
            };
            self.say(&hex(cdb), &what, expected, Some(help));
        }
    }

    /// A step that sends blocks of a session.
    pub(super) fn record(&mut self, image: &SessionImage, skip: u32, frames: Option<u32>) {
        self.risk_of_recording();
        self.recorded = true;
        let Some(blocks) = self.image(image) else { return };
        let asked = skip.checked_add(frames.unwrap_or(1));
        if asked.is_none_or(|asked| asked > blocks) || frames == Some(0) {
            let what = format!("the image has {blocks} blocks, and others are asked for");
            self.say_at_word("Record", &what, "`skip` and `frames` within the image, and not 0");
        }
    }

    /// A step that reads back.
    pub(super) fn read_back(&mut self, blocks: u32, equals: &Equals) {
        let most = if matches!(equals, Equals::Refused(_)) { MOST_REFUSED } else { LONGEST };
        if blocks == 0 || blocks > most {
            let what = format!("{blocks} blocks are to be read back");
            self.say_at_word("ReadBack", &what, &format!("1 to {most} blocks"));
        }
        match equals {
            Equals::Recorded if !self.recorded => {
                self.say_at_word(
                    "ReadBack",
                    "no earlier step records",
                    "a step Record, or a Call with `image`",
                );
            }
            Equals::Image(image) => {
                self.image(image);
            }
            Equals::Refused(any) if any.is_empty() => {
                let what = "no sense triple is allowed, so nothing can pass";
                self.say_at_word("Refused", what, "at least one triple");
            }
            Equals::Recorded | Equals::Refused(_) => {}
        }
    }

    /// A step that is meant to record.
    pub(super) fn risk_of_recording(&mut self) {
        if self.fixture.risk != Risk::MayWrite {
            let expected = "risk: MayWrite";
            self.say_at_word("risk", "a step records, which no other risk than MayWrite allows", expected);
        }
    }

    /// How many blocks the session has, if there is such a session.
    pub(super) fn image(&mut self, image: &SessionImage) -> Option<u32> {
        match Image::new(image) {
            Ok(image) => Some(image.frames()),
            Err(why) => {
                let what = format!("there is no such session: {why}");
                self.say_at_word("image", &what, "lead-in, tracks and lead-out that a disc can have");
                None
            }
        }
    }

    pub(super) fn call_image(&mut self, name: &str, args: &[Term], image: Option<&SessionImage>) {
        let known = member::member(name).filter(|member| member.args.contains(&Arg::Stream));
        let named = |stream: &Term| matches!(stream, Term::Text(text) if text == "image" || text == "tracks");
        let named = known.is_some() && args.iter().any(named);
        let writes = known.is_some_and(|member| member.of == Object::Writer);
        if writes && !args.iter().all(|arg| matches!(arg, Term::Int(_) | Term::None)) {
            self.risk_of_recording();
        }
        match (named, image) {
            (true, Some(image)) => {
                self.recorded |= writes;
                if writes && !image.block.has_sub_channel() {
                    let what = "WriteMedia takes blocks with sub-channels";
                    self.say(name, what, "block: Pq, Packed or Raw", None);
                }
                self.image(image);
            }
            (true, None) => self.say(name, "the step has no `image`", "image: (…)", None),
            (false, Some(_)) => {
                self.say(name, "the step has an image that nobody is handed", "args: [\"image\", …]", None);
            }
            (false, None) => {}
        }
    }

    /// Whether the object that the member belongs to can be reached.
    pub(super) fn object(&mut self, name: &str, track: Option<i32>) {
        let Some(member) = member::member(name) else { return };
        match (member.of, track) {
            (Object::Track, None) => {
                self.say(name, "it is a member of a track, and none is named", "track: 1", None);
            }
            (Object::Track, Some(_)) | (_, None) => {}
            (_, Some(_)) => self.say(name, "it is no member of a track", "leave out `track`", None),
        }
        let com = matches!(member.of, Object::ComImage | Object::Point);
        if com && self.fixture.face == Face::Api {
            self.say(name, "only COM has this member", "face: Com", None);
        }
    }

    /// What is asked of events' figures.
    pub(super) fn figures(&mut self, figures: &'a [Figures]) {
        for one in figures {
            let (Figures::Every(checks) | Figures::First(_, checks) | Figures::Last(_, checks)) = one;
            if let Figures::First(action, _) | Figures::Last(action, _) = one {
                self.action(action);
            }
            for check in checks {
                match check.field() {
                    Some(field) if !FIGURES.contains(&field) => {
                        let help = did_you_mean(field, FIGURES);
                        self.say(field, "an event has no such figure", "the name of a figure", help);
                    }
                    Some(_) => {}
                    None => self.say_at_word("figures", "an event moves no bytes", "a check of a figure"),
                }
                self.check(check);
            }
        }
    }

    /// What is asked of sinks.
    pub(super) fn sinks(&mut self, name: &str, by_sink: &'a BTreeMap<String, Vec<String>>) {
        if !by_sink.is_empty() && self.fixture.face != Face::Com {
            self.say(name, "only COM has sinks", "face: Com", None);
        }
        for (sink, actions) in by_sink {
            if !SINKS.contains(&sink.as_str()) {
                self.say(sink, "there is no such sink", &SINKS.join(", "), did_you_mean(sink, SINKS));
            }
            actions.iter().for_each(|action| self.action(action));
        }
    }

    fn action(&mut self, action: &str) {
        if !ACTIONS.contains(&action) {
            let help = did_you_mean(action, ACTIONS);
            self.say(action, &format!("no event tells of `{action}`"), "an action of a write", help);
        }
    }

    pub(super) fn events(&mut self, name: &str, events: Option<&'a [String]>, during: &'a [During]) {
        if (events.is_some() || !during.is_empty()) && self.fixture.face == Face::Drive {
            self.say(name, "a drive has no events to hear", "face: Api or Com", None);
        }
        let actions = during.iter().map(|during| &during.action);
        events.into_iter().flatten().chain(actions).for_each(|action| self.action(action));
        for during in during {
            self.call(&during.member, &during.args, false);
            self.call_expect(&during.member, &during.expect);
        }
    }
}
