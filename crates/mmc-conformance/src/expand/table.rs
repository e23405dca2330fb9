//! The table of cases as it stands in the file: raw text, where it was written.

use ron::value::RawValue;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// What has to be known of a file before its parameters are filled in.
#[derive(serde::Deserialize)]
pub struct Outline<'a> {
    #[serde(borrow, default)]
    pub cases: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub origin: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub level: Option<&'a RawValue>,
}

/// One row.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename = "case")]
pub struct Row<'a> {
    #[serde(borrow)]
    pub id: &'a RawValue,
    #[serde(borrow, default)]
    pub with: Cells<'a>,
    #[serde(borrow, default)]
    pub origin: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub level: Option<&'a RawValue>,
}

impl<'a> Row<'a> {
    /// The id without its quotes, when it is a legal one.
    pub fn name(&self) -> Option<&'a str> {
        let id = self.id.trim().get_ron().strip_prefix('"')?.strip_suffix('"')?;
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        (!id.is_empty() && id.bytes().all(legal)).then_some(id)
    }
}

/// The values of a row in the order of the file.
#[derive(Default)]
pub struct Cells<'a>(pub Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Cells<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Cells<'de>;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a map of parameters: {\"name\": value}")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells<'de>, A::Error> {
                let mut cells: Vec<(String, &'de RawValue)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if cells.iter().any(|(other, _)| *other == name) {
                        return Err(serde::de::Error::custom(format!("`{name}` is given twice in one row")));
                    }
                    cells.push((name, value));
                }
                Ok(Cells(cells))
            }
        }
        deserializer.deserialize_map(Read)
    }
}
