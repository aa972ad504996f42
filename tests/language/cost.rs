//! Files of every nasty kind: `check` ends with an answer or a refusal within bounds that only work far beyond the file's size could exceed.
//!
//! `TASKTRADE_COST=1000000 cargo test --release --test language cost:: -- --nocapture` holds the law as it is promised: a file of a megabyte within two
//! seconds of processor time and 500 MB; it prints both for each kind. A plain run takes smaller files and the bounds of a build that is not optimised.

use crate::start::tasktrade;
use crate::support;

use std::fmt::Write;
use std::path::Path;
use support::Failures;

/// Bytes of each file. A place that takes work with the square of this shows here as many seconds.
fn size() -> usize {
    asked().unwrap_or(12_000)
}

fn asked() -> Option<usize> {
    std::env::var("TASKTRADE_COST").ok()?.parse().ok()
}

/// Seconds of processor time and megabytes of memory that one check may take.
fn bounds() -> (f64, f64) {
    if asked().is_some() { (2.0, 500.0) } else { (8.0, 500.0) }
}

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
    let outside = |k: usize| format!("country A{k} outside {{ price L = 1 }}\n");
    let set = |tail: &str, per: usize| {
        let names: Vec<String> = (0..size() / per).map(|k| format!("e{k}")).collect();
        format!("set S = {{{}}}\n{tail}\n", names.join(", "))
    };
    let simple = "country Home { endowment L = 1 }\nfactor L price w\n";
    all.extend([
        ("countries outside", repeated(WORLD, outside, "")),
        ("countries and industries", repeated("factor L price w\ngood x price = 1\n", |k| format!("country c{k} {{ endowment L = 1 }}\n"), "industry x { technology leontief { L: 1 } }\ndemand cobb_douglas { x: 1 }\n")),
        ("countries that each make their own", repeated("factor L price w\ngood x price = 1\n", |k| format!("country c{k} {{ endowment L = 1 }} industry x in c{k} {{ technology leontief {{ L: {} }} }}\n", k + 1), "")),
        ("a market of many goods", repeated(simple, |k| format!("good g{k} industry g{k} {{ technology leontief {{ L: 1 }} }}\n"), "numeraire w\n")),
        ("goods that are made of one another", repeated(&format!("{simple}good g0 price = 1\nindustry g0 {{ technology leontief {{ L: 1 }} }}\n"), |k| format!("good g{} nontraded industry g{} {{ technology leontief {{ L: 1, g{k}: 0.1 }} }}\n", k + 1, k + 1), "")),
        ("a family of goods", set(&format!("{simple}good[g in S] price = 1\nindustry[g in S] {{ technology leontief {{ L: 1 }} }}"), 8)),
        ("a family of factors", set("country Home { endowment K[s] = 1 for s in S }\nfactor K[s in S] price r\ngood x price = 1\nindustry x { technology leontief { K[s]: 1 for s in S } }", 8)),
        ("a family of countries", set("factor L price w\ngood x price = 1\ncountry[c in S] { endowment L = 1 }\nindustry x { technology leontief { L: 1 } }", 8)),
        ("countries that trade", set("factor L price w\ngood[g in S]\ncountry[c in S] { endowment L = 1 }\nindustry[g in S] { technology leontief { L: 1 } }\ndemand ces(2) { g: 1 for g in S }", 8)),
        ("variables and equations of a family", set("variable v[s in S]\nequation e[s in S]: v[s] = 1 + sum(t in S) v[t]", 8)),
        ("a family with a guard", set("parameter p[a in S, b in S where a != b] = 1\nlet t[a in S] = sum(b in S where b != a) p[a, b]", 200)),
        ("tables within tables", {
            let names: Vec<String> = (0..(size() as f64 / 12.0).sqrt() as usize).map(|k| format!("e{k}")).collect();
            let row = |_: &String| format!("{{{}}}", names.iter().map(|n| format!("{n}: 1")).collect::<Vec<_>>().join(", "));
            let rows: Vec<String> = names.iter().map(|n| format!("{n}: {}", row(n))).collect();
            format!("set S = {{{}}}\nparameter p[a in S, b in S] = {{{}}}\n", names.join(", "), rows.join(", "))
        }),
        ("lines of tasks", {
            let n = size() / 120;
            let of = |piece: &dyn Fn(usize) -> String| (0..n).map(piece).collect::<String>();
            format!(
                "{simple}{}{}{}tasks T of L {{\n{}}}\n",
                of(&outside),
                of(&|k| format!("good x{k} price = 1\n")),
                of(&|k| format!("industry x{k} {{ technology leontief {{ L: 1 }} }}\n")),
                of(&|k| format!("  offshore Home -> A{k} cost 2 + i in x{k}\n"))
            )
        }),
        ("lines of tasks from everywhere", {
            let n = size() / 100;
            let of = |piece: &dyn Fn(usize) -> String| (0..n).map(piece).collect::<String>();
            format!(
                "factor L price w\ncountry Abroad outside {{ price L = 1 }}\ngood x price = 1\nindustry x {{ technology leontief {{ L: 1 }} }}\n{}tasks T of L {{\n{}}}\n",
                of(&|k| format!("country c{k} {{ endowment L = 1 }}\n")),
                of(&|k| format!("  offshore c{k} -> Abroad cost 2 + i\n"))
            )
        }),
        ("the same line of tasks", repeated(&format!("{WORLD}country A outside {{ price L = 1 }}\ntasks T of L {{\n"), |_| "  offshore Home -> A cost 2 + i\n".into(), "}\n")),
        ("sets of tasks", repeated("country Home { }\ncountry A outside { }\n", |k| format!("factor f{k}\ntasks T{k} of f{k} {{ offshore Home -> A cost 2 }}\n"), "")),
        ("a wide nest", repeated(&WORLD.replace("{ L: 1 } }", "{ L: 1"), |k| format!(", n{k}: 1 * ces(0.5) {{ L: 1 }}"), " } }\n")),
        ("a deep nest", {
            let depth = size() / 24;
            format!("{simple}good x price = 1\nindustry x {{ technology {}leontief {{ L: 1 }}{} }}\n", "leontief { n: 1 * ".repeat(depth), " }".repeat(depth))
        }),
        ("functions", repeated("", |k| format!("function f{k}(a, b) = a + b\n"), "")),
        ("schedules", repeated("", |k| format!("schedule s{k}(i; a) = 1 + a * i\n"), "")),
        ("a schedule of many points", repeated("schedule t(i) = table {0: 1", |k| format!(", {}: {}", (k + 1) as f64 / size() as f64, k + 2), ", 1: 1000000}\n")),
        ("technologies", repeated(simple, |k| format!("technology t{k}(s) = ces(s) {{ L: 1 }}\n"), "")),
        ("shocks", repeated("parameter a = 1\n", |k| format!("shock s{k} {{ a +1% }}\n"), "")),
        ("sweeps", repeated("parameter a = 1\n", |k| format!("sweep s{k} {{ a = 1..2 : 3 }}\n"), "")),
        ("assumptions", repeated("parameter a = 1\n", |_| "assume a > 0\n".into(), "")),
        ("variables at their bounds", repeated("", |k| format!("variable v{k} in [0, inf)\nequation e{k}: v{k} >= {k} complements v{k}\n"), "")),
        ("numeraires", repeated(WORLD, |_| "numeraire w\n".into(), "")),
        ("demands", repeated(WORLD, |_| "demand cobb_douglas { x: 1 }\n".into(), "")),
        ("models", repeated("", |k| format!("model m{k}\n"), "")),
        ("labels", repeated("", |k| format!("parameter a{k} = 1 \"what it is, at length and with β\"\n"), "")),
        ("documentation of each", repeated("", |k| format!("/// What it is.\nparameter a{k} = 1\n"), "")),
        ("endowments", {
            let names: Vec<String> = (0..size() / 40).map(|k| format!("f{k}")).collect();
            let own: Vec<String> = names.iter().map(|n| format!("{n} = 1")).collect();
            format!("country Home {{ endowment {} }}\n{}", own.join(", "), names.iter().map(|n| format!("factor {n}\n")).collect::<String>())
        }),
        ("intervals of one another", repeated("parameter a0 = 1\n", |k| format!("parameter a{} = 1 in [0, a{k} + 1]\n", k + 1), "")),
        ("look-alikes", repeated("", |k| format!("let a{k} = 1\nlet \u{430}{k} = 1\n"), "")),
    ]);
    // Imports of one file under many names, and many of a file that is not there.
    all.push(("imports", repeated("", |k| format!("import \"part.trade\" as a{k}\n"), "")));
    all.push(("lost imports", repeated("", |k| format!("import \"lost{k}.trade\"\n"), "")));
    all
}

