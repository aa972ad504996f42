//! The page that `report` writes: well formed, self-contained, escaped, the same each time.

use crate::start::{ended, tasktrade};
use crate::support;

use serde_json::Value;
use std::path::Path;
use support::{Failures, files, root, stem};

/// A run of `report`: exit code, the page if one was written, the JSON answer.
struct Made {
    code: i32,
    page: String,
    json: Value,
}

fn report(model: &Path, extra: &[&str]) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("page.html");
    let run = ended(tasktrade(["report", "--json", "--html"]).arg(&out).arg(model).args(extra));
    Made {
        code: run.status.code().unwrap_or(-1),
        page: std::fs::read_to_string(&out).unwrap_or_default(),
        json: serde_json::from_slice(&run.stdout).unwrap_or(Value::Null),
    }
}

fn report_of(text: &str, extra: &[&str]) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("model.trade");
    std::fs::write(&file, text).expect("a model is written");
    report(&file, extra)
}

/// Without the engine: what the page holds otherwise does not depend on it.
const PLAIN: &[&str] = &["--worker", "/no/such/program"];

/// Elements that HTML closes by itself.
const VOID: [&str; 4] = ["meta", "br", "link", "hr"];

/// Walks over a page's tags: the elements left open or closed out of turn, and each tag's text.
fn tags(page: &str) -> Result<Vec<String>, String> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let mut end = None;
        let mut quoted = false;
        for (k, c) in rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '<' => return Err(format!("a bracket inside <{}", &rest[..k.min(60)])),
                '>' if !quoted => {
                    end = Some(k);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else { return Err("a tag without its end".into()) };
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        all.push(tag.to_string());
        let name: String = tag.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        if tag.starts_with('!') || tag.ends_with('/') || VOID.contains(&name.as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            match open.pop() {
                Some(last) if last == name => {}
                last => return Err(format!("</{name}> closes {last:?}")),
            }
        } else {
            open.push(name.clone());
            if name == "style" {
                let close = rest.find("</style>").ok_or("an open style")?;
                rest = &rest[close..];
            }
        }
    }
    if open.is_empty() { Ok(all) } else { Err(format!("open at the end: {open:?}")) }
}

/// Well formed, nothing to fetch, nothing that runs, ids once and links to them.
fn sound(failures: &mut Failures, name: &str, page: &str) {
    let found = match tags(page) {
        Ok(found) => found,
        Err(e) => return failures.add(format!("{name}: {e}")),
    };
    let attribute = |key: &str| -> Vec<String> {
        let start = format!(" {key}=\"");
        found.iter().filter_map(|t| t.split_once(&start)?.1.split_once('"').map(|x| x.0.to_string())).collect()
    };
    for tag in &found {
        failures.check(!tag.starts_with("script") && !tag.starts_with("link") && !tag.starts_with("iframe"), || format!("{name}: <{tag}>"));
        let handler = tag.split_whitespace().skip(1).any(|a| a.starts_with("on") && a.contains('='));
        failures.check(!handler, || format!("{name}: a handler in <{tag}>"));
    }
    for place in ["src", "href", "xmlns", "data", "action"].iter().flat_map(|k| attribute(k)) {
        failures.check(place.starts_with('#'), || format!("{name}: reaches for {place}"));
    }
    failures.check(!page.contains("url(") && !page.contains("@import"), || format!("{name}: the style fetches"));
    let mut ids = attribute("id");
    ids.sort();
    let count = ids.len();
    ids.dedup();
    failures.check(count == ids.len(), || format!("{name}: an id twice"));
    for link in attribute("href") {
        failures.check(ids.contains(&link.trim_start_matches('#').to_string()), || format!("{name}: {link} leads nowhere"));
    }
    failures.check(page.contains("<html lang=\"en\">") && page.contains("<title>"), || format!("{name}: no language or title"));
    let figures = found.iter().filter(|t| t.starts_with("figure")).count();
    let captions = found.iter().filter(|t| t.starts_with("figcaption")).count();
    failures.check(figures == captions, || format!("{name}: {figures} figures, {captions} captions"));
    for svg in found.iter().filter(|t| t.starts_with("svg")) {
        failures.check(svg.contains("role=\"img\""), || format!("{name}: <{svg}> has no role"));
    }
    failures.check(!page.contains("NaN") && !page.contains("xmlns"), || format!("{name}: NaN or a name space"));
}

#[test]
fn every_example_has_a_page() {
    let mut failures = Failures::default();
    for file in files("examples", "trade") {
        let name = stem(&file);
        let made = report(&file, PLAIN);
        failures.check(made.code == 0, || format!("{name}: exit {}: {}", made.code, made.json["diagnostics"]));
        sound(&mut failures, &name, &made.page);
        for id in ["equilibrium", "model", "equations", "formulas", "effects", "diagnostics"] {
            failures.check(made.page.contains(&format!("<section id=\"{id}\"")), || format!("{name}: no section {id}"));
        }
        let holds = &made.json["holds"];
        failures.check(holds["equilibrium"] == true && holds["equations"].as_u64() > Some(0), || format!("{name}: {holds}"));
        let text = std::fs::read_to_string(&file).expect("an example");
        let shocks = text.lines().filter(|l| l.starts_with("shock")).count();
        failures.check(holds["shocks"].as_array().is_some_and(|s| s.len() == shocks), || format!("{name}: not all shocks: {holds}"));
        let sweeps = text.lines().filter(|l| l.starts_with("sweep")).count();
        let drawn =
            holds["pictures"].as_array().into_iter().flatten().filter(|p| p.as_str().is_some_and(|p| p.contains("range of the sweep"))).count();
        failures.check(drawn >= sweeps, || format!("{name}: {sweeps} sweeps, {drawn} pictures of them"));
    }
    failures.finish();
}

