//! Does the whole suite run while one looks at it?
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use std::collections::BTreeMap;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mmc_conformance::dut::Simulated;
use mmc_conformance::runner::run_case;
use mmc_conformance::suite::Suite;

/// Do 400 cases on the simulated drive take less than a second? Which costs more, reading the
/// fixtures or running them?
fn suite(c: &mut Criterion) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let loaded = Suite::load(&[&fixtures]).unwrap();
    let cases = loaded.cases();
    tell(&loaded);

    let mut group = c.benchmark_group("suite");
    group.sample_size(10);
    group.throughput(Throughput::Elements(cases.len() as u64));
    group.bench_function("load", |b| b.iter_with_large_drop(|| Suite::load(&[&fixtures])));
    group.bench_function("run", |b| {
        b.iter(|| {
            let mut simulated = Simulated::new();
            cases.iter().map(|case| run_case(case, &mut simulated).commands).sum::<usize>()
        });
    });
    group.finish();
}

/// What was timed: a suite whose cases end early would be a fast one.
fn tell(suite: &Suite) {
    let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut commands = 0;
    for case in suite.cases() {
        let result = run_case(case, &mut Simulated::new());
        *statuses.entry(result.status.name()).or_default() += 1;
        commands += result.commands;
    }
    println!("{} cases, {commands} commands: {statuses:?}", suite.cases().len());
}

criterion_group!(benches, suite);
criterion_main!(benches);