/// What one check came to.
struct Checked {
    code: Option<i32>,
    /// Bytes of output.
    said: usize,
    words: String,
    /// Of processor time.
    seconds: f64,
    megabytes: f64,
}

#[cfg(unix)]
fn checked(file: &Path) -> Checked {
    use std::os::unix::process::CommandExt;
    let said = tempfile::tempfile().unwrap_or_else(|e| panic!("{e}"));
    let copy = || said.try_clone().unwrap_or_else(|e| panic!("{e}"));
    let mut command = tasktrade(["check"]);
    command.arg(file).stdout(copy()).stderr(copy());
    let limit = |resource, most: u64| unsafe { libc::setrlimit(resource, &libc::rlimit { rlim_cur: most, rlim_max: most }) };
    // SAFETY: only async-signal-safe calls between fork and exec.
    unsafe {
        command.pre_exec(move || {
            // What goes on for ever is ended; bounds proper are judged by what was taken.
            limit(libc::RLIMIT_CPU, 60);
            limit(libc::RLIMIT_AS, 4_000_000_000);
            Ok(())
        })
    };
    // `wait4` below waits for it, and tells what it took.
    #[allow(clippy::zombie_processes)]
    let child = command.spawn().unwrap_or_else(|e| panic!("{e}"));
    let mut status = 0;
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both places are written before they are read; nobody else waits for this child.
    let ended = unsafe { libc::wait4(child.id() as i32, &mut status, 0, &mut used) };
    assert_eq!(ended, child.id() as i32, "the child is lost");
    let seconds = |t: libc::timeval| t.tv_sec as f64 + 1e-6 * t.tv_usec as f64;
    let bytes = {
        use std::io::{Read, Seek};
        let mut file = copy();
        let mut bytes = Vec::new();
        let _ = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
        bytes
    };
    // macOS counts bytes, Linux kilobytes.
    let unit = if cfg!(target_os = "macos") { 1e6 } else { 1e3 };
    Checked {
        code: libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)),
        said: bytes.len(),
        words: String::from_utf8_lossy(&bytes).chars().take(400).collect(),
        seconds: seconds(used.ru_utime) + seconds(used.ru_stime),
        megabytes: used.ru_maxrss as f64 / unit,
    }
}

