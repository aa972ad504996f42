//! Data from files: columns as sets and parameters, and growth over ordered sets.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            let path = folder.0.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        folder
    }

    /// `tasktrade COMMAND FILE ARGUMENTS --json`, and its exit code.
    fn ask(&self, command: &str, file: &str, arguments: &[&str]) -> (Value, i32) {
        let out = Command::new(crate::start::BINARY)
            .arg(command)
            .arg(self.0.path().join(file))
            .args(arguments)
            .arg("--json")
            .output()
            .expect("tasktrade runs");
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        (serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}")), out.status.code().unwrap_or(-1))
    }

    #[track_caller]
    fn value(&self, file: &str, name: &str) -> f64 {
        let (json, code) = self.ask("solve", file, &[]);
        json["variables"][name].as_f64().unwrap_or_else(|| panic!("{code}: no {name} in {json}"))
    }

    #[track_caller]
    fn refused(&self, file: &str, code: &str, words: &[&str]) {
        let (json, exit) = self.ask("check", file, &[]);
        let found: Vec<&Value> = json["diagnostics"].as_array().into_iter().flatten().filter(|d| d["severity"] == "error").collect();
        assert!(exit != 0 && !found.is_empty(), "{json}");
        assert!(found.iter().all(|d| d["code"] == code), "{json}");
        let told = found.iter().map(|d| format!("{} {}", d["message"], d["help"])).collect::<String>();
        for w in words {
            assert!(told.contains(w), "{w} is not in {told}");
        }
    }
}

const WAGES: &str = "# published\nYear,\"low, skilled\",cpi,tfp,tot\n1997,10,1,1,1\n1998,10.2,1.02,1.01,1\n1999,10.5,1.04,1.02,0.99\n";

const ACCOUNTS: &str = "model accounts
set Year = load \"wages.csv\" column \"year\" ordered
parameter wage[t in Year] = load \"wages.csv\" column \"low, skilled\"
parameter cpi[t in Year]  = load \"wages.csv\"  column \"cpi\"
parameter tfp[t in Year]  = load \"wages.csv\" column \"tfp\"
parameter tot[t in Year]  = load \"wages.csv\" column \"tot\"
parameter theta_M = 0.76 in (0, 1)
parameter theta_X = 0.44 in (0, 1)
let alpha1 = (1 - theta_M) / (theta_M - theta_X)
let real_wage[t in Year] = wage[t] / cpi[t] * cpi[first(Year)]
let residual[t in Year where t != first(Year)] = growth(real_wage, t) - growth(tfp, t) + alpha1 * growth(tot, t)
let lagged[t in Year where t > 1997] = wage[t - 1]
let ahead[t in Year where t < last(Year)] = wage[t + 1]
let span = rate(wage, 1997, last(Year))
report { alpha1, residual[t] for t in Year where t != first(Year) }
";

/// The program of an account: no industries, no numeraire, and the numbers that follow from the table.
#[test]
fn accounts_are_read_from_a_table() {
    let f = Folder::new(&[("a.trade", ACCOUNTS), ("wages.csv", WAGES)]);
    let near = |name: &str, want: f64| assert!((f.value("a.trade", name) - want).abs() < 1e-14, "{name}: {}", f.value("a.trade", name));
    near("residual[1998]", (10.2f64 / 1.02 / 10.0).ln() - 1.01f64.ln());
    near("residual[1999]", (10.5f64 / 1.04 / (10.2 / 1.02)).ln() - (1.02f64 / 1.01).ln() + 0.75 * 0.99f64.ln());
    near("lagged[1999]", 10.2);
    near("ahead[1997]", 10.2);
    near("span", (10.5f64 / 10.0).sqrt() - 1.0);
    let (json, code) = f.ask("solve", "a.trade", &["--set", "wage[1998] = 11"]);
    assert!(code == 0 && json["parameters"]["wage[1998]"] == 11.0, "{json}");
    let (json, code) = f.ask("sweep", "a.trade", &["wage[1999] = 10..12 : 3"]);
    assert!(code == 0 && json["rows"].as_array().is_some_and(|r| r.len() == 3), "{json}");
    // The program is written as it was.
    let out = Command::new(crate::start::BINARY).arg("fmt").arg(f.0.path().join("a.trade")).output().expect("runs");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains("set Year = load \"wages.csv\" column \"year\" ordered"), "{text}");
}

