//! Fixtures, devices under test, verdicts and reports for MMC drives and raw-CD writers.
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
pub mod judge;
pub mod lint;
pub mod literal;
pub mod media;
pub mod member;
pub mod report;
pub mod runner;
pub mod scan;
pub mod source;
pub mod suggest;
pub mod suite;
pub mod syntax;
pub mod term;