#[test]
fn a_page_is_the_same_each_time_and_from_anywhere() {
    let file = root().join("examples/small_ho.trade");
    let (a, b) = (report(&file, PLAIN), report(Path::new("examples/small_ho.trade"), PLAIN));
    assert!(!a.page.is_empty());
    assert_eq!(a.page, b.page);
}

#[test]
fn a_page_without_the_engine_says_so_and_is_complete_otherwise() {
    let made = report(Path::new("examples/small_ho.trade"), PLAIN);
    assert_eq!(made.code, 0);
    assert!(made.page.contains("Formulas are not here:"), "{}", made.json["holds"]);
    for word in ["<h3>Zero profit</h3>", "Exact split by channel", "<figure>", "How long the regime holds"] {
        assert!(made.page.contains(word), "{word}");
    }
    let notes = made.json["holds"]["notes"].as_array().map_or(0, Vec::len);
    assert_eq!(notes, 1, "{}", made.json["holds"]);
}

#[test]
#[cfg(feature = "symbolic")]
fn formulas_are_set_in_mathml() {
    let made = report(Path::new("examples/small_ho.trade"), &[]);
    assert_eq!(made.json["holds"]["formulas"], 2, "{}", made.json);
    let hat = |letter: &str| format!("<mover accent=\"true\"><mi>{letter}</mi><mo stretchy=\"false\">^</mo></mover>");
    assert!(made.page.contains(&format!(
        "<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac><mo>=</mo><mo>−</mo><mfrac><mrow><mi>γ</mi></mrow>",
        hat("w"),
        hat("β")
    )));
    assert!(made.page.contains("formula −0.228066, solver −0.228066"));
}

#[test]
fn hostile_labels_stay_text() {
    let evil = "</title></p><script>alert(1)</script> & <img src=x onerror=alert(2)> ' `";
    let text = format!(
        "model evil \"{evil}\"\n// {evil}\nparameter beta = 1.3 \"{evil}\"\n/// {evil}\nschedule t(i) = 1 + i\ncountry Home {{ endowment L = 100, H = 110 }}\n\
         country \"A<b>&\" mark \"*\" outside {{ price L = 0.5 }}\nfactor L \"{evil}\" price w\nfactor H \"{evil}\" price s\n\
         tasks T of L \"{evil}\" {{ offshore Home -> \"A<b>&\" cost beta * t(i) margin I bill Omega }}\n\
         good x \"{evil}\" price p = 1.2\ngood y \"{evil}\" price = 1\nindustry x {{ technology ces(0.6) {{ L: 0.3, H: 0.7 }} }}\n\
         industry y {{ technology ces(0.6) {{ L: 0.6, H: 0.4 }} }}\ndemand cobb_douglas {{ x: 0.5, y: 0.5 }}\n\
         report {{ w, s, I }}\nchannels of w {{ productivity = Omega, relative_price = p, labor_supply = I }}\nshock cheaper {{ beta -10% }}\nsweep path {{ beta = 1.2..1.4 : 5 }}\n"
    );
    let made = report_of(&text, PLAIN);
    assert!(!made.page.is_empty(), "{}", made.json);
    let mut failures = Failures::default();
    sound(&mut failures, "evil", &made.page);
    failures.check(!made.page.contains("<script") && !made.page.contains("<img"), || "markup came through".into());
    failures.check(made.page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), || "the label is not on the page".into());
    failures.finish();
}

#[test]
fn a_page_without_an_equilibrium_says_why() {
    let text = "model stuck\nparameter a = 0 - 1\nvariable v in [0, inf)\nequation e: v * v = a\n";
    let made = report_of(text, PLAIN);
    assert_eq!(made.code, 3, "{}", made.json);
    assert!(made.page.contains("class=\"problem\"") && made.page.contains("<section id=\"equations\""));
    let mut failures = Failures::default();
    sound(&mut failures, "stuck", &made.page);
    failures.finish();
}

#[test]
fn settings_are_named_and_a_missing_folder_is_told() {
    let made = report(Path::new("examples/small_ho.trade"), &["--worker", "/no/such/program", "--set", "beta=1.2"]);
    assert!(made.page.contains("Set by hand: <code>beta = 1.2</code>"));
    let args = ["report", "examples/small_ho.trade", "--html", "/no/such/folder/a.html", "--worker", "/no/such/program"];
    let run = ended(&mut tasktrade(args));
    assert_eq!(run.status.code(), Some(5), "{}", String::from_utf8_lossy(&run.stderr));
}

/// `UPDATE_GOLDEN=1 cargo test --test output report::` writes it anew.
#[test]
fn the_page_of_one_example() {
    let made = report(Path::new("examples/stolper_samuelson.trade"), PLAIN);
    let golden = root().join("tests/output/stolper_samuelson.html");
    // Why the engine is out of reach depends on how the program was built.
    let page: String = made.page.lines().filter(|l| !l.contains("Formulas are not here:")).map(|l| format!("{l}\n")).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &page).expect("the golden page is written");
    }
    let want = std::fs::read_to_string(&golden).expect("the golden page");
    let differs = page.lines().zip(want.lines()).position(|(a, b)| a != b);
    assert!(page == want, "line {differs:?} differs: UPDATE_GOLDEN=1 cargo test --test output report:: writes the page anew");
}
