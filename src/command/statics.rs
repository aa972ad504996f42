//! `hats`, `derive`, `effects`, `sign`.

use super::sides::{Side, Told, both, sides};
use super::waiting::Waiting;
use super::{Answer, Request};
use crate::accounts::Accounts;
use crate::algebra::{Config, Engine};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{Node, NodeId, Sym};
use crate::model::Economy;
use crate::present::equations::{Target, expression};
use crate::present::statics::{self as present, Setting, Subject};
use crate::present::statics_channels as channels;
use crate::session::solved::Solved;
use crate::session::{Failure, Prepared, single};
use crate::sink::Tex;
use crate::solve::Solution;
use crate::statics::ask::Ask;
use crate::statics::derive::{Place, derive as closed_form};
use crate::statics::effects::{effects as split, in_terms_of};
use crate::statics::hats::log_linear;
use crate::statics::signs::signed;
use crate::syntax::format::expr_to_string;
use crate::syntax::parser;
use crate::syntax::tree::{Expr, Query};
use crate::system::System;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Seconds that the algebra engine may take where `--limit` says nothing.
const LIMIT: f64 = 60.0;

/// A question resolved: targets with their words, the parameter, what is held or given.
struct Asked {
    targets: Vec<(String, NodeId)>,
    wrt: Option<Sym>,
    holding: Vec<Sym>,
    terms: Vec<Sym>,
    falls: Option<bool>,
}

/// The model at its equilibrium, or without numbers.
enum Ready {
    Solved(Box<Solved>),
    Letters { economy: Box<Economy>, accounts: Arc<Accounts>, system: Box<System>, parameters: Vec<f64> },
}

impl Ready {
    fn place(&self) -> Place<'_> {
        match self {
            Ready::Solved(s) => place_at(&s.prepared, &s.solution),
            Ready::Letters { economy, accounts, system, parameters } => Place { economy, accounts, system, parameters, solved: None },
        }
    }

    /// Where the equilibrium stands between two regimes or on a kink that the parameter leads across: its sides.
    fn sides(&self, wrt: Sym, interrupt: &AtomicBool) -> Vec<Side<'_>> {
        match self {
            Ready::Solved(s) => sides(s, wrt, interrupt),
            Ready::Letters { .. } => Vec::new(),
        }
    }

    /// The first listed parameter that leads across the border that the equilibrium stands on, and its sides.
    fn border(&self, interrupt: &AtomicBool) -> (Option<Sym>, Vec<Side<'_>>) {
        let Ready::Solved(s) = self else { return (None, Vec::new()) };
        if s.solution.borders.is_empty() {
            return (None, Vec::new());
        }
        let across = |p: Sym| Some(sides(s, p, interrupt)).filter(|both| both.iter().any(|side| side.of == "border")).map(|both| (Some(p), both));
        s.prepared.listed_parameters(false).into_iter().find_map(across).unwrap_or_default()
    }

    fn regime(&self) -> String {
        match self {
            Ready::Solved(s) => s.prepared.regime_words(&s.solution),
            Ready::Letters { .. } => "all industries active, tasks partly offshored (a technology without numbers)".to_string(),
        }
    }
}

fn place_at<'a>(prepared: &'a Prepared, solution: &'a Solution) -> Place<'a> {
    let Prepared { economy, accounts, system, parameters, problem, .. } = prepared;
    Place { economy, accounts, system, parameters, solved: Some((problem, solution)) }
}

fn ready(r: &Request, economy: Economy) -> Result<Ready, Diagnostics> {
    if economy.is_numeric() {
        let mut prepared = r.session.prepare(economy, Vec::new(), true)?;
        let solution = prepared.equilibrium(r.session, r.interrupt);
        if let Some(parameter) = prepared.turning(&solution) {
            let info = prepared.system.info(parameter);
            let at = crate::model::checks::number(solution.values[parameter.index()]);
            return Err(single(
                Diagnostic::new("S004", format!("two equilibria meet at {} = {at}: there are no derivatives", info.display))
                    .help("ask a little further inside, where `solve` finds both"),
            ));
        }
        return Ok(Ready::Solved(Box::new(Solved { prepared, solution }.checked(r.interrupt)?)));
    }
    let mut economy = economy;
    let system = crate::lower::lower(&mut economy, &r.session.accounts)?;
    let mut parameters = economy.parameter_values(&r.session.settings);
    parameters.resize(system.syms.len(), f64::NAN);
    let accounts = r.session.accounts.clone();
    Ok(Ready::Letters { economy: Box::new(economy), accounts, system: Box::new(system), parameters })
}