/// A table in a file is the table that could have been written: long, wide, with other heads and separators, in any order of rows.
#[test]
fn a_loaded_table_is_the_table_written() {
    let (rows, columns) = (["food", "cars", "rest of it"], ["2001", "2002"]);
    let cell = |i: usize, j: usize| [[1.5, -2.25e-3], [1e12, 7.0], [0.1, 3.0]][i][j];
    let inline: Vec<String> =
        (0..3).map(|i| format!("\"{}\": {{2001: {:?}, 2002: {:?}}}", rows[i], cell(i, 0), cell(i, 1)).replace("-", "-")).collect();
    let written = format!(
        "set G = {{food, cars, \"rest of it\"}} set T = {{2001, 2002}} ordered parameter v[g in G, t in T] = {{{}}} let x[g in G, t in T] = v[g, t] report {{ \
         x[g, t] for g in G, t in T }}",
        inline.join(", ")
    );
    let mut long: Vec<String> =
        (0..3).flat_map(|i| (0..2).map(move |j| (i, j))).map(|(i, j)| format!("{},{},{:?}", rows[i], columns[j], cell(i, j))).collect();
    long.reverse();
    let long = format!("\u{FEFF}g,T,value\r\n{}\r\n", long.join("\r\n"));
    let semicolons = long.replace(',', ";").replace("g;T;value", "sector;year;amount");
    let wide: Vec<String> = (0..3).map(|i| format!("{}\t{:?}\t{:?}", rows[i], cell(i, 0), cell(i, 1))).collect();
    let wide = format!("g\t2001\t2002\n{}\n", wide.join("\n"));
    let with = |load: &str| {
        let head = "set G = {food, cars, \"rest of it\"} set T = {2001, 2002} ordered parameter v[g in G, t in T] = ";
        format!("{head}{load} let x[g in G, t in T] = v[g, t] report {{ x[g, t] for g in G, t in T }}")
    };
    let f = Folder::new(&[
        ("written.trade", &written),
        ("long.trade", &with("load \"data/long.csv\"")),
        ("by.trade", &with("load \"data/semi.csv\" by \"sector\", \"year\" column \"amount\"")),
        ("wide.trade", &with("load \"data/wide.tsv\" wide")),
        ("data/long.csv", &long),
        ("data/semi.csv", &semicolons),
        ("data/wide.tsv", &wide),
        ("import.trade", "import \"lib/part.trade\" let y[g in G] = sum(t in T) v[g, t] report { y[g] for g in G }"),
        (
            "lib/part.trade",
            "set G = load \"../data/long.csv\" column \"g\" set T = {2001, 2002} parameter v[g in G, t in T] = load \"../data/long.csv\"",
        ),
    ]);
    let want = f.ask("solve", "written.trade", &[]).0["variables"].clone();
    assert_eq!(want.as_object().map(|o| o.len()), Some(6), "{want}");
    for file in ["long.trade", "by.trade", "wide.trade"] {
        assert_eq!(f.ask("solve", file, &[]).0["variables"], want, "{file}");
    }
    // An imported file's data lie beside it.
    assert_eq!(f.value("import.trade", "y[food]"), 1.5 - 2.25e-3);
}

/// What is wrong with a table is said with its line and column, all at once.
#[test]
fn a_wrong_cell_is_named_by_line_and_column() {
    let program = "set T = {1997, 1998, 1999} ordered parameter v[t in T] = load \"v.csv\" report { v[1997] }";
    let told = |csv: &str, code: &str, words: &[&str]| Folder::new(&[("p.trade", program), ("v.csv", csv)]).refused("p.trade", code, words);
    told("t,v\n1997,1\n1998,2\n", "F012", &["v[1999]"]);
    told("t,v\n1997,1\n1998,n/a\n1999,\n", "F012", &["line 3, column `v`", "`n/a` is no number", "line 4", "no value"]);
    told("t,v\n1997,1\n1998,2\n1998,3\n1999,4\n", "F012", &["line 4", "second value", "line 3"]);
    told("t,v\n1997,1\n1998,2\n1999,3\n2000,4\n", "F012", &["line 5, column `t`", "`2000` is no element of T"]);
    told("t,v\n1997,1,5\n1998,2\n1999,3\n", "F012", &["line 2", "header has 2"]);
    told("year,a,b\n1997,1,5\n1998,2,5\n1999,3,5\n", "F011", &["no column for the index `t`"]);
    told("t,a,b\n1997,1,5\n1998,2,5\n1999,3,5\n", "F011", &["which column"]);
    told("t,a,a\n1997,1,5\n", "F014", &["two columns are called `a`"]);
    Folder::new(&[("p.trade", program)]).refused("p.trade", "F014", &["no such file"]);
    let named = program.replace("\"v.csv\"", "\"v.csv\" column \"vlue\"");
    Folder::new(&[("p.trade", &named), ("v.csv", "t,value\n1997,1\n1998,2\n1999,3\n")]).refused("p.trade", "F011", &["did you mean `value`"]);
    Folder::new(&[("p.trade", &program.replace("v.csv", "v.parquet")), ("v.parquet", "x")]).refused("p.trade", "F014", &["save the table as CSV"]);
}

