//! What a binary contains is allowed and named: `deny.toml` and NOTICE against the packages that cargo resolves.

use crate::support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use support::{Failures, root};

/// Name and license of every package that ends up in a binary with these features.
///
/// What runs while compiling is not in the binary, and the Python package has features of its own.
fn packages(features: &[&str]) -> BTreeMap<String, String> {
    let out = Command::new(env!("CARGO"))
        .args(["tree", "--package", "tasktrade", "--locked", "--target", "x86_64-unknown-linux-gnu"])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}\t{l}"])
        .args(features)
        .current_dir(root())
        .output()
        .unwrap_or_else(|e| panic!("cargo does not start: {e}"));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout)
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(package, license)| Some((package.split(' ').next()?, license.trim_end_matches(" (*)"))))
        .filter(|(name, _)| !name.starts_with("tasktrade"))
        .map(|(name, license)| (name.to_string(), if license.is_empty() { "its own" } else { license }.to_string()))
        .collect()
}

/// Whether one of the licenses that may be chosen is among those allowed: `A OR B`, `A/B`, `A AND B`, brackets.
fn permitted(expression: &str, allowed: &BTreeSet<String>) -> bool {
    expression.split(" AND ").all(|part| part.trim_matches(['(', ')']).replace('/', " OR ").split(" OR ").any(|l| allowed.contains(l.trim())))
}

/// The strings in quotes of a part of `deny.toml`.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('"').skip(1).step_by(2).map(str::to_string).collect()
}

#[test]
fn licenses_are_allowed_and_named() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap_or_else(|e| panic!("{e}"));
    let part = |from: &str| deny.split(from).nth(1).and_then(|t| t.split("\n]").next()).unwrap_or_default().to_string();
    let (allowed, excepted) = (quoted(&part("allow = [")), quoted(&part("exceptions = [")));
    assert!(allowed.contains("MIT") && excepted.contains("malachite-nz"));
    let notice = std::fs::read_to_string(root().join("NOTICE")).unwrap_or_else(|e| panic!("{e}"));
    let named: BTreeSet<&str> = notice.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c))).collect();
    let mut failures = Failures::default();
    for (name, license) in packages(&[]) {
        let fine = permitted(&license, &allowed) || excepted.contains(&name);
        failures.check(fine, || format!("{name} is under {license}, which deny.toml does not allow"));
        failures.check(named.contains(name.as_str()), || format!("NOTICE does not name {name} ({license})"));
    }
    let without = packages(&["--no-default-features"]);
    failures.check(!without.contains_key("symbolica"), || "symbolica without the feature".to_string());
    for (name, license) in without {
        failures.check(permitted(&license, &allowed), || format!("{name} is under {license}, without Symbolica"));
    }
    failures.finish();
}

/// The license of the embedded fonts asks for its notice in every copy: NOTICE has it word for word.
#[test]
fn the_fonts_notice_is_passed_on() {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap_or_else(|e| panic!("cargo does not start: {e}"));
    let all: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}"));
    let package = all["packages"].as_array().and_then(|l| l.iter().find(|p| p["name"] == "dejavu")).unwrap_or_else(|| panic!("no package dejavu"));
    let manifest = std::path::PathBuf::from(package["manifest_path"].as_str().unwrap_or_default());
    let license = manifest.with_file_name("assets/dejavu-fonts-ttf-2.37/LICENSE");
    let license = std::fs::read_to_string(&license).unwrap_or_else(|e| panic!("{}: {e}", license.display()));
    let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    // What follows concerns a face of mathematics, which is not embedded.
    let asked = words(license.split("TeX Gyre DJV Math").next().unwrap_or_default());
    let notice = words(&std::fs::read_to_string(root().join("NOTICE")).unwrap_or_else(|e| panic!("{e}")));
    assert!(asked.len() > 300 && notice.windows(asked.len()).any(|w| w == asked), "NOTICE lacks the license of the fonts");
}
