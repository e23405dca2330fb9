//! Known deviations: where a drive is known to do otherwise, why, and who says so.
//!
//! A case that a deviation names and that fails is *known*. One that passes all the same is
//! *stale*, and that is a failure: the list is true or it is worth nothing.

use std::sync::Arc;

use serde::Deserialize;

use crate::glob::matches;
use crate::source::{Complaint, Source};
use crate::syntax;

/// Every known deviation of every drive.
#[derive(Clone, Debug, Default)]
pub struct Deviations {
    files: Vec<File>,
}

/// One file of the folder `deviations`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "deviations")]
struct File {
    drive: DrivePattern,
    deviations: Vec<Deviation>,
}

/// Which drives a file speaks of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum DrivePattern {
    /// The simulated drive of this name.
    Personality(String),
    /// Drives whose INQUIRY data is of these patterns.
    Inquiry {
        /// Vendor.
        vendor: String,
        /// Product.
        product: String,
        /// Revision of the firmware; any, when left out.
        #[serde(default = "anything")]
        revision: String,
    },
    /// One of these: a simulated drive, and the real one that it is made after.
    AnyOf(Vec<DrivePattern>),
}

fn anything() -> String {
    "*".to_owned()
}

/// Cases that a drive is known to fail.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Patterns of case ids: `matrix/read_toc_*::blank-*`.
    pub cases: Vec<String>,
    /// Pattern of what the report shows as seen. A case that fails with something else has another
    /// reason, and is not known.
    #[serde(default = "anything")]
    pub seen: String,
    /// What the drive does instead, and why that is so.
    pub reason: String,
    /// Who says so.
    pub source: String,
}

/// Who is asked: what a drive says of itself, and the personality of a simulated one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Identity {
    /// INQUIRY vendor.
    pub vendor: String,
    /// INQUIRY product.
    pub product: String,
    /// INQUIRY revision.
    pub revision: String,
    /// The simulated drive's name.
    pub personality: Option<String>,
}

impl core::fmt::Display for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.personality {
            Some(name) => write!(f, "simulated drive {name}"),
            None => write!(f, "{} {} {}", self.vendor, self.product, self.revision),
        }
    }
}

impl Deviations {
    /// Reads a file of the folder `deviations`.
    pub fn add(&mut self, source: &Arc<Source>) -> Result<(), Complaint> {
        let file: File = syntax::read(&source.text).map_err(|fault| fault.complain(source, 0))?;
        for deviation in &file.deviations {
            let texts = [&deviation.seen, &deviation.reason, &deviation.source];
            if deviation.cases.is_empty()
                || deviation.cases.iter().chain(texts).any(|text| text.trim().is_empty())
            {
                return Err(Complaint::new(
                    source,
                    0..1,
                    "a deviation lacks its cases, its reason or its source",
                    "all three, none empty",
                ));
            }
        }
        self.files.push(file);
        Ok(())
    }

    /// The deviations of this drive that name this case.
    pub fn of<'a>(&'a self, drive: &'a Identity, case: &'a str) -> impl Iterator<Item = &'a Deviation> {
        self.files
            .iter()
            .filter(|file| file.drive.fits(drive))
            .flat_map(|file| &file.deviations)
            .filter(|deviation| deviation.cases.iter().any(|pattern| matches(pattern, case)))
    }

    /// Every pattern of case ids, in the order of the files.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .flat_map(|file| &file.deviations)
            .flat_map(|deviation| deviation.cases.iter().map(String::as_str))
    }
}

impl Deviation {
    /// Whether this is how a case failed: it is no deviation when something else was seen.
    pub fn explains(&self, seen: &str) -> bool {
        matches(&self.seen, seen)
    }
}

impl DrivePattern {
    fn fits(&self, drive: &Identity) -> bool {
        match self {
            Self::Personality(name) => drive.personality.as_ref() == Some(name),
            Self::Inquiry { vendor, product, revision } => {
                drive.personality.is_none()
                    && matches(vendor, &drive.vendor)
                    && matches(product, &drive.product)
                    && matches(revision, &drive.revision)
            }
            Self::AnyOf(patterns) => patterns.iter().any(|pattern| pattern.fits(drive)),
        }
    }
}
