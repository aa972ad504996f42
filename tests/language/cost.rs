//! Files of every nasty kind, fifty kilobytes each: `check` ends with an answer or a refusal within bounds that only work far beyond the file's size
//! could exceed. The bounds are the system's limits of processor time and memory, generous by two orders of magnitude.

use crate::support;

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use support::Failures;

/// Bytes of each file. A place that takes work with the square of this shows here as minutes. `TASKTRADE_COST=1000000 cargo test --release --test language cost:: --
/// --nocapture` makes them twenty times as large and prints the time of each.
fn size() -> usize {
    asked().unwrap_or(50_000)
}

fn asked() -> Option<usize> {
    std::env::var("TASKTRADE_COST").ok()?.parse().ok()
}

/// Seconds of processor time and kilobytes of memory that one check may take.
const SECONDS: u32 = 30;
const KILOBYTES: u32 = 1_500_000;

/// `piece(k)` for k = 0, 1, … up to the size.
fn repeated(head: &str, piece: impl Fn(usize) -> String, tail: &str) -> String {
    let mut out = head.to_string();
    let mut k = 0;
    while out.len() < size() {
        out.push_str(&piece(k));
        k += 1;
    }
    out + tail
}

/// An economy round something large.
const WORLD: &str = "country Home { endowment L = 1 }\nfactor L price w\ngood x price = 1\nindustry x { technology leontief { L: 1 } }\n";

