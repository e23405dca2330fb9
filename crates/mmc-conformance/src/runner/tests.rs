use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::dut::Simulated;
use crate::suite::Suite;

#[test]
fn own_fixtures_run() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let suite = Suite::load(&[fixtures]).unwrap_or_else(|error| panic!("{error}"));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in suite.cases() {
        let result = run_case(case, &mut Simulated::new());
        *counts.entry(result.status.name()).or_default() += 1;
        if let Status::Failed(failure) = &result.status {
            println!("{} {:?}", result.id, failure.cause);
        }
    }
    println!("{counts:?}");
}
