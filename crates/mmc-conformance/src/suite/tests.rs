use super::*;

/// Every file of this project's own fixtures can be read.
#[test]
fn own_fixtures_are_well_formed() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    match Suite::load(&[fixtures]) {
        Ok(suite) => assert!(!suite.cases().is_empty()),
        Err(error) => panic!("{error}"),
    }
}