#[cfg(unix)]
#[test]
fn no_file_takes_more_than_its_size_is_worth() {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    std::fs::write(folder.path().join("part.trade"), "parameter q = 1\n").unwrap_or_else(|e| panic!("{e}"));
    let all = files();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Failures::default()));
    let work = |number: usize| {
        let file = folder.path().join(format!("m{number}.trade"));
        while let Some((what, text)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            std::fs::write(&file, text).unwrap_or_else(|e| panic!("{e}"));
            let c = checked(&file);
            if asked().is_some() {
                let first: String = c.words.lines().next().unwrap_or_default().chars().take(80).collect();
                println!("{:6.2} s {:5.0} MB {what}: {:?} {first}", c.seconds, c.megabytes, c.code);
            }
            let Ok(mut failures) = failures.lock() else { return };
            failures.check(matches!(c.code, Some(0 | 1 | 5)), || format!("{what}: ended with {:?}: {}", c.code, c.words));
            let (seconds, megabytes) = bounds();
            failures.check(c.seconds <= seconds && c.megabytes <= megabytes, || format!("{what}: {:.1} s, {:.0} MB", c.seconds, c.megabytes));
            // Errors show some lines, cut to a readable width.
            failures.check(c.said < 120_000, || format!("{what}: {} bytes of messages", c.said));
        }
    };
    std::thread::scope(|s| {
        (0..2).for_each(|number| {
            drop(s.spawn({
                let work = &work;
                move || work(number)
            }))
        })
    });
    failures.into_inner().unwrap_or_else(|e| panic!("{e}")).finish();
}

/// What is refused for its size says the size.
#[cfg(unix)]
#[test]
fn a_refusal_names_the_size() {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    let file = folder.path().join("m.trade");
    let (_, text) = files().into_iter().find(|f| f.0 == "families of millions").unwrap_or_default();
    std::fs::write(&file, text).unwrap_or_else(|e| panic!("{e}"));
    let c = checked(&file);
    assert_eq!(c.code, Some(1));
    assert!(c.words.contains("N012") && c.words.contains("6,250,000") && c.words.contains("GB"), "{}", c.words);
}
