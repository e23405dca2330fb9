//! For `#[serde(with = "triple")]`: a sense triple as text, `2/3A/00`.

use mmc_wire::Sense;
use serde::de::{Deserialize as _, Deserializer, Error as _};
use serde::ser::Serializer;

pub(super) fn serialize<S: Serializer>(sense: &Sense, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(sense)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sense, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}
