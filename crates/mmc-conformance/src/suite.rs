//! A suite: every case of one or more directories of fixtures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::deviation::Deviations;
use crate::expand::{Expansion, expand};
use crate::fixture::{Fixture, Step};
use crate::lint::lint;
use crate::media::Media;
use crate::source::{Complaint, Source};
use crate::{limits, syntax, text_file};

/// Folders of a directory of fixtures that hold something else.
const MEDIA: &str = "media";
const DEVIATIONS: &str = "deviations";
const VECTORS: &str = "vectors";

/// Folders deeper than this are not looked into: something links back to itself.
const DEEPEST: usize = 16;

/// One case: a fixture, or one row of its table.
#[derive(Clone, Debug)]
pub struct Case {
    /// The path of the file without `.ron`, and for a row of a table `::` and its id.
    pub id: String,
    /// The first folder of the path.
    pub family: String,
    /// The file.
    pub source: Arc<Source>,
    /// Line of the file, or of the row.
    pub line: usize,
    /// What is done and expected.
    pub fixture: Arc<Fixture>,
    /// The discs that it may name.
    pub media: Arc<Media>,
    /// What drives are known to do otherwise.
    pub deviations: Arc<Deviations>,
}

/// Every case of one or more directories.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    cases: Vec<Case>,
    media: Arc<Media>,
    deviations: Arc<Deviations>,
}

/// Everything that is wrong with the files of a suite.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.render(false))]
pub struct LoadError {
    /// Files and folders that could not be read.
    pub unreadable: Vec<(PathBuf, std::io::Error)>,
    /// What is wrong in the others, by file and place.
    pub complaints: Vec<Complaint>,
}

impl LoadError {
    /// All of it, as a person reads it.
    pub fn render(&self, colour: bool) -> String {
        let unreadable =
            self.unreadable.iter().map(|(path, error)| format!("error: {}: {error}", path.display()));
        let complaints = self.complaints.iter().map(|complaint| complaint.render(colour));
        unreadable.chain(complaints).collect::<Vec<_>>().join("\n\n")
    }
}

impl Suite {
    /// Reads directories of fixtures, or single files. Media and deviations of each are known to all.
    pub fn load(paths: &[impl AsRef<Path>]) -> Result<Self, LoadError> {
        Self::load_with_media(paths, &[] as &[&Path])
    }

    /// Reads of a directory the one file that holds the case `id`, with the media and deviations. For a
    /// runner that starts a process a case: nothing else is parsed. No case where no file has that name.
    pub fn load_file_of(directory: &Path, id: &str) -> Result<Self, LoadError> {
        let file = id.split_once("::").map_or(id, |(file, _)| file);
        let mut loader = Loader { only: Some(file.to_owned()), ..Loader::default() };
        loader.root(directory);
        loader.finish()
    }

    /// Reads directories of fixtures; of the directories in `beside` the media alone, where a
    /// directory of fixtures does not have one of the same name.
    pub fn load_with_media(
        paths: &[impl AsRef<Path>],
        beside: &[impl AsRef<Path>],
    ) -> Result<Self, LoadError> {
        let mut loader = Loader::default();
        for path in paths {
            loader.root(path.as_ref());
        }
        let own: Vec<String> = loader.media.names().map(str::to_owned).collect();
        for path in beside {
            loader.media_beside(path.as_ref(), &own);
        }
        loader.finish()
    }

    /// The cases, in the order of their ids.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The commands that cases send themselves, and how many cases send each. A command of the table
    /// that is missing here is judged by nobody.
    pub fn commands(&self) -> BTreeMap<u8, usize> {
        let mut commands = BTreeMap::new();
        for case in &self.cases {
            let sent = case.fixture.steps.iter().filter_map(|step| match step {
                Step::Send { cdb, .. } => cdb.0.first().copied(),
                Step::Record { by, .. } => Some(by.opcode()),
                Step::ReadBack { by, .. } => Some(by.opcode()),
                _ => None,
            });
            for opcode in sent.collect::<BTreeSet<u8>>() {
                *commands.entry(opcode).or_default() += 1;
            }
        }
        commands
    }

