//! What takes how long: parse, lower, one solve, a sweep of 10,000 points, a finite shock. Ratios within one run are what counts.

use divan::{Bencher, black_box};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tasktrade::model::{self, load};
use tasktrade::session::Session;
use tasktrade::source::FileId;
use tasktrade::syntax::parser;

const EXAMPLE: &str = "small_ho";
const LARGE: &str = "large_ho";
static INTERRUPT: AtomicBool = AtomicBool::new(false);

fn main() {
    divan::main();
}

/// The text of a model by its name, so that tables of results stay narrow.
fn text(name: &str) -> &'static str {
    if name == LARGE { include_str!("../examples/large_ho.trade") } else { include_str!("../examples/small_ho.trade") }
}

fn session(name: &str) -> Session {
    let text = text(name);
    let program = load::load_text("bench", text, Path::new("bench"), &load::Disk);
    match Session::new(program) {
        Ok(s) => s,
        Err(f) => panic!("{:?}", f.diagnostics.list),
    }
}

#[divan::bench(args = [EXAMPLE, LARGE])]
fn parse(name: &str) {
    black_box(parser::parse_file(FileId(0), text(name)));
}

#[divan::bench(args = [EXAMPLE, LARGE])]
fn build_and_lower(bencher: Bencher, name: &str) {
    let program = load::load_text("bench", text(name), Path::new("bench"), &load::Disk);
    bencher.bench_local(|| {
        let (mut economy, _) = model::build(&program);
        let accounts = tasktrade::accounts::post(&mut economy);
        black_box(tasktrade::lower::lower(&mut economy, &accounts).is_ok())
    });
}

#[divan::bench(args = [EXAMPLE, LARGE])]
fn solve_cold(bencher: Bencher, name: &str) {
    let s = session(name);
    let Ok(p) = s.prepare_standard() else { return };
    bencher.bench_local(|| black_box(p.solve_at(&p.parameters, None, &INTERRUPT)));
}

#[divan::bench(args = [EXAMPLE, LARGE])]
fn solve_warm(bencher: Bencher, name: &str) {
    let s = session(name);
    let Ok(p) = s.prepare_standard() else { return };
    let base = p.solve_at(&p.parameters, None, &INTERRUPT);
    bencher.bench_local(|| black_box(p.solve_at(&p.parameters, Some(&base), &INTERRUPT)));
}

#[divan::bench(args = [EXAMPLE, LARGE], sample_count = 10)]
fn sweep_10_000(bencher: Bencher, name: &str) {
    let s = session(name);
    let Ok(p) = s.prepare(s.economy.clone(), Vec::new(), false) else { return };
    let base = p.solve_at(&p.parameters, None, &INTERRUPT);
    let Some(beta) = p.system.find("beta") else { return };
    let points = tasktrade::session::grid::Points {
        chosen: None,
        axes: vec![beta],
        values: vec![(0..10_000).map(|k| 1.2 + 0.3 * k as f64 / 9999.0).collect()],
        ..Default::default()
    };
    let unknowns: Vec<_> = p.system.unknowns().collect();
    bencher.bench_local(|| black_box(p.grid(&base, &points, &unknowns, &|_| true, None, &|_| {}, &INTERRUPT).rows.len()));
}

#[divan::bench(args = [EXAMPLE, LARGE], sample_count = 20)]
fn shock_with_split(bencher: Bencher, name: &str) {
    let s = session(name);
    let Some(shock) = s.economy.shocks.first().cloned() else { return };
    bencher.bench_local(|| {
        let Ok(p) = s.prepare_standard() else { return false };
        black_box(s.shock(p, &shock.changes, None, false, &INTERRUPT).is_ok())
    });
}
