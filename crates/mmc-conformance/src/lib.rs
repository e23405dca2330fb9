//! Fixtures, devices under test, verdicts and reports for MMC drives and raw-CD writers.
//!
//! A [`Suite`](suite::Suite) is read from directories of RON files; `fixtures/README.md` is the
//! description of the format. [`run_case`](runner::run_case) runs one case on a device that a
//! [`DutFactory`](dut::DutFactory) provides: the simulated drive, or a real one behind a guard that
//! lets nothing through which could change a disc, unless its owner has agreed to that disc. A
//! [`Report`](report::Report) tells what it came to. `cargo test` and `rawcd conform` are two drivers of this library.
//!
//! ```
//! use mmc_conformance::dut::Simulated;
//! use mmc_conformance::report::{Format, Report, RunVerdict};
//! use mmc_conformance::runner::run_case;
//! use mmc_conformance::suite::Suite;
//!
//! let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/event");
//! let media = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
//! let suite = Suite::load_with_media(&[fixtures], &[media])?;
//! let mut report = Report::new("simulated drive");
//! for case in suite.cases() {
//!     report.results.push(run_case(case, &mut Simulated::new()));
//! }
//! assert_eq!(report.verdict(), RunVerdict::AsExpected, "{}", report.render(Format::Text)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A fixture's way through the modules:
//!
//! | module | does |
//! |---|---|
//! | [`suite`] | finds the files; [`media`] and [`deviation`] are read beside them |
//! | [`text_file`], [`limits`] | keep a file, and what is made of it, to a size |
//! | [`expand`] | makes one text of each row of a table, on [`scan`]'s string literals |
//! | [`syntax`], [`fixture`] | read the text into types; [`literal`] and [`term`] are what stands in quotes |
//! | [`lint`] | finds what names nothing; every [`source::Complaint`] points into the file |
//! | [`dut`] | makes the device, or says why this one will not do |
//! | [`tier`], [`plan`] | say what a case costs on a real drive, and what a run would consume |
//! | [`runner`] | takes the steps, through commands, [`api`] or [`com`]; [`image`] makes what is recorded, and what is read back is held against |
//! | [`decode`], [`judge`] | name the reply's fields, and say pass or what is different |
//! | [`report`] | counts and tells, in four formats |
//!
//! Always: what cannot run is ignored with its reason before the first step. Always: judging is pure.
//! Never: an expectation made from the simulator's answer; a panic, a polling host or a vanished device
//! that ends more than its case.
#![forbid(unsafe_code)]

pub mod api;
pub mod com;
pub mod decode;
pub mod deviation;
pub mod dut;
pub mod expand;
pub mod face;
pub mod fixture;
pub mod glob;
pub mod image;
pub mod judge;
pub mod limits;
pub mod lint;
pub mod literal;
pub mod media;
pub mod member;
pub mod plan;
pub mod report;
pub mod runner;
pub mod scan;
pub mod source;
pub mod suggest;
pub mod suite;
pub mod syntax;
pub mod term;
pub mod text_file;
pub mod tier;