    /// The discs that cases may name.
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// What drives are known to do otherwise.
    pub fn deviations(&self) -> &Deviations {
        &self.deviations
    }
}

#[derive(Default)]
struct Loader {
    /// The only fixture that is wanted; all, where none is named.
    only: Option<String>,
    files: Vec<(String, Arc<Source>)>,
    media: Media,
    deviations: Deviations,
    unreadable: Vec<(PathBuf, std::io::Error)>,
    complaints: Vec<Complaint>,
}

impl Loader {
    fn root(&mut self, path: &Path) {
        if path.is_file() {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if let Some(source) = self.read(path) {
                self.files.push((name, source));
            }
            return;
        }
        for (name, path) in self.walk(path) {
            let Some(source) = self.read(&path) else { continue };
            match name.split_once('/') {
                Some((MEDIA, medium)) => {
                    let added = self.media.add(medium, &source);
                    self.complaints.extend(added.err());
                }
                Some((DEVIATIONS, _)) => {
                    let added = self.deviations.add(&source);
                    self.complaints.extend(added.err());
                }
                Some((VECTORS, _)) => {}
                _ if self.only.as_ref().is_some_and(|only| *only != name) => {}
                _ => self.files.push((name, source)),
            }
        }
    }

    fn media_beside(&mut self, path: &Path, own: &[String]) {
        for (name, path) in self.walk(&path.join(MEDIA)) {
            if own.contains(&name) {
                continue;
            }
            if let Some(source) = self.read(&path) {
                let added = self.media.add(&name, &source);
                self.complaints.extend(added.err());
            }
        }
    }

    fn finish(mut self) -> Result<Suite, LoadError> {
        let media = Arc::new(self.media);
        let deviations = Arc::new(self.deviations);
        let mut cases: Vec<Case> = Vec::new();
        for (name, source) in &self.files {
            match read_file(name, source, &media, &deviations) {
                Ok(read) => cases.extend(read),
                Err(complaints) => self.complaints.extend(complaints),
            }
        }
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in cases.windows(2) {
            if pair[0].id == pair[1].id {
                self.complaints.push(Complaint::new(
                    &pair[1].source,
                    0..1,
                    format!("`{}` is in {} too", pair[1].id, pair[0].source.path.display()),
                    "a name of its own",
                ));
            }
        }
        if self.unreadable.is_empty() && self.complaints.is_empty() {
            Ok(Suite { cases, media, deviations })
        } else {
            Err(LoadError { unreadable: self.unreadable, complaints: self.complaints })
        }
    }

    fn read(&mut self, path: &Path) -> Option<Arc<Source>> {
        // Nobody may ever write into a pipe that is called a fixture.
        let read = match fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => Err(std::io::Error::other("not a regular file")),
            _ => text_file::read(path),
        };
        match read {
            Ok(text) => Some(Arc::new(Source::new(path, text))),
            Err(error) => {
                self.unreadable.push((path.to_owned(), error));
                None
            }
        }
    }

    /// Every `.ron` file under `root`: its path without the extension, `/` between folders.
    fn walk(&mut self, root: &Path) -> Vec<(String, PathBuf)> {
        let mut found = Vec::new();
        let mut todo = vec![(root.to_owned(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = todo.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable.push((folder, error));
                    continue;
                }
            };
            for entry in entries {
                let (path, name) = match entry {
                    Ok(entry) => (entry.path(), entry.file_name().to_string_lossy().into_owned()),
                    Err(error) => {
                        self.unreadable.push((folder.clone(), error));
                        continue;
                    }
                };
                if name.starts_with('.') {
                    continue;
                }
                if path.is_dir() {
                    if depth < DEEPEST {
                        todo.push((path, format!("{prefix}{name}/"), depth + 1));
                    }
                } else if let Some(stem) = name.strip_suffix(".ron") {
                    found.push((format!("{prefix}{stem}"), path));
                }
            }
        }
        found.sort();
        found
    }
}

