//! What a report looks like.

#![allow(clippy::unwrap_used, reason = "tests: a panic is their answer")]

mod disc;

use cd_format::sector::SectorMode;
use cd_lint::{Options, Report, lint};

use disc::{Design, TrackDesign};

fn report() -> Report {
    let mut design =
        Design::new(vec![vec![TrackDesign::audio(300), TrackDesign::data(SectorMode::Mode1, 301)]]);
    for lba in [500, 501, 502, 510, 520, 530] {
        design.edit_sector(lba, |sector| sector[1000] ^= 1);
    }
    design.edit_q(100, |q| q[9] ^= 1);
    design.from = -150;
    design.cut = 740;
    design.options = Options { findings_per_rule: 2, ..Options::default() };
    let disc = design.disc();
    lint(&disc, &disc.options).unwrap()
}

#[test]
fn text_says_what_where_expected_and_seen() {
    insta::assert_snapshot!("text", report());
}

#[test]
fn json_says_the_same_to_machines() {
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&report()).unwrap());
}

#[test]
fn a_clean_report_is_short() {
    let disc = Design::new(vec![vec![TrackDesign::audio(300)]]).disc();
    insta::assert_snapshot!("clean", lint(&disc, &disc.options).unwrap());
}