fn files() -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("the same parameter", repeated("", |_| "parameter a = 1\n".into(), "")),
        ("the same parameter on one line", repeated("", |_| "parameter a = 1 ".into(), "")),
        ("parameters", repeated("", |k| format!("parameter a{k} = {k} in (-1, inf)\n"), "")),
        ("the same good", repeated("", |_| "good x\n".into(), "")),
        ("goods", repeated("", |k| format!("good g{k}\n"), "")),
        ("goods of an economy", repeated(WORLD, |k| format!("good g{k} price = 1\n"), "")),
        ("goods and industries", repeated(WORLD, |k| format!("good g{k} price = 1 industry g{k} {{ technology leontief {{ L: 1 }} }}\n"), "")),
        ("factors", repeated("country Home { }\n", |k| format!("factor f{k}\n"), "")),
        ("countries", repeated("factor L\n", |k| format!("country c{k} {{ endowment L = 1 }}\n"), "")),
        ("countries and factors", {
            let half = repeated("", |k| format!("factor f{k}\n"), "");
            format!("{}{}", &half[..half[..size() / 2].rfind('\n').map_or(0, |i| i + 1)], repeated("", |k| format!("country c{k} {{ }}\n"), ""))
        }),
        ("chained definitions", repeated("let a0 = 1\n", |k| format!("let a{} = a{k} + 1\n", k + 1), "")),
        ("chained parameters", repeated("parameter a0 = 1\n", |k| format!("parameter a{} = a{k} + 1\n", k + 1), "")),
        ("parameters chained backwards", repeated("", |k| format!("parameter a{k} = a{} + 1\n", k + 1), "")),
        ("a long circle", {
            let mut text = repeated("", |k| format!("parameter a{k} = a{}\n", k + 1), "");
            let last = text.matches('\n').count();
            let _ = writeln!(text, "parameter a{last} = a0");
            text
        }),
        ("unknown names", repeated("", |k| format!("let v{k} = u{k}\n"), "")),
        ("misspelt names", repeated("", |k| format!("let abcdefgh{k} = abcdefgi{k}\n"), "")),
        ("unknown indices", repeated("set S = {a, b}\nparameter q[i in S] = 1\n", |k| format!("let v{k} = q[e{k}]\n"), "")),
        ("unknown factors", repeated(WORLD, |k| format!("country c{k} {{ endowment Z{k} = 1 }}\n"), "")),
        ("unknown goods", repeated(WORLD, |k| format!("let v{k} = output[y{k}]\n"), "")),
        ("arguments", repeated("function f(", |k| format!("a{k}, "), "z) = z\n")),
        ("arguments used", {
            let names: Vec<String> = (0..size() / 16).map(|k| format!("a{k}")).collect();
            format!("function f({}) = {}\nlet v = f({})\n", names.join(", "), names.join(" + "), vec!["1"; names.len()].join(", "))
        }),
        ("a long set", repeated("set S = {e", |k| format!(", e{k}"), "}\nparameter a[i in S] = 1\n")),
        ("a long set of doubles", repeated("set S = {e", |_| ", e".into(), "}\n")),
        ("a long table", {
            let names: Vec<String> = (0..size() / 20).map(|k| format!("e{k}")).collect();
            let rows: Vec<String> = names.iter().rev().map(|n| format!("{n}: 1")).collect();
            format!("set S = {{{}}}\nparameter a[i in S] = {{{}}}\nlet s = sum(i in S) a[i]\n", names.join(", "), rows.join(", "))
        }),
        ("families of millions", {
            let names: Vec<String> = (0..50).map(|k| format!("e{k}")).collect();
            format!("set D = {{{}}}\nparameter big[a in D, b in D, c in D, d in D] = 1\n", names.join(", "))
        }),
        ("sums of families", {
            let names: Vec<String> = (0..100).map(|k| format!("e{k}")).collect();
            format!("set D = {{{}}}\nparameter q[a in D] = 1\nlet v[a in D, b in D] = sum(c in D, d in D) q[c] * q[d]\n", names.join(", "))
        }),
        ("many families", {
            let names: Vec<String> = (0..300).map(|k| format!("e{k}")).collect();
            repeated(&format!("set D = {{{}}}\n", names.join(", ")), |k| format!("parameter p{k}[a in D, b in D] = 1\n"), "")
        }),
        ("functions that double", {
            let mut text = "function f0(a) = a + a\n".to_string();
            (1..60).for_each(|k| text.push_str(&format!("function f{k}(a) = f{}(a) + f{}(a)\n", k - 1, k - 1)));
            text + "parameter q = 1\nlet v = f59(q)\n"
        }),
        ("a long function called often", {
            let sum = vec!["a"; 5000].join(" * 2 + ");
            repeated(&format!("function f(a) = {sum}\nparameter q = 1\n"), |k| format!("let v{k} = f(q)\n"), "")
        }),
        ("a long sum", repeated("parameter q = 1\nlet v = q", |_| " + q".into(), "\n")),
        ("a long product of quotients", repeated("parameter q = 2\nlet v = q", |_| " * q / q".into(), "\n")),
        ("long demand", {
            let goods: Vec<String> = (0..size() / 40).map(|k| format!("g{k}")).collect();
            let declared: Vec<String> = goods.iter().map(|g| format!("good {g} price = 1")).collect();
            let spent: Vec<String> = goods.iter().map(|g| format!("{g}: 1")).collect();
            format!("{WORLD}{}\ndemand cobb_douglas normalized {{ {} }}\n", declared.join("\n"), spent.join(", "))
        }),
        ("channels", repeated(&format!("{WORLD}channels of w {{ a = L"), |k| format!(", c{k} = L"), " }\n")),
        ("changes of a shock", repeated("parameter a = 1\nshock s { a +1%", |_| "  a +1%".into(), " }\n")),
        ("axes of a sweep", repeated("parameter a = 1\nsweep s { a = 1..2 : 3", |_| "  a = 1..2 : 3".into(), " }\n")),
        ("reports", repeated(&format!("{WORLD}report {{ w"), |_| ", w".into(), " }\n")),
        ("equations", repeated("", |k| format!("variable v{k} equation e{k}: v{k} = {k}\n"), "")),
        ("a name of a hundred thousand letters", format!("let {} = {}\n", "a".repeat(size() / 2), "b".repeat(size() / 2))),
        ("long names", repeated("", |k| format!("let a{k}{} = b{k}{}\n", "a".repeat(2000), "b".repeat(2000)), "")),
        ("a string of a hundred thousand letters", format!("model m \"{}\"\nlet a = b\n", "x".repeat(size()))),
        ("one long line", repeated("", |_| "good x \"".into(), "")),
        ("one long line of errors", repeated("", |_| "let a = $ ".into(), "")),
        ("one long line of unknown names", repeated("", |k| format!("let v{k} = u{k} "), "")),
        ("deep brackets", format!("let a = {}1{}\n", "(".repeat(size() / 2), ")".repeat(size() / 2))),
        ("deep powers", repeated("let a = 2", |_| "^2".into(), "\n")),
        ("deep signs", repeated("let a = ", |_| "-".into(), "1\n")),
        ("deep conditions", repeated("let a = ", |_| "if 1 > 2 then 1 else ".into(), "1\n")),
        ("open brackets", "[".repeat(size())),
        ("open comments", "/*".repeat(size() / 2)),
        ("comments", repeated("", |_| "/**/ // x\n".into(), "")),
        ("documentation", repeated("", |_| "/// x\n".into(), "parameter a = 1\n")),
        ("quotes", "\"".repeat(size())),
        ("keywords", repeated("", |_| "demand ".into(), "")),
        ("dots", ".".repeat(size())),
        ("zeroes", "\0".repeat(size())),
        ("bidirectional controls", "\u{202e}".repeat(size() / 3)),
        ("combining marks", format!("let a{} = 1\n", "\u{301}".repeat(size() / 2))),
        ("escapes", format!("model m \"{}\"\n", "\\q".repeat(size() / 2))),
        ("digits", format!("let a = {}\n", "9".repeat(size()))),
        ("lines", "\n".repeat(size())),
        ("a spreadsheet", repeated("", |k| format!("{k},{k}.5,\"x\",=A{k}\n"), "")),
        ("a page", repeated("<html>\n", |k| format!("<p class=\"{k}\">good morning</p>\n"), "")),
    ];
    // Imports of one file under many names, and many of a file that is not there.
    all.push(("imports", repeated("", |k| format!("import \"part.trade\" as a{k}\n"), "")));
    all.push(("lost imports", repeated("", |k| format!("import \"lost{k}.trade\"\n"), "")));
    all
}