fn engine(r: &Request) -> Engine {
    Engine::new(Config { worker: r.options.worker.clone(), ..Config::default() })
}

fn limit(r: &Request) -> Duration {
    Duration::try_from_secs_f64(r.options.limit.unwrap_or(LIMIT)).unwrap_or(Duration::from_secs(60))
}

/// Resolves a question in a copy of the economy.
fn resolve(r: &mut Request, usage: &str) -> Result<(Economy, Asked), Failure> {
    let text = r.argument.trim().to_string();
    if text.is_empty() {
        return Err(r.session.failure(single(Diagnostic::new("C004", format!("{usage} what?")).help(format!("write `{usage} w wrt beta`")))));
    }
    let file = r.session.add_text("<argument>", text.as_str());
    let query: Query = parser::parse_query(file, &text).map_err(|d| r.session.failure(d))?;
    let asked = r.session.resolve(|res, scope| {
        let targets = query.targets.iter().filter_map(|t| res.expr(t, scope).ok().map(|n| (expr_to_string(t), n))).collect::<Vec<_>>();
        let wrt = query.wrt.as_ref().and_then(|w| res.parameter(w, scope).ok());
        let mut quantity = |e: &Expr| {
            let node = res.expr(e, scope).ok()?;
            match *res.economy.dag.node(node) {
                Node::Sym(s) => Some(s),
                _ => {
                    let d = Diagnostic::new("A057", "only a quantity with a name can be given")
                        .at(e.span, "this is an expression")
                        .help("give it a name: `let NAME = …`");
                    res.diagnostics.push(d);
                    None
                }
            }
        };
        let holding = query.holding.iter().filter_map(&mut quantity).collect();
        let terms = query.in_terms_of.iter().filter_map(&mut quantity).collect();
        Asked { targets, wrt, holding, terms, falls: query.falls }
    });
    asked.map_err(|d| r.session.failure(d))
}

fn subject(place: &Place, name: &str, node: NodeId) -> Subject {
    match place.system.dag.node(node) {
        Node::Sym(s) => {
            let info = place.system.info(*s);
            Subject { name: info.name.clone(), display: info.display.clone(), latex: info.latex.clone() }
        }
        _ => {
            let tex = expression(&place.system.dag, &place.system.syms, node, Target::Latex);
            Subject { name: name.to_string(), display: name.to_string(), latex: format!("\\left({tex}\\right)") }
        }
    }
}

/// Collects the answers to the targets of one question.
#[derive(Default)]
struct Collected {
    text: String,
    latex: Tex,
    json: Vec<Map<String, Value>>,
}

impl Collected {
    fn add(&mut self, text: String, latex: Tex, json: Map<String, Value>) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&text);
        self.latex.push(&latex);
        self.json.push(json);
    }

    /// An answer, or those to both sides of where the equilibrium stands.
    fn tell(
        &mut self,
        sides: &[Side],
        place: &Place,
        set: &Setting,
        ask: &mut dyn FnMut(&Place, &Setting) -> Result<Told, Failure>,
    ) -> Result<(), Failure> {
        let (text, latex, json) = if sides.is_empty() { ask(place, set)? } else { both(sides, set, ask)? };
        self.add(text, latex, json);
        Ok(())
    }

    fn answer(mut self, r: &Request) -> Answer {
        let mut out = Answer::new(r.session);
        out.text = self.text;
        out.latex = r.options.latex.then_some(self.latex);
        if self.json.len() == 1 {
            out.json = self.json.remove(0);
        } else {
            out.json.insert("answers".into(), Value::Array(self.json.into_iter().map(Value::Object).collect()));
        }
        out
    }
}

