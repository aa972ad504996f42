//! Productivity of a factor's work: an hour that counts for A hours.

use crate::absent::drawn;
use crate::ask::{Told, ask};
use crate::support::Failures;

fn number(told: &Told, name: &str) -> Option<f64> {
    told.json["variables"][name].as_f64()
}

/// Labor that counts for A in all of a country is A times as much labor, each unit of it paid 1/A of the wage: other prices, outputs and income agree.
/// In random nests, some prices at zero and some industries idle.
#[test]
fn labor_that_counts_for_more_is_more_labor() {
    let mut failures = Failures::default();
    let mut compared = 0;
    for seed in (1..160).step_by(2) {
        let a = [0.5, 1.0, 1.37, 4.0][seed as usize / 2 % 4];
        let more = ask("solve", &drawn(seed, 80.0 * a), &[]);
        let augmented = drawn(seed, 80.0).replacen("{ endowment L", &format!("{{ productivity L = {a:?} endowment L"), 1);
        let told = ask("solve", &augmented, &[]);
        if more.json["status"] != "solved" {
            continue;
        }
        failures.check(told.json["status"] == "solved", || format!("seed {seed}: {}\n{augmented}", told.stderr));
        for name in ["w", "s", "r", "output[x]", "output[y]", "output[z]", "income", "exports[x]", "theta[L, x]", "lambda[L, y]"] {
            let (Some(x), Some(y)) = (number(&told, name), number(&more, name)) else { continue };
            let y = if name == "w" { y * a } else { y };
            compared += 1;
            failures
                .check((x - y).abs() <= 1e-8 * y.abs().max(1e-3), || format!("seed {seed}: {name} = {x}, with {a} times the labor {y}\n{augmented}"));
        }
    }
    assert!(compared > 300, "{compared} values compared");
    failures.finish();
}

/// With constant elasticities, what an hour counts for in one industry is a weight of its own: d A^(σ − 1).
#[test]
fn in_one_industry_it_is_a_weight() {
    let program = |x: &str| {
        format!(
            "country Home {{ endowment L = 100, H = 110 }} factor L price w factor H price s good x price = 1.2 good y price = 1 industry x {{ {x} }} industry \
             y {{ technology ces(0.6) {{ L: 0.6, H: 0.4 }} }} demand cobb_douglas {{ x: 0.5, y: 0.5 }} report {{ w, s, output[x] }}"
        )
    };
    for (sigma, a) in [(0.6, 1.5), (1.7, 0.8), (0.0, 2.0)] {
        let with = ask("solve", &program(&format!("technology ces({sigma:?}) {{ L: 0.3, H: 0.7 }} productivity L = {a:?}")), &[]);
        let weight = 0.3 * f64::powf(a, sigma - 1.0);
        let without = ask("solve", &program(&format!("technology ces({sigma:?}) {{ L: {weight:?}, H: 0.7 }}")), &[]);
        for name in ["w", "s", "output[x]", "output[y]"] {
            let (x, y) = (with.value(name), without.value(name));
            assert!((x - y).abs() <= 1e-10 * y.abs().max(1.0), "{name}: {x} {y}");
        }
    }
}

/// Grossman and Rossi-Hansberg (2008): offshoring works on wages as progress that augments low-skilled labor by 1/Ω; what is made is another.
#[test]
fn offshoring_is_like_progress_that_augments_labor() {
    let small_ho = std::fs::read_to_string("examples/small_ho.trade").unwrap_or_default();
    let offshoring = ask("solve", &small_ho, &[]);
    let from = small_ho.find("tasks Ltasks").unwrap_or(0);
    let to = from + small_ho.get(from..).and_then(|t| t.find("\n}\n")).unwrap_or(0) + 3;
    let mut without = small_ho.clone();
    without.replace_range(from..to, "");
    let kept: String = without
        .lines()
        .filter(|l| !["report", "channels", "shock", "schedule", "country Abroad"].iter().any(|w| l.starts_with(w)))
        .collect::<Vec<_>>()
        .join("\n");
    let omega = offshoring.value("Omega");
    let progress = kept.replace("{ endowment L = 100, H = 110 }", &format!("{{ endowment L = 100, H = 110  productivity L = {:?} }}", 1.0 / omega));
    let told = ask("solve", &progress, &[]);
    for name in ["w", "s"] {
        assert!((told.value(name) / offshoring.value(name) - 1.0).abs() < 1e-12, "{name}: {} {}", told.value(name), offshoring.value(name));
    }
    assert!((told.value("output[x]") / offshoring.value("output[x]") - 1.0).abs() > 1e-3);
}

/// Responses to it are formulas that the solver confirms; what is wrong is refused in words.
#[test]
fn it_moves_like_any_parameter() {
    let mut failures = Failures::default();
    #[cfg(feature = "symbolic")]
    for seed in (1..30).step_by(2) {
        let text = drawn(seed, 80.0).replacen("{ endowment L", "{ productivity L = 1.2 endowment L", 1);
        if ask("solve", &text, &[]).json["status"] == "solved" {
            let told = ask("derive", &text, &["w wrt productivity[L]"]);
            let fine = told.codes().iter().all(|c| ["A052", "A054", "A059"].contains(c));
            failures.check(fine, || format!("seed {seed}: {}\n{text}", told.json["diagnostics"]));
        }
    }
    let shocked = ask("shock", &drawn(1, 80.0).replacen("{ endowment L", "{ productivity L = 1.2 endowment L", 1), &["productivity[L] +10%"]);
    failures.check(shocked.code == 0, || shocked.stderr.clone());
    let tasks = std::fs::read_to_string("examples/small_ho.trade").unwrap_or_default();
    let refused = |text: &str, code: &str| {
        let told = ask("check", text, &[]);
        assert!(told.codes().contains(&code), "{:?}\n{}", told.codes(), told.stderr);
    };
    refused(&tasks.replace("{ endowment L = 100, H = 110 }", "{ endowment L = 100, H = 110 productivity L = 2 }"), "P020");
    refused(&tasks.replace("{ endowment L = 100, H = 110 }", "{ endowment L = 100, H = 110 productivity M = 2 }"), "N031");
    refused(&tasks.replace("{ endowment L = 100, H = 110 }", "{ endowment L = 100, H = 110 productivity H = 2, H = 3 }"), "M024");
    refused(&tasks.replace("{ endowment L = 100, H = 110 }", "{ endowment L = 100, H = 110 productivity H = 0 }"), "M003");
    let fine =
        ask("check", &tasks.replace("{ endowment L = 100, H = 110 }", "{ endowment L = 100, H = 110 productivity H = 2 productivity = 1.1 }"), &[]);
    failures.check(fine.code == 0, || fine.stderr.clone());
    failures.finish();
}
