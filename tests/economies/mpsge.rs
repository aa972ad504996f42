//! `export --mpsge`: the text alone, read as MPSGE reads it, has the equilibrium that is written in it; and with other endowments it has the
//! equilibrium that the program finds for those.

use crate::oracle::{generate, names::Names, program};
use crate::support::{Failures, files, root, stem};

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tasktrade::command::{self, Options, Request};
use tasktrade::model::load;
use tasktrade::session::Session;

static INTERRUPT: AtomicBool = AtomicBool::new(false);
const TOLERANCE: f64 = 1e-7;

struct Field {
    name: String,
    quantity: f64,
    price: f64,
    nest: String,
    /// (consumer, scalar)
    taxes: Vec<(String, String)>,
}

#[derive(Default)]
struct Production {
    /// By name: the nest outside, σ.
    nests: Vec<(String, String, f64)>,
    gives: Vec<Field>,
    takes: Vec<Field>,
}

#[derive(Default)]
struct Demand {
    buys: Vec<Field>,
    /// (commodity, scalar)
    owns: Vec<(String, String)>,
}

/// A program as its text says it.
#[derive(Default)]
struct Mpsge {
    scalars: BTreeMap<String, f64>,
    productions: BTreeMap<String, Production>,
    demands: BTreeMap<String, Demand>,
    levels: BTreeMap<String, f64>,
    reversible: Vec<String>,
    fixed: Vec<String>,
    declared: BTreeMap<String, &'static str>,
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn field(line: &str, scalars: &BTreeMap<String, f64>) -> Field {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default().to_string();
    let mut f = Field { name, quantity: 1.0, price: 1.0, nest: "s".into(), taxes: Vec::new() };
    let mut agent = String::new();
    for word in words {
        match word.split_once(':') {
            Some(("Q", v)) => f.quantity = scalars.get(v).copied().unwrap_or_else(|| number(v)),
            Some(("P", v)) => f.price = number(v),
            Some(("A", v)) => agent = v.to_string(),
            Some(("T", v)) => f.taxes.push((agent.clone(), v.to_string())),
            Some((nest, "")) => f.nest = nest.to_string(),
            _ => panic!("`{word}` in `{line}`"),
        }
    }
    f
}

fn read(text: &str) -> Mpsge {
    let mut m = Mpsge::default();
    let mut part = "";
    let mut open = String::new();
    for line in text.lines() {
        assert!(line.len() <= 255, "GAMS reads no longer lines: {line}");
        let plain = line.trim();
        if plain.is_empty() || line.starts_with('*') {
            continue;
        }
        if let Some((_, rest)) = line.split_once('"')
            && let Some((_, value)) = rest.split_once('/')
        {
            m.scalars.insert(plain.split(' ').next().unwrap_or_default().into(), number(value.trim_matches([' ', '/'])));
        } else if let Some(block) = line.strip_prefix("$PROD:") {
            let mut words = block.split_whitespace();
            open = words.next().unwrap_or_default().into();
            let nests = words.map(|w| {
                let (name, sigma) = w.split_once(':').unwrap_or_else(|| panic!("{line}"));
                match name.split_once('(') {
                    Some((name, outer)) => (name.to_string(), outer.trim_end_matches(')').to_string(), number(sigma)),
                    None => (name.to_string(), if name == "s" { String::new() } else { "s".into() }, number(sigma)),
                }
            });
            m.productions.insert(open.clone(), Production { nests: nests.collect(), ..Production::default() });
            part = "prod";
        } else if let Some(block) = line.strip_prefix("$DEMAND:") {
            open = block.trim().into();
            m.demands.insert(open.clone(), Demand::default());
            part = "demand";
        } else if line.starts_with('$') {
            part = ["SECTORS", "COMMODITIES", "CONSUMERS"].into_iter().find(|p| line.starts_with(&format!("${p}:"))).unwrap_or("");
        } else if let Some((name, value)) = plain.trim_end_matches(';').split_once(".L = ") {
            m.levels.insert(name.into(), number(value));
        } else if let Some(name) = plain.strip_suffix(".LO = -INF;") {
            m.reversible.push(name.into());
        } else if let Some((name, _)) = plain.split_once(".FX = ") {
            m.fixed.push(name.into());
        } else if matches!(part, "SECTORS" | "COMMODITIES" | "CONSUMERS") {
            let name = plain.split(' ').next().unwrap_or_default().to_string();
            assert!(name.len() <= 63 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
            assert!(m.declared.insert(name.to_lowercase(), part).is_none(), "{name} twice");
        } else if let Some(rest) = plain.strip_prefix("O:") {
            let f = field(rest, &m.scalars);
            m.productions.get_mut(&open).unwrap_or_else(|| panic!("{line}")).gives.push(f);
        } else if let Some(rest) = plain.strip_prefix("I:") {
            let f = field(rest, &m.scalars);
            m.productions.get_mut(&open).unwrap_or_else(|| panic!("{line}")).takes.push(f);
        } else if let Some(rest) = plain.strip_prefix("D:") {
            let f = field(rest, &m.scalars);
            m.demands.get_mut(&open).unwrap_or_else(|| panic!("{line}")).buys.push(f);
        } else if let Some(rest) = plain.strip_prefix("E:") {
            let (name, scalar) = rest.split_once("  Q:").unwrap_or_else(|| panic!("{line}"));
            m.demands.get_mut(&open).unwrap_or_else(|| panic!("{line}")).owns.push((name.into(), scalar.into()));
        }
    }
    m
}

impl Mpsge {
    fn rates(&self, f: &Field) -> f64 {
        f.taxes.iter().map(|(_, t)| self.scalars[t]).sum()
    }

    /// Cost of a unit of a nest relative to the reference, with the use of each input relative to it.
    fn nest(&self, p: &Production, name: &str, sigma: f64, at: &BTreeMap<String, f64>) -> (f64, f64, Vec<(usize, f64)>) {
        // (reference value, relative price, uses inside)
        let mut parts: Vec<(f64, f64, Vec<(usize, f64)>)> = Vec::new();
        for (k, f) in p.takes.iter().enumerate().filter(|(_, f)| f.nest == name) {
            let price = at[&f.name] * (1.0 + self.rates(f));
            parts.push((f.quantity * f.price, price / f.price, vec![(k, 1.0)]));
        }
        for (inner, _, inner_sigma) in p.nests.iter().filter(|n| n.1 == name) {
            parts.push(self.nest(p, inner, *inner_sigma, at));
        }
        let value: f64 = parts.iter().map(|x| x.0).sum();
        let r = 1.0 - sigma;
        let relative = if r.abs() < 1e-9 {
            parts.iter().map(|x| x.0 / value * x.1.ln()).sum::<f64>().exp()
        } else {
            parts.iter().map(|x| x.0 / value * x.1.powf(r)).sum::<f64>().powf(1.0 / r)
        };
        let uses = parts.into_iter().flat_map(|(_, price, inside)| {
            let more = (relative / price).powf(sigma);
            inside.into_iter().map(move |(k, u)| (k, u * more))
        });
        (value, relative, uses.collect())
    }

    /// What is wrong at a point: zero profit, market clearance, income balance.
    fn faults(&self, at: &BTreeMap<String, f64>) -> Vec<String> {
        let mut out = Vec::new();
        let mut net: BTreeMap<&str, f64> = BTreeMap::new();
        let mut size: BTreeMap<&str, f64> = BTreeMap::new();
        let mut income: BTreeMap<&str, f64> = BTreeMap::new();
        for (name, p) in &self.productions {
            let sigma = p.nests.first().map_or(0.0, |n| n.2);
            let (value, relative, uses) = self.nest(p, "s", sigma, at);
            let cost = value * relative;
            let earns: f64 = p.gives.iter().map(|f| f.quantity * at[&f.name] * (1.0 - self.rates(f))).sum();
            let level = at[name];
            let loss = (cost - earns) / cost.max(earns);
            let idle = level.abs() * cost < 1e-9;
            if loss < -TOLERANCE || (!idle && loss.abs() > TOLERANCE) || (level < 0.0 && !self.reversible.contains(name)) {
                out.push(format!("zero profit of {name}: cost {cost:?}, revenue {earns:?}, level {level:?}"));
            }
            for (k, used) in uses {
                let f = &p.takes[k];
                let q = f.quantity * used * level;
                *net.entry(&f.name).or_default() -= q;
                *size.entry(&f.name).or_default() += q.abs();
                for (agent, t) in &f.taxes {
                    *income.entry(agent).or_default() += self.scalars[t] * at[&f.name] * q;
                }
            }
            for f in &p.gives {
                let q = f.quantity * level;
                *net.entry(&f.name).or_default() += q;
                *size.entry(&f.name).or_default() += q.abs();
                for (agent, t) in &f.taxes {
                    *income.entry(agent).or_default() += self.scalars[t] * at[&f.name] * q;
                }
            }
        }
        for (name, d) in &self.demands {
            for (commodity, scalar) in &d.owns {
                let q = self.scalars[scalar];
                *net.entry(commodity).or_default() += q;
                *size.entry(commodity).or_default() += q.abs();
                *income.entry(name).or_default() += q * at[commodity];
            }
            assert_eq!(d.buys.len(), 1);
            let bought = &d.buys[0].name;
            let q = at[name] / at[bought];
            *net.entry(bought).or_default() -= q;
            *size.entry(bought).or_default() += q;
            let got = income.get(name.as_str()).copied().unwrap_or_default();
            if (got - at[name]).abs() > TOLERANCE * at[name].abs() {
                out.push(format!("income of {name}: {got:?}, not {:?}", at[name]));
            }
        }
        let all: f64 = self.demands.keys().map(|n| at[n]).sum();
        for (name, over) in &net {
            // A market on which nearly nothing is traded is judged by all that is earned.
            let short = over / size[name].max(1e-6 * all / at[*name].max(1e-300));
            if short < -TOLERANCE || (at[*name] > 1e-9 && short.abs() > TOLERANCE) {
                out.push(format!("market of {name}: {over:?} of {:?}", size[name]));
            }
        }
        out
    }
}

fn session(text: &str, path: &Path) -> Option<Session> {
    Session::new(load::load_text("exported", text, path, &load::Disk)).ok()
}

/// The text, or the code of the refusal.
fn export(session: &mut Session) -> Result<String, String> {
    let options = Options { mpsge: true, ..Options::default() };
    let request = Request { session, argument: "", options: &options, interrupt: &INTERRUPT };
    match command::run("export", request) {
        Ok(answer) => Ok(answer.text),
        Err(f) => Err(f.diagnostics.list.first().map_or_else(String::new, |d| d.code.to_string())),
    }
}

/// Checks an economy at its own values and with other endowments; whether it could be exported.
fn judged(failures: &mut Failures, name: &str, text: &str, path: &Path) -> bool {
    let Some(mut s) = session(text, path) else { return false };
    let own = match export(&mut s) {
        Ok(own) => own,
        Err(code) => {
            failures.check(code.starts_with("M12") || code.starts_with('S'), || format!("{name}: refused with {code}"));
            return false;
        }
    };
    let mut base = read(&own);
    for fault in base.faults(&base.levels.clone()) {
        failures.add(format!("{name}: {fault}"));
    }
    let missing: Vec<&String> = base.levels.keys().filter(|n| !base.declared.contains_key(&n.to_lowercase())).collect();
    failures.check(missing.is_empty() && base.levels.len() == base.declared.len(), || format!("{name}: declared are not {missing:?}"));
    failures.check(base.fixed.len() == 1, || format!("{name}: held are {:?}", base.fixed));
    let endowments: Vec<_> = s.economy.countries.iter().flat_map(|c| c.endowments.iter().flatten().copied()).collect();
    let values = s.economy.parameter_values(&s.settings);
    for (k, sym) in endowments.iter().enumerate() {
        let value = values.get(sym.index()).copied().unwrap_or(f64::NAN);
        if s.set(*sym, value * [1.04, 0.97, 1.01][k % 3]).is_err() {
            return true;
        }
    }
    let Ok(moved) = export(&mut s) else { return true };
    let moved = read(&moved);
    // Sectors that cannot be had, goods without a price: another economy.
    if !moved.productions.keys().eq(base.productions.keys()) {
        return true;
    }
    base.scalars = moved.scalars.clone();
    let mut point = moved.levels.clone();
    // Welfare has another unit in each: its price here is what it costs here.
    for (name, p) in &base.productions {
        let Some(out) = p.gives.first().filter(|f| f.name.starts_with("PU")) else { continue };
        let cost = base.nest(p, "s", p.nests[0].2, &point);
        let price = cost.0 * cost.1 / out.quantity;
        let income = moved.productions[name].gives[0].quantity;
        point.insert(out.name.clone(), price);
        point.insert(name.clone(), income / (price * out.quantity));
    }
    for fault in base.faults(&point) {
        failures.add(format!("{name}, other endowments: {fault}"));
    }
    true
}

#[test]
fn exported_programs_have_the_equilibria_that_are_found() {
    let mut failures = Failures::default();
    let mut exported = Vec::new();
    for folder in ["examples", "tests/models"] {
        for path in files(folder, "trade") {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{e}"));
            if judged(&mut failures, &stem(&path), &text, &path) {
                exported.push(stem(&path));
            }
        }
    }
    for name in ["armington", "protection", "small_tariff", "capital_skill", "ricardo", "specific_factors"] {
        failures.check(exported.iter().any(|e| e == name), || format!("{name} is not exported"));
    }
    failures.finish();
}

#[test]
fn random_economies_are_exported_as_they_are() {
    let mut failures = Failures::default();
    let mut exported = 0;
    for seed in 0..120 {
        let economy = generate::economy(seed);
        let text = program::program(&economy, &Names::numbered(&economy), seed);
        exported += usize::from(judged(&mut failures, &format!("seed {seed}"), &text, Path::new("drawn")));
    }
    failures.check(exported >= 25, || format!("only {exported} exported"));
    failures.finish();
}

#[test]
fn rates_are_scalars() {
    let protection = std::fs::read_to_string(root().join("examples/protection.trade")).unwrap_or_else(|e| panic!("{e}"));
    let Some(mut s) = session(&protection, Path::new("protection")) else { panic!("the example loads") };
    let own = export(&mut s).unwrap_or_else(|c| panic!("{c}"));
    let sym = s.economy.syms.iter().position(|i| i.name == "t").unwrap_or_else(|| panic!("t"));
    s.set(tasktrade::expr::Sym(sym as u32), 0.25).unwrap_or_else(|d| panic!("{:?}", d.list));
    let taxed = export(&mut s).unwrap_or_else(|c| panic!("{c}"));
    let (own, taxed) = (read(&own), read(&taxed));
    let rates: Vec<&String> = own.scalars.keys().filter(|n| n.starts_with("T_")).collect();
    assert!(!rates.is_empty());
    assert!(rates.iter().all(|n| own.scalars[*n] == 0.0), "{rates:?}");
    assert!(rates.iter().any(|n| (taxed.scalars[*n] - 0.25).abs() < 1e-12), "{:?}", taxed.scalars);
}
