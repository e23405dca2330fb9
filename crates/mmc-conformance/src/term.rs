//! Values: what a reply's fields hold and what a fixture expects of them.

use core::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// A value, as a fixture writes it: `-11634`, `"97:26:66"`, `true`, `[1, 2]`, `None`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Term {
    /// Nothing: a field that says "not valid", NULL, no object.
    None,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Text; times on the disc are text too.
    Text(String),
    /// Several.
    List(Vec<Term>),
}

impl Term {
    /// The number, if it is one.
    pub const fn int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// What kind of value, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Bool(_) => "a truth value",
            Self::Int(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
        }
    }
}

macro_rules! from { ($($from:ty => $variant:ident),*) => { $(impl From<$from> for Term {
    fn from(value: $from) -> Self { Self::$variant(value.into()) }
})* } }
from! { bool => Bool, u8 => Int, u16 => Int, u32 => Int, i32 => Int, i64 => Int, String => Text, &str => Text }

impl From<usize> for Term {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Self>> From<Option<T>> for Term {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Term {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(yes) => yes.fmt(f),
            Self::Int(n) => n.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(terms) => {
                f.write_str("[")?;
                for (n, term) in terms.iter().enumerate() {
                    if n > 0 {
                        f.write_str(", ")?;
                    }
                    term.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TermVisitor)
    }
}

struct TermVisitor;

impl<'de> Visitor<'de> for TermVisitor {
    type Value = Term;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value: a number, text, true or false, a list, or None")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Term, E> {
        Ok(Term::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Term, E> {
        Ok(Term::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Term, E> {
        i64::try_from(value).map(Term::Int).map_err(|_| E::custom("this number is too large for any field"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Term, E> {
        Ok(Term::Text(value.to_owned()))
    }

    fn visit_none<E>(self) -> Result<Term, E> {
        Ok(Term::None)
    }

    fn visit_unit<E>(self) -> Result<Term, E> {
        Ok(Term::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Term, D::Error> {
        Term::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Term, A::Error> {
        let mut terms = Vec::new();
        while let Some(term) = seq.next_element()? {
            terms.push(term);
        }
        Ok(Term::List(terms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_reads_and_prints() {
        for (text, term) in [
            ("-11634", Term::Int(-11_634)),
            ("0x0009", Term::Int(9)),
            ("true", Term::Bool(true)),
            ("\"97:26:66\"", Term::Text("97:26:66".into())),
            ("None", Term::None),
            ("[1, \"a\", None, []]", Term::List(vec![1.into(), "a".into(), Term::None, Term::List(vec![])])),
        ] {
            assert_eq!(ron::from_str::<Term>(text), Ok(term.clone()), "{text}");
            assert_eq!(ron::from_str::<Term>(&term.to_string()), Ok(term), "{text}");
        }
        assert!(ron::from_str::<Term>("1.5").is_err());
    }
}
