//! Words, quoted texts and brackets of a sheet, each with its place.

use std::path::Path;

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while1};
use nom::character::complete::{char, multispace0, not_line_ending, one_of, space0};
use nom::combinator::recognize;
use nom::multi::many0_count;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::error::{At, ImageError};

/// How many characters of a text an error repeats.
const SHOWN: usize = 40;

/// Something wrong at a place; the file is told by whoever knows it.
#[derive(Debug)]
pub(crate) struct Fault {
    at: At,
    expected: String,
    seen: String,
}

impl Fault {
    pub(crate) fn new(at: At, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { at, expected: expected.into(), seen: seen.into() }
    }

    pub(crate) fn of(self, path: &Path) -> ImageError {
        ImageError::Syntax { path: path.to_owned(), at: self.at, expected: self.expected, seen: self.seen }
    }
}

/// What kind of token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Word,
    Quoted,
    Bracket,
}

/// A word, or what stands between quotes.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    /// Without quotes; escapes as they stand.
    pub(crate) text: &'a str,
    pub(crate) kind: Kind,
    pub(crate) at: At,
}

impl Token<'_> {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind != Kind::Quoted && self.text.eq_ignore_ascii_case(word)
    }

    /// This is not what was expected.
    pub(crate) fn fault(&self, expected: impl Into<String>) -> Fault {
        Fault::new(self.at, expected, shown(self.text))
    }

    /// A decimal number up to `most`.
    pub(crate) fn number(&self, expected: &str, most: u64) -> Result<u64, Fault> {
        let digits = !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { self.text.parse().ok() } else { None };
        number.filter(|number| *number <= most).ok_or_else(|| self.fault(expected))
    }

    /// Frames of a `MM:SS:FF`.
    pub(crate) fn frames(&self, expected: &str) -> Result<u32, Fault> {
        let time: cd_format::Msf =
            self.text.parse().map_err(|_| self.fault(format!("{expected} as MM:SS:FF")))?;
        Ok(time.clock().unsigned_abs())
    }
}

/// The text as an error repeats it.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// Tokens, taken one after the other.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    list: std::vec::IntoIter<Token<'a>>,
    /// Where they end, and what that is called.
    end: At,
    end_name: &'static str,
}

impl<'a> Tokens<'a> {
    /// The next one, if any.
    pub(crate) fn peek(&self) -> Option<&Token<'a>> {
        self.list.as_slice().first()
    }

    pub(crate) fn next(&mut self, expected: &str) -> Result<Token<'a>, Fault> {
        self.list.next().ok_or_else(|| Fault::new(self.end, expected, self.end_name))
    }

    /// The next one if it is this word.
    pub(crate) fn take(&mut self, word: &str) -> bool {
        let there = self.peek().is_some_and(|token| token.is(word));
        if there {
            self.list.next();
        }
        there
    }

    /// Nothing may be left.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        match self.list.next() {
            Some(token) => Err(token.fault(self.end_name)),
            None => Ok(()),
        }
    }
}

/// The tokens of one line of a CUE sheet: quotes have no escapes there.
pub(crate) fn of_line(line: &str, number: usize) -> Result<Tokens<'_>, Fault> {
    let mut places = Places { text: line, done: 0, at: At { line: number, column: 1 } };
    let quoted = delimited(char('"'), nom::bytes::complete::take_till(|c| c == '"'), char('"'));
    let word = take_while1(|c: char| !c.is_whitespace());
    collect(&mut places, space0, quoted, word, Form { brackets: false, end: "end of line" })
}

/// The tokens of a whole TOC file: `//` comments, braces, backslash escapes in quotes.
pub(crate) fn of_toc(text: &str) -> Result<Tokens<'_>, Fault> {
    let mut places = Places { text, done: 0, at: At { line: 1, column: 1 } };
    let comment = preceded(tag("//"), not_line_ending);
    let blank = recognize(pair(multispace0, many0_count(pair(comment, multispace0))));
    let inner =
        many0_count(alt((is_not("\"\\"), recognize(pair(char('\\'), nom::character::complete::anychar)))));
    let quoted = delimited(char('"'), recognize(inner), char('"'));
    let word = take_while1(|c: char| !c.is_whitespace() && !"{}\",".contains(c));
    collect(&mut places, blank, quoted, word, Form { brackets: true, end: "end of file" })
}

fn collect<'a>(
    places: &mut Places<'a>,
    mut blank: impl Parser<&'a str, Output = &'a str, Error = nom::error::Error<&'a str>>,
    mut quoted: impl Parser<&'a str, Output = &'a str, Error = nom::error::Error<&'a str>>,
    mut word: impl Parser<&'a str, Output = &'a str, Error = nom::error::Error<&'a str>>,
    form: Form,
) -> Result<Tokens<'a>, Fault> {
    let text = places.text;
    let mut list = Vec::new();
    let mut rest = text;
    loop {
        if let Ok((after, _)) = blank.parse(rest) {
            rest = after;
        }
        let at = places.at(text.len() - rest.len());
        if rest.trim_start().is_empty() {
            return Ok(Tokens { list: list.into_iter(), end: at, end_name: form.end });
        }
        let (after, token) = if rest.starts_with('"') {
            let (after, text) = quoted
                .parse(rest)
                .map_err(|_: nom::Err<nom::error::Error<_>>| Fault::new(at, "a closing quote", form.end))?;
            (after, Token { text, kind: Kind::Quoted, at })
        } else if let Some((after, text)) = bracket(rest).ok().filter(|_| form.brackets) {
            (after, Token { text, kind: Kind::Bracket, at })
        } else {
            let (after, text) = word
                .parse(rest)
                .map_err(|_: nom::Err<nom::error::Error<_>>| Fault::new(at, "a word", shown(rest)))?;
            (after, Token { text, kind: Kind::Word, at })
        };
        list.push(token);
        rest = after;
    }
}

/// What differs between the formats, for [`collect`].
struct Form {
    brackets: bool,
    end: &'static str,
}

/// Brackets count only where words end at them; in a CUE sheet they are part of words.
fn bracket(input: &str) -> IResult<&str, &str> {
    recognize(one_of("{},")).parse(input)
}

/// Lines and columns of ascending offsets.
struct Places<'a> {
    text: &'a str,
    done: usize,
    at: At,
}

impl Places<'_> {
    fn at(&mut self, offset: usize) -> At {
        for c in self.text.get(self.done..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.at = At { line: self.at.line + 1, column: 1 };
            } else {
                self.at.column += 1;
            }
        }
        self.done = offset;
        self.at
    }
}
