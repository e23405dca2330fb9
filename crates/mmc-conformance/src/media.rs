//! The discs that fixtures name.

use std::collections::BTreeMap;
use std::sync::Arc;

use mmc_sim::{Drive, Personality, Scene};

use crate::fixture::Medium;
use crate::source::{Complaint, Source};
use crate::syntax;

/// Discs, and the state of the drive around them, by name.
#[derive(Clone, Debug, Default)]
pub struct Media {
    scenes: BTreeMap<String, Scene>,
}

impl Media {
    /// Reads a file of the folder `media` and keeps it under `name`.
    pub fn add(&mut self, name: &str, source: &Arc<Source>) -> Result<(), Complaint> {
        let whole = 0..source.text.trim_end().len().min(1);
        let scene: Scene = syntax::read(&source.text).map_err(|fault| fault.complain(source, 0))?;
        Drive::new(Personality::reference(), &scene).map_err(|error| {
            Complaint::new(source, whole.clone(), error.to_string(), "the disc described here cannot be")
        })?;
        match self.scenes.insert(name.to_owned(), scene) {
            None => Ok(()),
            Some(_) => Err(Complaint::new(
                source,
                whole,
                format!("a medium called `{name}` is in another directory already"),
                "a name of its own",
            )),
        }
    }

    /// The scene that a fixture asks for; `None` for a name that no file has.
    pub fn scene(&self, medium: &Medium) -> Option<Scene> {
        match medium {
            Medium::Named(name) => self.scenes.get(name).cloned(),
            Medium::Blank { kind, lead_in, last_lead_out } => {
                Some(Scene::blank(*kind, *lead_in, *last_lead_out))
            }
            Medium::Scene(scene) => Some((**scene).clone()),
        }
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.scenes.keys().map(String::as_str)
    }
}