pub fn hats(r: Request) -> Result<Answer, Failure> {
    let fail = |d: Diagnostics| r.session.failure(d);
    let ready = ready(&r, r.session.economy.clone()).map_err(fail)?;
    let (place, regime) = (ready.place(), ready.regime());
    let set = Setting { system: place.system, regime: &regime, digits: r.options.digits, columns: r.options.columns };
    let mut out = Collected::default();
    // On a border there are two forms: those to either side of a parameter that leads across.
    let (across, sides) = ready.border(r.interrupt);
    if let Some(parameter) = across {
        let _ = writeln!(out.text, "two regimes meet here: left where {0} is lower, right where it is higher", place.system.info(parameter).display);
    }
    out.tell(&sides, &place, &set, &mut |place, set| {
        let form = log_linear(place).map_err(|d| fail(single(d)))?;
        Ok((present::hats_text(&form, set), present::hats_latex(&form, set, place.economy), present::hats_json(&form, set)))
    })?;
    Ok(out.answer(&r))
}

pub fn derive(mut r: Request) -> Result<Answer, Failure> {
    let (economy, asked) = resolve(&mut r, "derive")?;
    let fail = |d: Diagnostics| r.session.failure(d);
    if asked.wrt.is_none() && asked.terms.is_empty() {
        let d = Diagnostic::new("C004", "with respect to what?").help("write `derive w wrt beta`, or `derive w in terms of Omega, p, I`");
        return Err(fail(single(d)));
    }
    // One budget: solving is part of it.
    let engine = engine(&r);
    let ask = Ask::new(&engine, limit(&r), r.interrupt);
    let ready = ready(&r, economy).map_err(fail)?;
    let (place, regime) = (ready.place(), ready.regime());
    let _waiting = Waiting::new(r.options.progress, "working out formulas");
    let set = Setting { system: place.system, regime: &regime, digits: r.options.digits, columns: r.options.columns };
    let sides = asked.wrt.map(|w| ready.sides(w, r.interrupt)).unwrap_or_default();
    let sides = sides.as_slice();
    let mut out = Collected::default();
    for (name, node) in &asked.targets {
        let subject = subject(&place, name, *node);
        match (asked.wrt, asked.terms.is_empty()) {
            (Some(wrt), true) => {
                out.tell(sides, &place, &set, &mut |place, set| {
                    let d = closed_form(place, (name, *node), wrt, &asked.holding, &ask).map_err(|d| fail(single(d)))?;
                    Ok((
                        present::derived_text(&d, &subject, set),
                        present::derived_latex(&d, &subject, set),
                        present::derived_json(&d, &subject, set),
                    ))
                })?;
            }
            (wrt, _) => {
                let given: Vec<Sym> = asked.terms.iter().chain(&asked.holding).copied().collect();
                out.tell(sides, &place, &set, &mut |place, set| {
                    let mut form = in_terms_of(place, (name, *node), &given, wrt, &ask).map_err(|d| fail(single(d)))?;
                    form.terms.retain(|t| !asked.holding.contains(&t.sym));
                    Ok((
                        channels::form_text(&form, &subject, set),
                        channels::form_latex(&form, &subject, set),
                        channels::form_json(&form, &subject, set),
                    ))
                })?;
            }
        }
    }
    Ok(out.answer(&r))
}