/// Exit code, bytes of output, and the codes that were told.
fn checked(file: &Path) -> (Option<i32>, usize, String) {
    let line = format!("ulimit -t {SECONDS}; ulimit -v {KILOBYTES}; exec '{}' check '{}'", env!("CARGO_BIN_EXE_tasktrade"), file.display());
    let out = Command::new("sh").args(["-c", &line]).output().unwrap_or_else(|e| panic!("{e}"));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    (out.status.code(), out.stdout.len() + out.stderr.len(), said.chars().take(400).collect())
}

#[cfg(unix)]
#[test]
fn no_file_takes_more_than_its_size_is_worth() {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    std::fs::write(folder.path().join("part.trade"), "parameter q = 1\n").unwrap_or_else(|e| panic!("{e}"));
    let file = folder.path().join("m.trade");
    let mut failures = Failures::default();
    for (what, text) in files() {
        std::fs::write(&file, &text).unwrap_or_else(|e| panic!("{e}"));
        let began = std::time::Instant::now();
        let (code, said, words) = checked(&file);
        if asked().is_some() {
            println!(
                "{:6.2} s  {what}: {code:?} {}",
                began.elapsed().as_secs_f64(),
                words.lines().next().unwrap_or_default().chars().take(80).collect::<String>()
            );
        }
        failures.check(matches!(code, Some(0 | 1 | 5)), || format!("{what}: ended with {code:?}: {words}"));
        // Errors show some lines, cut to a readable width.
        failures.check(said < 120_000, || format!("{what}: {said} bytes of messages"));
    }
    failures.finish();
}

/// What is refused for its size says the size.
#[cfg(unix)]
#[test]
fn a_refusal_names_the_size() {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    let file = folder.path().join("m.trade");
    let (_, text) = files().into_iter().find(|f| f.0 == "families of millions").unwrap_or_default();
    std::fs::write(&file, text).unwrap_or_else(|e| panic!("{e}"));
    let (code, _, words) = checked(&file);
    assert_eq!(code, Some(1));
    assert!(words.contains("N012") && words.contains("6,250,000") && words.contains("GB"), "{words}");
}
