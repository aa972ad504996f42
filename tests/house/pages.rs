//! The pages that lead through the code name files that are there.

use crate::support;

#[test]
fn files_that_pages_name_are_there() {
    let mut named = 0;
    let mut lost = Vec::new();
    for page in ["docs/architecture.md", "docs/trust.md", "docs/reliability.md", "CONTRIBUTING.md", "tests/README.md"] {
        let text = std::fs::read_to_string(support::root().join(page)).unwrap_or_else(|e| panic!("{page}: {e}"));
        for word in text.split('`') {
            let is_path = ["src/", "tests/", "docs/", "crates/", "grammar/", "examples/", "scripts/"].iter().any(|f| word.starts_with(f));
            // Patterns and lists of files are told apart from a file.
            if is_path && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)) {
                named += 1;
                if !support::root().join(word).exists() {
                    lost.push(format!("{page}: {word}"));
                }
            }
        }
    }
    assert!(named > 60, "{named} files are named");
    assert!(lost.is_empty(), "{lost:#?}");
}