/// The cases of one file, or everything that is wrong with it.
fn read_file(
    name: &str,
    source: &Arc<Source>,
    media: &Arc<Media>,
    deviations: &Arc<Deviations>,
) -> Result<Vec<Case>, Vec<Complaint>> {
    let mut cases = Vec::new();
    let mut complaints: Vec<Complaint> = Vec::new();
    let mut left =
        Left { bytes: limits::LITERAL_BYTES, steps: limits::STEPS, blocks: limits::RECORDED_BLOCKS };
    for case in expand(source)? {
        if complaints.len() >= limits::COMPLAINTS {
            break;
        }
        if let Err(complaint) = left.take_bytes(&case, source) {
            complaints.push(complaint);
            break;
        }
        let read = read_case(&case, source, media);
        if let Err(complaint) = left.take_steps(read.as_ref().ok(), &case, source) {
            complaints.push(complaint);
            break;
        }
        match read {
            Ok(fixture) => cases.push(Case {
                id: case.id.as_ref().map_or_else(|| name.to_owned(), |id| format!("{name}::{id}")),
                family: name.split_once('/').map_or("", |(family, _)| family).to_owned(),
                source: Arc::clone(source),
                line: source.line_column(case.span.start).0,
                fixture: Arc::new(fixture),
                media: Arc::clone(media),
                deviations: Arc::clone(deviations),
            }),
            // What is wrong outside the table is wrong for every row: said once.
            Err(wrong) => {
                for complaint in wrong {
                    if complaints.len() < limits::COMPLAINTS && !complaints.contains(&complaint) {
                        complaints.push(complaint);
                    }
                }
            }
        }
    }
    if complaints.is_empty() { Ok(cases) } else { Err(complaints) }
}

/// What the cases of a file that are still to come may hold.
struct Left {
    bytes: usize,
    steps: usize,
    /// To be recorded.
    blocks: u64,
}

impl Left {
    fn take_bytes(&mut self, case: &Expansion, source: &Arc<Source>) -> Result<(), Complaint> {
        self.bytes = limits::literal_bytes(&case.text, self.bytes).map_err(|literal| {
            let most = limits::LITERAL_BYTES >> 20;
            let what = format!("the cases of this file hold more than {most} MiB of bytes");
            Complaint::new(source, case.place(literal.whole), what, "too much from here on")
        })?;
        Ok(())
    }

    fn take_steps(
        &mut self,
        fixture: Option<&Fixture>,
        case: &Expansion,
        source: &Arc<Source>,
    ) -> Result<(), Complaint> {
        let steps = fixture.map_or(0, |fixture| fixture.steps.len());
        self.steps = self.steps.checked_sub(steps).ok_or_else(|| {
            let what = format!("the cases of this file have more than {} steps", limits::STEPS);
            Complaint::new(source, case.span.clone(), what, "too many from here on")
        })?;
        let steps = fixture.map_or(&[][..], |fixture| &fixture.steps);
        let blocks = steps.iter().map(Step::blocks).fold(0, u64::saturating_add);
        self.blocks = self.blocks.checked_sub(blocks).ok_or_else(|| {
            let what = format!(
                "the cases of this file record or read back more than {} blocks",
                limits::RECORDED_BLOCKS
            );
            Complaint::new(source, case.span.clone(), what, "too many from here on")
        })?;
        Ok(())
    }
}

fn read_case(case: &Expansion, source: &Arc<Source>, media: &Media) -> Result<Fixture, Vec<Complaint>> {
    let fixture: Fixture = syntax::read(&case.text).map_err(|fault| {
        let span = case.place(fault.span.clone());
        vec![fault.complain_at(source, span)]
    })?;
    let complaints = lint(&fixture, case, source, media);
    if complaints.is_empty() { Ok(fixture) } else { Err(complaints) }
}

#[cfg(test)]
mod tests;