pub fn effects(mut r: Request) -> Result<Answer, Failure> {
    let (economy, asked) = resolve(&mut r, "effects")?;
    let fail = |d: Diagnostics| r.session.failure(d);
    let Some(wrt) = asked.wrt else {
        return Err(fail(single(Diagnostic::new("C004", "effects of what?").help("write `effects w wrt beta`"))));
    };
    let declared = economy.channels.clone();
    // One budget: solving is part of it.
    let engine = engine(&r);
    let ask = Ask::new(&engine, limit(&r), r.interrupt);
    let ready = ready(&r, economy).map_err(fail)?;
    let (place, regime) = (ready.place(), ready.regime());
    let _waiting = Waiting::new(r.options.progress, "working out formulas");
    let set = Setting { system: place.system, regime: &regime, digits: r.options.digits, columns: r.options.columns };
    let sides = ready.sides(wrt, r.interrupt);
    let mut out = Collected::default();
    for (name, node) in &asked.targets {
        let subject = subject(&place, name, *node);
        let of = match place.system.dag.node(*node) {
            Node::Sym(s) => declared.iter().find(|c| c.of.contains(s)),
            _ => None,
        };
        let channels: Vec<(Arc<str>, Vec<Sym>)> = if asked.terms.is_empty() {
            let Some(found) = of.or(declared.first()) else {
                let own = some_channels(place.economy);
                let list: Vec<String> = own.iter().enumerate().map(|(k, n)| format!("channel{} = {n}", k + 1)).collect();
                let wrt = &place.system.info(wrt).name;
                let help = format!(
                    "add `channels of {name} {{ {} }}`, or name them here: `effects {name} in terms of {} wrt {wrt}`",
                    list.join(", "),
                    own.join(", ")
                );
                let d = Diagnostic::new("A058", "the model declares no channels").help(help);
                return Err(fail(single(d)));
            };
            found.channels.clone()
        } else {
            asked.terms.iter().map(|s| (Arc::from(place.system.info(*s).display.as_str()), vec![*s])).collect()
        };
        out.tell(&sides, &place, &set, &mut |place, set| {
            let e = split(place, (name, *node), wrt, &channels, &ask).map_err(|d| fail(single(d)))?;
            Ok((channels::effects_text(&e, &subject, set), channels::effects_latex(&e, &subject, set), channels::effects_json(&e, &subject, set)))
        })?;
    }
    Ok(out.answer(&r))
}

/// Quantities of the model that channels may run through: bills, margins, prices of goods.
fn some_channels(economy: &Economy) -> Vec<String> {
    use crate::system::Quantity::{Bill, GivenPrice, GoodPrice, Margin};
    let of = |q: crate::system::Quantity| economy.syms.iter().filter(move |s| s.quantity == q).map(|s| s.name.clone());
    let mut out: Vec<String> = of(Bill).take(1).chain(of(GivenPrice).chain(of(GoodPrice)).take(1)).chain(of(Margin).take(1)).collect();
    if out.is_empty() {
        out.push("QUANTITY".into());
    }
    out
}

pub fn sign(mut r: Request) -> Result<Answer, Failure> {
    let (economy, asked) = resolve(&mut r, "sign")?;
    let fail = |d: Diagnostics| r.session.failure(d);
    let Some(wrt) = asked.wrt else {
        return Err(fail(single(Diagnostic::new("C004", "with respect to what?").help("write `sign w wrt beta`, or `sign w when beta falls`"))));
    };
    // One budget: solving is part of it.
    let engine = engine(&r);
    let ask = Ask::new(&engine, limit(&r), r.interrupt);
    let ready = ready(&r, economy).map_err(fail)?;
    let (place, regime) = (ready.place(), ready.regime());
    let _waiting = Waiting::new(r.options.progress, "working out formulas");
    let set = Setting { system: place.system, regime: &regime, digits: r.options.digits, columns: r.options.columns };
    let given: Vec<Sym> = asked.holding.iter().chain(&asked.terms).copied().collect();
    let sides = ready.sides(wrt, r.interrupt);
    let mut out = Collected::default();
    for (name, node) in &asked.targets {
        let subject = subject(&place, name, *node);
        out.tell(&sides, &place, &set, &mut |place, set| {
            let s = signed(place, (name, *node), wrt, &given, &ask, r.interrupt).map_err(|d| fail(single(d)))?;
            let falls = asked.falls;
            Ok((
                present::signed_text(&s, &subject, set, falls),
                present::signed_latex(&s, &subject, set, falls),
                present::signed_json(&s, &subject, set, falls),
            ))
        })?;
    }
    Ok(out.answer(&r))
}
