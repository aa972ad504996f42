//! Numbers at the edge: right to nine digits, or refused with the reason.

use crate::support;

use support::{Failures, run};

/// A small economy with two given prices; the answer to `solve`.
fn solve(l: &str, h: &str, price: &str, x: &str, y: &str) -> run::Outcome {
    let program = format!(
        "model edge\nfactor L price w\nfactor H price s\ncountry Home {{ endowment L = {l}, H = {h} }}\n\
         good x price = {price}\ngood y price = {price}\n\
         industry x {{ technology {x} }}\nindustry y {{ technology {y} }}\ndemand cobb_douglas {{ x: 0.5, y: 0.5 }}\n"
    );
    let file = tempfile::Builder::new().suffix(".trade").tempfile().unwrap_or_else(|e| panic!("no temporary file: {e}"));
    std::fs::write(file.path(), program).unwrap_or_else(|e| panic!("no temporary file: {e}"));
    run::command("solve", file.path(), None, &[])
}

const X: &str = "ces(0.6) { L: 0.3, H: 0.7 }";
const Y: &str = "ces(0.6) { L: 0.6, H: 0.4 }";

fn value(out: &run::Outcome, name: &str) -> f64 {
    out.json["variables"][name].as_f64().unwrap_or(f64::NAN)
}

#[test]
fn beside_cobb_douglas_nothing_jumps() {
    let at = |sigma: &str| solve("100", "60", "1", "ces(0.8) { L: 0.3, H: 0.7 }", &format!("ces({sigma}) {{ L: 0.6, H: 0.4 }}"));
    let one = at("1");
    for sigma in ["1.000000001", "0.999999999"] {
        let near = at(sigma);
        for name in ["w", "s", "output[y]", "income"] {
            let (a, b) = (value(&one, name), value(&near, name));
            assert!((a - b).abs() <= 2e-8 * a.abs() && a.is_finite(), "{name} at {sigma}: {a} and {b}");
        }
    }
}

#[test]
fn near_perfect_substitutes() {
    let out = solve("100", "60", "1", "ces(1000000) { L: 0.3, H: 0.7 }", Y);
    let (w, s) = (value(&out, "w"), value(&out, "s"));
    // Zero profit of both, written for exponents that large.
    let r: f64 = 1.0 - 1e6;
    let cost_x = (0.3 * (r * w.ln()).exp() + 0.7 * (r * s.ln()).exp()).ln() / r;
    let cost_y = (0.6 * w.powf(0.4) + 0.4 * s.powf(0.4)).powf(2.5);
    assert!(cost_x.abs() < 1e-9 && (cost_y - 1.0).abs() < 1e-9, "w {w}, s {s}");
    assert!((value(&out, "income") - 100.0 * w - 60.0 * s).abs() < 1e-9 * 160.0);
}

#[test]
fn units_of_quantity_do_not_matter() {
    let mut failures = Failures::default();
    let base = solve("100", "60", "1", X, Y);
    for (l, h, scale) in [("100e10", "60e10", 1e10), ("100e-14", "60e-14", 1e-14)] {
        let out = solve(l, h, "1", X, Y);
        for name in ["output[x]", "output[y]", "income"] {
            let (want, got) = (value(&base, name) * scale, value(&out, name));
            failures.check((got - want).abs() <= 1e-9 * want.abs(), || format!("{name} at {l}: {got}, expected {want}"));
        }
    }
    // A factor a trillion times as scarce as the other.
    let out = solve("1e-12", "1e12", "1", X, Y);
    // Both are used in full, in x alone: H/L = (0.7/0.3) (w/s)^0.6.
    let (want, got) = ((0.7 / 0.3 * 1e-24f64).powf(1.0 / 0.6), value(&out, "s") / value(&out, "w"));
    failures.check((got - want).abs() <= 1e-9 * want, || format!("s/w = {got:e}, expected {want:e}"));
    failures.finish();
}

#[test]
fn prices_out_of_scale_are_refused_and_others_are_neutral() {
    let base = solve("100", "60", "1", X, Y);
    for (price, scale) in [("1e25", 1e25), ("1e-25", 1e-25)] {
        let out = solve("100", "60", price, X, Y);
        for (name, unit) in [("w", scale), ("s", scale), ("output[y]", 1.0), ("income", scale)] {
            let (want, got) = (value(&base, name) * unit, value(&out, name));
            assert!((got - want).abs() <= 1e-9 * want.abs(), "{name} at {price}: {got}, expected {want}");
        }
    }
    for price in ["1e300", "1e-300", "1e60", "1e-60"] {
        let out = solve("100", "60", price, X, Y);
        assert!(out.code == 3 && out.complaint().contains("out of scale"), "{price}: {}", out.complaint());
    }
}
