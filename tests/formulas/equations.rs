//! The printed system: what it says is what the system is, and how it looks.

use crate::equations_support;
use crate::support;

use equations_support::{Evaluator, Values};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use tasktrade::expr::eval::evaluate;
use tasktrade::expr::{NodeId, Sym};
use tasktrade::lower::lower;
use tasktrade::model::{Economy, build, load};
use tasktrade::present::equations::{self, Target};
use tasktrade::source::{FileId, SourceMap};
use tasktrade::syntax::parser;
use tasktrade::system::{Role, System};

/// A model with quoted elements, nests, specific factors, markups that name unknowns, a non-traded good and equations of its own.
const ODD: &str = r#"
model odd "50% of_odd & “quoted” things #1 – naïve Łódź 中"
set R = {"Rest of World", "A&B", c_1}
set G = {food, cars}
factor L "labor {brace}" price w
factor H price β
factor K[g in G] specific to g price r
parameter sig[g in G] = {food: 0.7, cars: 1.4} in (0, inf)
parameter βx = 0.3 "β of x^2"
parameter wide[g in G, r in R] = {food: {"Rest of World": 1, "A&B": 2, c_1: 3}, cars: {"Rest of World": 1.5, "A&B": 2.5, c_1: 3.5}}
country[r in R] { endowment L = 10, H = 2 * βx, K[g] = 3 for g in G }
good[g in G] price p
good house "house" nontraded
industry[g in G] { technology ces(sig[g]) { L: 0.3, VA: 0.5 * ces(1) { H: 0.4, K[g]: 0.6 }, cars: 0.2 }  markup 1 + 0.1 * w["A&B"]  productivity 1.1 }
industry house { technology leontief { L: 1, food: 0.1 } }
demand ces(2) { food: 1, cars: 2, house: 1 }
numeraire price_index["A&B"]
function sq(a) = a^2
let v[r in R] = if r == c_1 then sqrt(w[r]) else abs(w[r]) - max(1, w[r]) // a comment
let total = sum(r in R, g in G where g != food) p[g] * output[g, r] / (w[r] + 1)^-2
let e = -(w[c_1] - 1)^2 + exp(-βx * 2)
variable q in [0, 5] "quota"
equation lim: sq(w[c_1]) >= q
  complements q
report { v[r] for r in R, theta[L, food, c_1], exports[food, c_1] }
"#;

struct Model {
    name: String,
    system: System,
    economy: Economy,
    sources: SourceMap,
}

fn lowered(name: String, program: load::Program) -> Model {
    let (mut economy, found) = build(&program);
    assert!(!program.diagnostics.has_errors() && !found.has_errors(), "{name}: {:?} {:?}", program.diagnostics.list, found.list);
    let accounts = tasktrade::accounts::post(&mut economy);
    let system = lower(&mut economy, &accounts).unwrap_or_else(|d| panic!("{name}: {:?}", d.list));
    Model { name, system, economy, sources: program.sources }
}

fn from_text(name: &str, text: &str) -> Model {
    lowered(name.into(), load::load_text(name, text, Path::new(name), &load::Disk))
}

fn from_file(path: &Path) -> Model {
    let program = load::load_file(path, &load::Disk).unwrap_or_else(|d| panic!("{}: {d:?}", path.display()));
    // Paths differ from machine to machine; texts and spans do not.
    lowered(support::stem(path), program)
}

fn example(name: &str) -> Model {
    from_file(&support::root().join("examples").join(format!("{name}.trade")))
}

fn everything() -> Vec<Model> {
    let files = ["examples", "tests/models/classics", "tests/models/grh"].iter().flat_map(|f| support::files(f, "trade"));
    files.map(|f| from_file(&f)).chain([from_text("odd.trade", ODD)]).collect()
}

fn text(m: &Model) -> String {
    equations::text(&m.system, &m.economy, &m.sources, None)
}

fn latex(m: &Model) -> String {
    equations::latex(&m.system, &m.economy, &m.sources).to_string()
}

#[test]
fn text_of_examples() {
    for name in ["small_ho", "large_ho", "armington", "ricardo", "both_tasks", "markups"] {
        insta::assert_snapshot!(name, text(&example(name)));
    }
    insta::assert_snapshot!("odd", text(&from_text("odd.trade", ODD)));
}