/// Order is asked only of sets that have one, and not across gaps.
#[test]
fn order_is_that_of_ordered_sets() {
    let told = |program: &str, code: &str, words: &[&str]| Folder::new(&[("p.trade", program)]).refused("p.trade", code, words);
    let over = |set: &str, body: &str| format!("set T = {set} parameter v[t in T] = 2 {body}");
    told(&over("{a, b}", "let x = v[first(T)]"), "N053", &["ordered"]);
    told(&over("{a, b}", "let x[t in T] = growth(v, t)"), "N053", &["ordered"]);
    told(&over("{a, b} ordered", "let x[t in T] = growth(v, t)"), "N051", &["first(T)"]);
    told(&over("{a, b} ordered", "let x[t in T] = v[t - 1]"), "N051", &["before `a`"]);
    told(&over("{1997, 1999, 2000} ordered", "let x[t in T where t != first(T)] = growth(v, t)"), "N052", &["rate(x, 1997, 1999)"]);
    told(&over("{a, b}", "let x[t in T where t < b] = v[t]"), "N014", &["ordered"]);
    told(&over("{a, b} ordered", "let x = growth(v)"), "N023", &["growth(x, t)"]);
    let fine = over(
        "{1997, 1999, 2000} ordered",
        "let x = rate(v, 1997, 2000) let y[t in T where t >= 1999] = v[t] let z = pct(v, 2000) let first_year = v[first(T)] report { x, z, y[2000] }",
    );
    let f = Folder::new(&[("p.trade", &fine)]);
    assert_eq!((f.value("p.trade", "x"), f.value("p.trade", "z"), f.value("p.trade", "y[1999]")), (0.0, 0.0, 2.0));
    // The words stay names.
    let names = "parameter load = 2 parameter ordered = 3 parameter column = load + ordered parameter by = 1 parameter wide = load * by let first = column report { first }";
    assert_eq!(Folder::new(&[("p.trade", names)]).value("p.trade", "first"), 5.0);
}

/// Results never replace the table that a program is read from.
#[test]
fn a_table_that_is_read_is_not_written_over() {
    let f = Folder::new(&[("a.trade", ACCOUNTS), ("wages.csv", WAGES)]);
    let csv = f.0.path().join("wages.csv");
    let (json, code) = f.ask("sweep", "a.trade", &["wage[1999] = 10..12 : 3", "--out", &csv.display().to_string()]);
    assert!(code != 0 && json["diagnostics"][0]["code"] == "F004", "{json}");
    assert_eq!(std::fs::read_to_string(&csv).ok().as_deref(), Some(WAGES));
    let _: &Path = &csv;
}

/// An element that several ordered sets have is that of the family's own set, never that of the first of them by name.
#[test]
fn an_element_of_several_ordered_sets() {
    let text = "model m
set Year = {1997, 1998, 2004} ordered
set Period = {1997, 2004} ordered
parameter v[t in Year] = {1997: 1, 1998: 2, 2004: 4}
parameter u[t in Period] = {1997: 1, 2004: 4}
parameter p = 1999
let by_year = rate(v, 1997, 2004)
let by_period = rate(u, 1997, 2004)
let late = sum(t in Year where 1998 < t) v[t]
let early = sum(t in Year where t <= 1998) v[t]
let number = if p == 2004 - 5 then 1 else 0
";
    let f = Folder::new(&[("m.trade", text)]);
    assert!((f.value("m.trade", "by_year") - (4f64.powf(1.0 / 7.0) - 1.0)).abs() < 1e-12);
    assert!((f.value("m.trade", "by_period") - 3.0).abs() < 1e-12);
    assert_eq!((f.value("m.trade", "late"), f.value("m.trade", "early")), (4.0, 3.0));
    // A number that is computed is one, though a year of the same name exists.
    assert_eq!(f.value("m.trade", "number"), 1.0);
    let unlike =
        text.replace("set Period = {1997, 2004}", "set Period = {1997, 1998, 2004, 2005}").replace("u[t in Period] = {1997: 1, 2004: 4}", "u = 1");
    let unlike =
        unlike.replace("rate(u, 1997, 2004)", "v[2004 - 1]").replace("v[t in Year] = {1997: 1, 1998: 2, 2004: 4}", "v[t in {1997, 2004}] = 1");
    let f = Folder::new(&[("m.trade", &unlike.replace("set Year = {1997, 1998, 2004}", "set Year = {1997, 2003, 2004}"))]);
    let (json, exit) = f.ask("check", "m.trade", &[]);
    assert!(exit != 0 && json["diagnostics"].to_string().contains("several ordered sets"), "{json}");
}

