//! What a fixture says of recording that its types cannot know to be wrong.

use super::Lint;
use crate::fixture::{During, Equals, Face, Risk, SessionImage, WriteCommand};
use crate::image::{Image, LONGEST};
use crate::member::{self, Arg};
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

impl<'a> Lint<'a> {
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
        let takes = member::member(name).is_some_and(|member| member.args.contains(&Arg::Stream));
        let named = takes && matches!(args.first(), Some(Term::Text(_)));
        match (named, image) {
            (true, Some(image)) => {
                self.risk_of_recording();
                self.recorded = true;
                if !image.block.has_sub_channel() {
                    self.say(
                        name,
                        "WriteMedia takes blocks with sub-channels",
                        "block: Pq, Packed or Raw",
                        None,
                    );
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

    pub(super) fn events(&mut self, name: &str, events: Option<&'a [String]>, during: &'a [During]) {
        if (events.is_some() || !during.is_empty()) && self.fixture.face != Face::Api {
            self.say(name, "events are heard in Rust only", "face: Api", None);
        }
        let actions = during.iter().map(|during| &during.action);
        for action in events.into_iter().flatten().chain(actions) {
            if !ACTIONS.contains(&action.as_str()) {
                let help = did_you_mean(action, ACTIONS);
                self.say(action, &format!("no event tells of `{action}`"), "an action of a write", help);
            }
        }
        for during in during {
            self.call(&during.member, &during.args, false);
            self.call_expect(&during.member, &during.expect);
        }
    }
}
