//! What `docs/paper.md` says of the paper's claims is what the program answers.
#![cfg(feature = "symbolic")]

use crate::statics_help::{Model, assert_is};
use tasktrade::statics::signs::Answer;

fn example(name: &str) -> Model {
    Model::open(&format!("examples/{name}.trade"))
}

/// The page names the question beside the program.
fn on_the_page(program: &str, question: &str) {
    let page = std::fs::read_to_string(format!("{}/docs/paper.md", env!("CARGO_MANIFEST_DIR"))).expect("the page");
    let there = page.lines().any(|l| l.contains(&format!("`{program}`")) && l.contains(question));
    assert!(there, "docs/paper.md does not ask `{question}` of `{program}`");
}

fn is(program: &str, question: &str, formula: &str) {
    on_the_page(program, question);
    let d = example(program).derive(question).unwrap_or_else(|d| panic!("{program}: {question}: {d:?}"));
    assert_is(&d, formula);
}

#[test]
fn the_small_economy() {
    is("small_ho", "w wrt beta", "-gamma[Ltasks] / (1 - gamma[Ltasks])");
    is("small_ho", "s wrt beta", "0");
}

/// Signs that the page calls proved, and those that it gives a condition for.
#[test]
fn signs_and_conditions() {
    for (program, question, proved) in [
        ("small_ho", "w wrt beta", true),
        ("small_ho", "output[y] wrt beta", false),
        ("large_ho", "p wrt beta", false),
        ("large_ho", "s[Home] wrt beta", true),
        ("large_ho", "w[Home] wrt beta", true),
        ("large_ho", "welfare[Foreign] wrt beta", false),
        ("one_good", "w wrt beta", false),
        ("offshoring_in_y", "w wrt beta", false),
        ("offshoring_in_x", "w wrt beta", false),
    ] {
        on_the_page(program, question);
        let signed = example(program).sign(question);
        let depends = matches!(signed.answer, Answer::Depends);
        assert_eq!(depends, !proved, "{program}: {question}: {:?}", signed.answer);
    }
}

/// Offshoring is like progress that augments low-skilled labor in costs and prices, not in quantities.
#[test]
fn progress_and_offshoring() {
    let text = std::fs::read_to_string(format!("{}/examples/small_ho.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    let tasks = text.find("tasks Ltasks").expect("tasks");
    let end = tasks + text[tasks..].find('}').expect("a block") + 1;
    let mut other = format!("{}{}parameter A = 1.1\n", &text[..tasks], &text[end..]);
    other = other.replace("country Home {", "country Home { productivity L = A ").replace(", I, Omega", "");
    let channels = other.find("channels").expect("channels");
    let close = channels + other[channels..].find('}').expect("a block") + 1;
    other.replace_range(channels..close, "");
    let other = other.lines().filter(|l| !l.contains("beta") && !l.starts_with("schedule")).collect::<Vec<_>>().join("\n");
    let m = Model::text(&other);
    assert_is(&m.derive("w wrt A").unwrap_or_else(|d| panic!("{d:?}")), "1");
    assert_is(&m.derive("s wrt A").unwrap_or_else(|d| panic!("{d:?}")), "0");
}