/// Elements and heads of a file are spelt as those of a program: composed, without invisible characters.
#[test]
fn names_from_files_are_spelt_as_in_programs() {
    let text = "model m\nset G = load \"a.csv\" column \"cafe\u{301}\"\nparameter v[g in G] = load \"a.csv\" by \"caf\u{e9}\" column \"v\"\nlet x = v[\"\u{e9}t\u{e9}\"]\n";
    let f = Folder::new(&[("a.csv", "cafe\u{301},v\ne\u{301}te\u{301},2\nb,3\n"), ("m.trade", text)]);
    assert_eq!(f.value("m.trade", "x"), 2.0);
    let f = Folder::new(&[("a.csv", "caf\u{e9},v\nx\u{200d},2\nx,3\n"), ("m.trade", &text.replace("v[\"\u{e9}t\u{e9}\"]", "1"))]);
    f.refused("m.trade", "F012", &["U+200D"]);
}

/// `plot` over an ordered set: a family's members at the numbers that the elements are.
#[test]
fn families_are_drawn_over_their_set() {
    let text = "set Year = {1997, 2004, 2006} ordered\nset G = {a, b}\nparameter x[g in G, t in Year] = {a: {1997: 1, 2004: 3, 2006: 2}, b: {1997: 4, 2004: 5, 2006: 6}}\n\
                let twice[t in Year] = 2 * x[a, t]\nreport { twice[1997] }\n";
    let told = crate::ask::ask("plot", text, &["twice, x[b] over Year"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert_eq!(told.json["at"], serde_json::json!(["1997", "2004", "2006"]));
    assert_eq!(told.json["series"]["twice"], serde_json::json!([2.0, 6.0, 4.0]));
    assert_eq!(told.json["series"]["x[b]"], serde_json::json!([4.0, 5.0, 6.0]));
    // One slip is one error, however many members there are.
    let told = crate::ask::ask("plot", text, &["thrice over Year"]);
    assert_eq!(told.codes(), ["N001"], "{}", told.stderr);
}

/// A schedule whose points come from a file is the schedule with those points written out; rows stand in any order.
#[test]
fn loaded_points_are_the_points_written() {
    let program = |schedule: &str| {
        format!(
            "schedule t(i) = {schedule}\ncountry Home {{ endowment L = 80, H = 110 }}\ncountry India outside {{ price L = 0.3 }}\nfactor L price w\n\
             factor H price s\ntasks T of L {{ offshore Home -> India cost 1.1 * t(i) margin I bill Omega }}\ngood y price = 1\n\
             industry y {{ technology ces(0.6) {{ L: 0.6, H: 0.4 }} }}\n"
        )
    };
    let pairs = [
        ("load \"t.csv\"", "table {0: 1.1, 0.4: 2, 1: 4}"),
        ("table load \"t.csv\" by \"task\" column \"cost\"", "table {0: 1.1, 0.4: 2, 1: 4}"),
        ("smooth table load \"t.csv\"", "smooth table {0: 1.1, 0.4: 2, 1: 4}"),
        ("steps load \"s.csv\" by \"end\" column \"t\"", "steps {0.4: 2, 0.7: 2.6, 1: 4}"),
    ];
    for (loaded, written) in pairs {
        let f = Folder::new(&[
            ("loaded.trade", &program(loaded)),
            ("written.trade", &program(written)),
            ("t.csv", "cost,task\n4,1\n1.1,0\n2,0.4\n"),
            ("s.csv", "end,t,note\n0.7,2.6,b\n0.4,2,a\n1,4,c\n"),
        ]);
        for name in ["w", "s", "I", "Omega", "output[y]"] {
            assert_eq!(f.value("loaded.trade", name), f.value("written.trade", name), "{loaded}: {name}");
        }
    }
    let refused = |load: &str, file: &str, code: &str, words: &[&str]| {
        Folder::new(&[("m.trade", &program(load)), ("t.csv", file)]).refused("m.trade", code, words);
    };
    refused("load \"t.csv\"", "task,cost\n0,1\n0.5,x\n1,\n", "F012", &["line 3", "`x` is no number", "line 4", "no value stands there"]);
    refused("load \"t.csv\"", "task,cost\n0,1\n0,2\n1,3\n", "F012", &["line 3", "a second value at this task"]);
    refused("load \"t.csv\"", "where,cost\n0,1\n1,3\n", "F011", &["no column for the task `i`", "`task`"]);
    refused("load \"t.csv\"", "task,a,b\n0,1,1\n1,3,2\n", "F011", &["which column", "`t`"]);
    refused("load \"t.csv\"", "task,cost\n0,1\n0.9,3\n", "M009", &["does not cover all tasks"]);
    refused("steps load \"t.csv\"", "task,cost\n0.5,3\n1,2\n", "M009", &["these steps do not cover all tasks in order"]);
    refused("load \"u.csv\"", "", "F014", &["u.csv"]);
}