#[test]
fn latex_of_examples() {
    for name in ["small_ho", "ricardo"] {
        insta::assert_snapshot!(format!("{name}_latex"), latex(&example(name)));
    }
    insta::assert_snapshot!("odd_latex", latex(&from_text("odd.trade", ODD)));
}

/// Numbers for all symbols: parameters as they are, unknowns at random, definitions by their bodies.
fn numbers(system: &System) -> Vec<f64> {
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut draw = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        0.2 + 0.7 * (seed >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut at: Vec<f64> = system.syms.iter().map(|s| if let Role::Parameter(v) = s.role { v } else { draw() }).collect();
    let (names, bodies): (Vec<Sym>, Vec<NodeId>) = system.definitions().unzip();
    // Each round settles what rests on definitions settled before.
    for _ in 0..30 {
        let next = evaluate(&system.dag, &bodies, &mut |s: Sym| at[s.index()]);
        let same = names.iter().zip(&next).all(|(s, v)| at[s.index()].to_bits() == v.to_bits());
        for (s, v) in names.iter().zip(next) {
            at[s.index()] = v;
        }
        if same {
            break;
        }
    }
    at
}

fn strings(v: &Value) -> Vec<String> {
    v.as_array().into_iter().flatten().filter_map(|s| s.as_str().map(String::from)).collect()
}

/// The values of one side of a row for all its members, in no order.
fn printed(m: &Model, values: &Values, side: &str, clause: Option<&str>) -> Option<Vec<f64>> {
    let text = match clause {
        Some(c) => format!("{side} for {c}"),
        None => side.to_string(),
    };
    let items = parser::parse_items(FileId(0), &text).ok()?;
    let item = items.first()?;
    let e = Evaluator { economy: &m.economy, values };
    e.members(item.family.as_ref(), &Vec::new())?.iter().map(|s| e.value(&item.value, s)).collect()
}

fn close(a: &[f64], b: &[f64]) -> bool {
    let sorted = |x: &[f64]| {
        let mut x = x.to_vec();
        x.sort_by(f64::total_cmp);
        x
    };
    a.len() == b.len() && sorted(a).iter().zip(sorted(b)).all(|(x, y)| (x - y).abs() <= 1e-9 * (1.0 + x.abs()))
}

/// Every printed row, parsed by the language's own parser and evaluated for each member, has the values of the system's own nodes.
#[test]
fn rows_say_what_the_system_is() {
    let (mut checked, mut skipped) = (0, Vec::new());
    for m in everything() {
        let at = numbers(&m.system);
        let values: Values = m.system.syms.iter().zip(&at).map(|(s, v)| (s.name.clone(), *v)).collect();
        let json = equations::json(&m.system, &m.economy, &m.sources);
        let sides: HashMap<&str, (NodeId, NodeId)> =
            m.system.equations.iter().chain(m.system.set_aside.iter().map(|a| &a.equation)).map(|e| (e.name.as_str(), (e.left, e.right))).collect();
        let bodies: HashMap<&str, NodeId> = m.system.definitions().map(|(s, n)| (m.system.info(s).name.as_str(), n)).collect();
        let value = |n: NodeId| evaluate(&m.system.dag, &[n], &mut |s: Sym| at[s.index()])[0];
        for row in json["equations"].as_array().into_iter().chain(json["definitions"].as_array()).flatten() {
            let members = strings(&row["members"]);
            let clause = row["for"].as_str();
            for (side, pick) in [("left", 0), ("right", 1)] {
                let want: Option<Vec<f64>> = members
                    .iter()
                    .map(|name| match (sides.get(name.as_str()), bodies.get(name.as_str())) {
                        (Some(s), _) => Some(value(if pick == 0 { s.0 } else { s.1 })),
                        (None, Some(_)) if pick == 0 => values.get(name).copied(),
                        (None, Some(n)) => Some(value(*n)),
                        _ => None,
                    })
                    .collect();
                let Some(want) = want else { continue };
                let shown = row[side].as_str().unwrap_or_default();
                match printed(&m, &values, shown, clause) {
                    Some(got) => {
                        assert!(close(&got, &want), "{}: {} {side} `{shown}` for {clause:?}: {got:?} is not {want:?}", m.name, row["name"]);
                        checked += 1;
                    }
                    None => skipped.push(format!("{}: {shown}", m.name)),
                }
            }
        }
    }
    assert!(checked > 1500, "only {checked} sides were compared");
    // Schedules by points have no form in the grammar of expressions; calls of schedules are not evaluated here.
    assert!(skipped.len() * 20 < checked, "{} of {checked} were not compared: {skipped:#?}", skipped.len());
}

/// Each condition stands in exactly one row.
#[test]
fn every_condition_is_printed_once() {
    for m in everything() {
        let json = equations::json(&m.system, &m.economy, &m.sources);
        let mut printed: Vec<String> = json["equations"].as_array().into_iter().flatten().flat_map(|r| strings(&r["members"])).collect();
        let mut all: Vec<String> = m.system.equations.iter().map(|e| e.name.clone()).collect();
        all.extend(m.system.set_aside.iter().map(|a| a.equation.name.clone()));
        printed.sort();
        all.sort();
        assert_eq!(printed, all, "{}", m.name);
        let defined: Vec<String> = json["definitions"].as_array().into_iter().flatten().flat_map(|r| strings(&r["members"])).collect();
        let mut seen = HashSet::new();
        let twice: Vec<&String> = defined.iter().filter(|d| !seen.insert(*d)).collect();
        assert!(twice.is_empty(), "{}: {twice:?} stand twice", m.name);
    }
}

/// Where expressions go to other uses they are ASCII in the language's own grammar, and mean the same.
#[test]
fn expressions_read_back() {
    let mut checked = 0;
    for m in everything() {
        let at = numbers(&m.system);
        let values: Values = m.system.syms.iter().zip(&at).map(|(s, v)| (s.name.clone(), *v)).collect();
        for e in &m.system.equations {
            for node in [e.left, e.right] {
                let shown = equations::expression(&m.system.dag, &m.system.syms, node, Target::Ascii);
                let want = evaluate(&m.system.dag, &[node], &mut |s: Sym| at[s.index()])[0];
                let Some(got) = printed(&m, &values, &shown, None) else { continue };
                assert!(close(&got, &[want]), "{}: `{shown}` is {got:?}, not {want}", m.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 500, "only {checked} were compared");
}

/// Braces and environments balance, columns and rows stand where they may, nothing outside comments is special or beyond ASCII.
#[test]
fn latex_is_well_formed() {
    for m in everything() {
        let text = latex(&m);
        let mut environments: Vec<String> = Vec::new();
        let (mut depth, mut inline) = (0i64, false);
        for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with('%')) {
            let place = format!("{}, line {}: {line}", m.name, n + 1);
            assert!(line.is_ascii(), "{place}");
            let mut chars = line.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => {
                        let mut word = String::new();
                        while let Some(x) = chars.next_if(|x| x.is_ascii_alphabetic()) {
                            word.push(x);
                        }
                        if word.is_empty() {
                            chars.next();
                        }
                        if word == "begin" || word == "end" {
                            let rest: String = chars.clone().skip(1).take_while(|x| *x != '}').collect();
                            if word == "begin" {
                                environments.push(rest);
                            } else {
                                assert_eq!(environments.pop().as_ref(), Some(&rest), "{place}");
                            }
                        }
                    }
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    '%' | '#' => panic!("unescaped {c} in {place}"),
                    '$' => inline = !inline,
                    '^' | '_' if inline => {}
                    '&' | '^' | '_' => assert!(!environments.is_empty(), "{c} outside mathematics in {place}"),
                    _ => {}
                }
                assert!(depth >= 0, "{place}");
            }
            assert!(depth == 0 && !inline, "{place}");
        }
        assert!(environments.is_empty(), "{}: {environments:?}", m.name);
        assert_eq!(text.matches("\\left(").count(), text.matches("\\right)").count(), "{}", m.name);
        // A blank line inside mathematics is an error.
        for part in text.split("\\begin{align").skip(1) {
            let inner = part.split("\\end{align").next().unwrap_or_default();
            assert!(!inner.contains("\n\n"), "{}: {inner}", m.name);
        }
    }
}

/// Two hundred countries print as few lines, in a time that grows with the system and no faster.
#[test]
fn large_systems_print_as_rules() {
    let model = |n: usize| {
        let countries: Vec<String> = (0..n).map(|i| format!("c{i}")).collect();
        let row = |f: &dyn Fn(usize) -> f64| countries.iter().enumerate().map(|(i, c)| format!("{c}: {}", f(i))).collect::<Vec<_>>().join(", ");
        from_text(
            "large.trade",
            &format!(
                "set R = {{{}}}\nset G = {{x, y, z}}\nparameter size[r in R] = {{{}}}\nparameter a[r in R, g in G] = 1 + size[r]\n\
                 country[r in R] {{ endowment L = size[r], H = 1 }}\nfactor L price w\nfactor H price s\ngood[g in G]\n\
                 industry[g in G, r in R] {{ technology ces(0.7) {{ L: 0.5, H: 0.5 }}  productivity a[r, g] }}\n\
                 demand cobb_douglas {{ x: 0.5, y: 0.3, z: 0.2 }}\nnumeraire w[c0]\n",
                countries.join(", "),
                row(&|i| 1.0 + i as f64 / 10.0)
            ),
        )
    };
    let timed = |m: &Model| {
        let runs = (0..3).map(|_| {
            let start = std::time::Instant::now();
            assert!(!text(m).is_empty());
            start.elapsed()
        });
        runs.min().unwrap_or_default()
    };
    let (small, large) = (model(50), model(200));
    let lines = text(&large).lines().count();
    assert_eq!(text(&small).lines().count(), lines);
    assert!(lines < 70, "{lines} lines");
    assert!(text(&large).contains("for r in R where r ≠ c0"), "{}", text(&large));
    let (short, long) = (timed(&small), timed(&large));
    // Four times the countries: quadratic work would take sixteen times as long.
    assert!(long < short * 10, "{short:?} for 50 countries, {long:?} for 200");
}

#[test]
fn why_names_the_condition_with_numbers() {
    let m = example("small_ho");
    let at: Vec<f64> = numbers(&m.system);
    let ask = |name: &str| {
        let s = m.system.find(name).unwrap_or_else(|| panic!("{name}"));
        equations::why(&m.system, &m.economy, &at, s).unwrap_or_else(|| panic!("{name}"))
    };
    let w = ask("w");
    assert_eq!((w.kind, w.condition.as_str()), (equations::Kind::Condition, "market L"));
    assert_eq!(w.left.len() + w.right.len(), w.terms().len());
    assert_eq!(w.right.len(), 2);
    let market = m.system.equations.iter().find(|e| e.name == "market L").map(|e| e.right);
    let total = evaluate(&m.system.dag, &[market.unwrap_or(NodeId(0))], &mut |s: Sym| at[s.index()])[0];
    assert!((w.right.iter().map(|t| t.1).sum::<f64>() - total).abs() < 1e-12);
    assert!(w.block.contains(&"w".to_string()), "{:?}", w.block);
    let omega = ask("Omega");
    assert_eq!((omega.kind, omega.text.as_str()), (equations::Kind::Definition, "Ω = ω/w"));
    assert_eq!(omega.right.iter().map(|t| t.0.as_str()).collect::<Vec<_>>(), ["w", "ω"]);
    let beta = ask("beta");
    assert_eq!((beta.kind, beta.text.as_str()), (equations::Kind::Given, "β = 1.3"));
    let margin = ask("I");
    assert!(margin.text.contains("inside its bounds"), "{}", margin.text);
}

/// Formulas too deep or too large to read are cut, whatever the DAG shares.
#[test]
fn monstrous_formulas_are_cut() {
    use tasktrade::expr::{Dag, Func};
    use tasktrade::system::{Quantity, SymInfo};
    let info = |name: &str| SymInfo {
        name: name.into(),
        display: name.into(),
        latex: name.into(),
        meaning: String::new(),
        role: Role::Parameter(1.0),
        quantity: Quantity::Declared,
        origin: None,
    };
    let syms = vec![info("a")];
    let mut dag = Dag::default();
    let a = dag.sym(Sym(0));
    let mut deep = a;
    for _ in 0..200_000 {
        let one = dag.constant(1.0);
        let sum = dag.add(deep, one);
        deep = dag.func(Func::Sqrt, sum);
    }
    let mut wide = a;
    for _ in 0..64 {
        let root = dag.func(Func::Exp, wide);
        let power = dag.pow(wide, root);
        wide = dag.add(root, power);
    }
    for node in [deep, wide] {
        for target in [Target::Text, Target::Ascii, Target::Latex] {
            let shown = equations::expression(&dag, &syms, node, target);
            assert!(shown.contains('…') || shown.contains("...") || shown.contains("\\ldots"));
            assert!(shown.len() < 60_000_000, "{}", shown.len());
        }
    }
}
