//! Task sets: which industries may have which tasks done where, at what cost.

use super::assignment::{self, NoOrder, Piece};
use super::border::Border;
use super::bounds::LINES;
use super::structure::{Builder, name_expr};
use super::{Demand, Key, ValueCheck};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym, steps};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Kind};
use crate::system::Quantity;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The tasks of one factor.
#[derive(Clone, Debug)]
pub struct Tasks {
    pub name: Arc<str>,
    pub label: Option<Arc<str>>,
    pub factor: usize,
    /// Indices into [`Economy::lines`].
    pub lines: Vec<usize>,
    pub ends: Ends,
    pub span: Span,
}

/// How many lines of a task set begin and end where.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    /// By origin and destination.
    pub between: FxHashMap<(usize, usize), usize>,
    pub origins: FxHashMap<usize, usize>,
    pub destinations: FxHashMap<usize, usize>,
}

impl Ends {
    pub(super) fn add(&mut self, origin: usize, destination: usize) {
        *self.between.entry((origin, destination)).or_default() += 1;
        *self.origins.entry(origin).or_default() += 1;
        *self.destinations.entry(destination).or_default() += 1;
    }
}

/// The tasks that industries of one country may have done abroad, each where it costs least: they share a margin.
#[derive(Clone, Debug)]
pub struct TaskLine {
    pub tasks: usize,
    pub origin: usize,
    /// Where they may be done.
    pub places: Vec<TaskPlace>,
    /// Indices into [`Economy::industries`], all in `origin`.
    pub industries: Vec<usize>,
    /// The variable `i` of the cost expression.
    pub task: Sym,
    /// Where a cost jumps, or there are several places: what the costs are between the jumps, in the order of the places.
    pub pieces: Vec<Piece>,
    /// The elasticity of substitution between tasks, where they are not all needed in fixed proportions.
    pub substitution: Option<NodeId>,
    /// Indices of its margin and bill: those that vary.
    pub index: Vec<Arc<str>>,
    pub margin_name: Option<Arc<str>>,
    pub bill_name: Option<Arc<str>>,
    pub span: Span,
}

/// A country where tasks may be done for another.
#[derive(Clone, Debug)]
pub struct TaskPlace {
    pub destination: usize,
    /// Labor there per unit of home labor on task `i`.
    pub cost: NodeId,
    /// What the origin levies on what is paid for them.
    pub tariff: Option<Border>,
    pub span: Span,
    pub cost_span: Span,
}

impl TaskLine {
    /// Whether tasks of these industries may be done in a country.
    pub fn goes_to(&self, country: usize) -> bool {
        self.places.iter().any(|p| p.destination == country)
    }

    /// The number of a country among the places.
    pub fn place_in(&self, country: usize) -> Option<usize> {
        self.places.iter().position(|p| p.destination == country)
    }
}

/// A line of the file for one origin and destination, before the industries it holds for are settled.
struct Candidate {
    line: usize,
    origin: usize,
    destination: usize,
    industries: Vec<usize>,
    specific: bool,
    scope: super::resolve::Scope,
}

/// Industries whose tasks may be done in the same places, by the same lines of the file.
struct Group {
    origin: usize,
    /// Candidates, one for each destination.
    of: Vec<usize>,
    industries: Vec<usize>,
}

/// Industries by the lines that hold for them, in the order of the first of these.
fn grouped(candidates: &[Candidate]) -> Vec<Group> {
    let mut by_industry: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut at: FxHashMap<usize, usize> = FxHashMap::default();
    for (n, c) in candidates.iter().enumerate() {
        for j in &c.industries {
            let k = *at.entry(*j).or_insert_with(|| {
                by_industry.push((*j, Vec::new()));
                by_industry.len() - 1
            });
            by_industry[k].1.push(n);
        }
    }
    let mut out: Vec<Group> = Vec::new();
    let mut known: FxHashMap<Vec<usize>, usize> = FxHashMap::default();
    for (j, of) in by_industry {
        let k = *known.entry(of.clone()).or_insert_with(|| {
            out.push(Group { origin: candidates[of[0]].origin, of, industries: Vec::new() });
            out.len() - 1
        });
        out[k].industries.push(j);
    }
    out.sort_by_key(|g| g.of[0]);
    out
}

/// What a line says of its tasks, until all names have their symbols.
pub struct Pending {
    line: usize,
    /// By place.
    costs: Vec<(Expr, super::resolve::Scope)>,
    substitution: Option<(Expr, super::resolve::Scope)>,
}

/// The names that an expression calls.
fn called(e: &Expr) -> Vec<Arc<str>> {
    match &e.kind {
        ExprKind::Call(name, args) => std::iter::once(name.text.clone()).chain(args.iter().flat_map(called)).collect(),
        ExprKind::Paren(x) | ExprKind::Negate(x) => called(x),
        ExprKind::Sum(xs) | ExprKind::Product(xs) => xs.iter().flat_map(|(_, x)| called(x)).collect(),
        ExprKind::Power(a, b) => called(a).into_iter().chain(called(b)).collect(),
        _ => Vec::new(),
    }
}

impl Builder<'_> {
    /// Which line holds for which industries, and the indices of their margins; costs come later.
    pub fn task_lines(&mut self) {
        let mut sets: FxHashMap<usize, Span> = FxHashMap::default();
        for (d, scope) in self.declarations() {
            let Kind::Tasks(t) = &d.kind else { continue };
            let name = self.economy.names.full_name(&t.name.text, scope.prefix.as_deref());
            let Ok(factor_name) = self.resolver().element(&t.factor, &scope) else { continue };
            let Some(factor) = self.economy.factor_named(&factor_name) else {
                let mut diag =
                    Diagnostic::new("N036", format!("`{factor_name}` is not a factor")).at(t.factor.span, "tasks are the work of a factor");
                diag.help = self.near(&factor_name, || self.economy.factors.iter().map(|f| f.name.as_ref())).map(|n| format!("did you mean `{n}`?"));
                self.report(diag);
                continue;
            };
            if let Some(first) = sets.insert(factor, t.name.span) {
                let diag = Diagnostic::new("M050", format!("`{factor_name}` has two task sets"))
                    .at(t.name.span, "a second continuum of the same factor")
                    .see(first, "the first")
                    .help("write all ways to offshore its tasks in one block");
                self.report(diag);
                continue;
            }
            let at = self.economy.tasks.len();
            self.economy.tasks.push(Tasks {
                name: name.clone(),
                label: t.label.as_ref().map(|l| l.text.clone()),
                factor,
                lines: Vec::new(),
                ends: Ends::default(),
                span: t.name.span,
            });
            let mut candidates: Vec<Candidate> = Vec::new();
            for (n, line) in t.lines.iter().enumerate() {
                let Ok(scopes) = self.resolver().members(line.family.as_ref(), &scope) else { continue };
                for s in scopes {
                    let ends = (self.resolver().element(&name_expr(&line.from), &s), self.resolver().element(&name_expr(&line.to), &s));
                    let (Ok(from), Ok(to)) = ends else { continue };
                    let (Some(origin), Some(destination)) = (self.country(&from, line.from.span), self.country(&to, line.to.span)) else { continue };
                    if origin == destination {
                        self.report(
                            Diagnostic::new("M051", format!("tasks cannot move from {from} to itself"))
                                .at(line.span, "origin and destination are one country"),
                        );
                        continue;
                    }
                    if self.economy.countries[origin].outside {
                        self.report(
                            Diagnostic::new("M052", format!("{from} is outside the model, so it offshores nothing"))
                                .at(line.from.span, "no industries produce there"),
                        );
                        continue;
                    }
                    let mut industries = Vec::new();
                    for i in &line.industries {
                        let Ok(element) = self.resolver().element(&name_expr(i), &s) else { continue };
                        let found = self.economy.industry_named(&element, origin);
                        match found {
                            Some(j) => industries.push(j),
                            None => {
                                let mut diag = Diagnostic::new("N037", format!("`{element}` is not an industry of {from}"))
                                    .at(i.span, "an industry is needed here");
                                diag.help = self
                                    .near(&element, || self.economy.industries_in(origin).map(|j| self.economy.industries[j].name.as_ref()))
                                    .map(|n| format!("did you mean `{n}`?"));
                                self.report(diag);
                            }
                        }
                    }
                    if !line.industries.is_empty() && industries.is_empty() {
                        continue;
                    }
                    candidates.push(Candidate { line: n, origin, destination, industries, specific: !line.industries.is_empty(), scope: s });
                }
            }
            self.settle(t, at, candidates);
        }
    }

    fn settle(&mut self, t: &crate::syntax::tree::Tasks, at: usize, mut candidates: Vec<Candidate>) {
        if self.economy.lines.len() + candidates.len() > LINES {
            return self.refuse(self.economy.lines.len() + candidates.len(), "lines of tasks", LINES, t.name.span);
        }
        // A line that names its industries overrides one that does not.
        let mut named: FxHashMap<(usize, usize), FxHashSet<usize>> = FxHashMap::default();
        for c in candidates.iter().filter(|c| c.specific) {
            named.entry((c.origin, c.destination)).or_default().extend(c.industries.iter().copied());
        }
        let mut failed = false;
        // By industry and destination: the line that has its tasks.
        let mut first: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        // Lines that name their industries come first, so that the others may pass over these.
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|n| !candidates[*n].specific);
        for n in order {
            let c = &candidates[n];
            let taken = named.get(&(c.origin, c.destination)).filter(|_| !c.specific);
            let own: Vec<usize> = if c.specific { c.industries.clone() } else { Vec::new() };
            let general = self.economy.industries_in(c.origin).filter(|j| !c.specific && taken.is_none_or(|t| !t.contains(j)));
            let (mut held, mut twice) = (Vec::new(), None);
            for j in own.into_iter().chain(general) {
                match first.get(&(j, c.destination)) {
                    Some(other) => {
                        twice = Some((j, *other));
                        break;
                    }
                    None => held.push(j),
                }
            }
            if let Some((j, other)) = twice {
                self.disputed(t, &candidates[n.max(other)], &candidates[n.min(other)], j);
                failed = true;
                continue;
            }
            first.extend(held.iter().map(|j| ((*j, c.destination), n)));
            candidates[n].industries = held;
        }
        if failed {
            return;
        }
        let groups = grouped(&candidates);
        if self.different_names(t, &candidates, &groups) {
            return;
        }
        // Margins carry those indices that vary between lines of one name.
        let varies = |f: &dyn Fn(&Candidate) -> usize| candidates.iter().any(|c| f(c) != candidates.first().map_or(0, f));
        // Where tasks of one industry are divided among several destinations none of them tells its margin from others.
        let origins = varies(&|c| c.origin);
        let destinations = varies(&|c| c.destination) && groups.iter().all(|g| g.of.len() == 1);
        let name = |n: &Option<crate::syntax::tree::Name>, block: &Option<crate::syntax::tree::Name>, s: &super::resolve::Scope, b: &Self| {
            n.as_ref().or(block.as_ref()).map(|n| b.economy.names.full_name(&n.text, s.prefix.as_deref()))
        };
        let own_name = |g: &Group, own: &dyn Fn(&crate::syntax::tree::Offshore) -> Option<crate::syntax::tree::Name>, block, b: &Self| {
            let of = g.of.iter().map(|n| &candidates[*n]);
            let found = of.clone().find_map(|c| Some((own(&t.lines[c.line])?, c)));
            let scope = found.as_ref().map(|f| f.1).or(of.clone().next())?;
            name(&found.as_ref().map(|f| f.0.clone()), block, &scope.scope, b)
        };
        let named: Vec<(Option<Arc<str>>, Option<Arc<str>>)> =
            groups.iter().map(|g| (own_name(g, &|l| l.margin.clone(), &t.margin, self), own_name(g, &|l| l.bill.clone(), &t.bill, self))).collect();
        // Where the origin is an index the destination is none, so industries tell lines from one origin apart.
        let ends = |g: &Group| (g.origin, if origins || !destinations { 0 } else { candidates[g.of[0]].destination });
        let (mut same, mut alike): (FxHashMap<_, usize>, FxHashMap<_, usize>) = Default::default();
        for (g, own) in groups.iter().zip(&named) {
            *same.entry(own).or_default() += 1;
            *alike.entry((own, ends(g))).or_default() += 1;
        }
        for (n, g) in groups.iter().enumerate() {
            let own = &named[n];
            let mut index = Vec::new();
            if same.get(own).is_some_and(|k| *k > 1) {
                if alike.get(&(own, ends(g))).is_some_and(|k| *k > 1) {
                    index.extend(g.industries.first().map(|&j| self.economy.industries[j].name.clone()));
                }
                if origins {
                    index.push(self.economy.countries[g.origin].name.clone());
                }
                if destinations && !origins {
                    index.push(self.economy.countries[candidates[g.of[0]].destination].name.clone());
                }
            }
            let of: Vec<&Candidate> = g.of.iter().map(|n| &candidates[*n]).collect();
            let one = self.economy.dag.constant(1.0);
            let place = |c: &&Candidate| TaskPlace {
                destination: c.destination,
                cost: one,
                tariff: None,
                span: t.lines[c.line].span,
                cost_span: t.lines[c.line].cost.span,
            };
            let line = TaskLine {
                tasks: at,
                origin: g.origin,
                places: of.iter().map(place).collect(),
                industries: g.industries.clone(),
                task: Sym(0),
                pieces: Vec::new(),
                substitution: None,
                index: index.clone(),
                margin_name: named[n].0.clone(),
                bill_name: named[n].1.clone(),
                span: t.lines[of[0].line].span,
            };
            let l = self.economy.add_line(line);
            self.economy.tasks[at].lines.push(l);
            let own = of.iter().find_map(|c| Some((t.lines[c.line].substitution.clone()?, c.scope.clone())));
            let substitution = own.or_else(|| Some((t.substitution.clone()?, of[0].scope.clone())));
            let costs = of.iter().map(|c| (t.lines[c.line].cost.clone(), c.scope.clone())).collect();
            self.pending_costs.push(Pending { line: l, costs, substitution });
            for (own, key) in [(named[n].0.clone(), Key::Margin(l)), (named[n].1.clone(), Key::Bill(l))] {
                let sym = self.economy.quantity(key);
                if let Some(own) = own {
                    self.enter(&own, index.clone(), sym, origins && !index.is_empty());
                }
            }
        }
    }

    /// Whether lines that share a margin give it, its bill or the elasticity between its tasks twice.
    fn different_names(&mut self, t: &crate::syntax::tree::Tasks, candidates: &[Candidate], groups: &[Group]) -> bool {
        let mut wrong = false;
        for g in groups {
            let lines: Vec<&crate::syntax::tree::Offshore> = g.of.iter().filter_map(|n| t.lines.get(candidates[*n].line)).collect();
            let spans = |of: &dyn Fn(&crate::syntax::tree::Offshore) -> Option<(Arc<str>, Span)>| -> Vec<(Arc<str>, Span)> {
                lines.iter().filter_map(|l| of(l)).collect()
            };
            let named = [
                ("margin", spans(&|l| l.margin.as_ref().map(|n| (n.text.clone(), n.span)))),
                ("bill", spans(&|l| l.bill.as_ref().map(|n| (n.text.clone(), n.span)))),
                // Two elasticities are never compared: one is said once, for all places.
                ("elasticity of substitution", spans(&|l| l.substitution.as_ref().map(|e| (format!("{:?}", e.span).into(), e.span)))),
            ];
            for (what, found) in named {
                let Some(first) = found.first().cloned() else { continue };
                let Some(other) = found.iter().find(|f| f.0 != first.0) else { continue };
                let d = Diagnostic::new("M055", format!("the {what} of these tasks is given twice"))
                    .at(other.1, "a second")
                    .see(first.1, "the first")
                    .help(format!("tasks that may be done in several places have one {what}: write it once, in the block"));
                self.report(d);
                wrong = true;
                break;
            }
            if wrong {
                break;
            }
        }
        wrong
    }

    /// Two lines that both have the tasks of an industry.
    fn disputed(&mut self, t: &crate::syntax::tree::Tasks, c: &Candidate, other: &Candidate, j: usize) {
        let industry = self.economy.industries[j].name.clone();
        let (a, b) = (t.lines[c.line].span, t.lines[other.line].span);
        let d = Diagnostic::new("M053", format!("two lines of equal standing for the tasks of `{industry}`"))
            .at(a, "this one")
            .see(b, "and this one")
            .help("a line with `in` overrides one without; of two alike, keep one");
        self.report(d);
    }

    /// Cost expressions, once all names have their symbols.
    pub fn task_costs(&mut self) {
        for Pending { line: l, costs, substitution } in std::mem::take(&mut self.pending_costs) {
            if let Some((e, scope)) = substitution {
                self.substitution(l, &e, &scope);
            }
            let margin = self.economy.quantity(Key::Margin(l));
            let margin = self.economy.info(margin).name.clone();
            let (mut nodes, mut task) = (Vec::new(), None);
            for (d, (cost, scope)) in costs.iter().enumerate() {
                if self.economy.names.entries.contains_key("i") {
                    let declared = self.economy.names.entries["i"].span;
                    let d = Diagnostic::new("N038", "`i` is the task in a cost, and is declared as something else")
                        .at(cost.span, "which `i` is meant here?")
                        .see(declared, "declared here")
                        .help("rename the declared one");
                    self.report(d);
                    continue;
                }
                let Ok((own, node)) = self.resolver().cost(cost, scope) else { continue };
                if self.resolver().only_parameters(node, cost.span, "the cost of offshoring").is_err() {
                    continue;
                }
                if !self.economy.dag.symbols(&[node]).contains(&own) {
                    let mut d = Diagnostic::new("T031", format!("no condition determines `{margin}`"))
                        .at(cost.span, "the cost of offshoring is the same for every task, so none is the marginal one")
                        .help("let the cost rise with the task `i`, as in `1 + 0.5 * i`");
                    for name in called(cost) {
                        if let Some((_, entry)) = self.economy.names.lookup(&name, scope.prefix.as_deref()) {
                            d = d.see(entry.span, "flat");
                        }
                    }
                    self.report(d);
                    continue;
                }
                let task = *task.get_or_insert(own);
                let node = assignment::in_the_same_task(&mut self.economy.dag, node, own, task);
                self.economy.lines[l].places[d].cost = node;
                nodes.push(node);
            }
            let (Some(task), true) = (task, nodes.len() == costs.len()) else { continue };
            self.economy.lines[l].task = task;
            let Some(span) = costs.first().map(|c| c.0.span) else { continue };
            match self.economy.pieces(&nodes, task) {
                Ok(pieces) => {
                    self.widths(&pieces, span);
                    self.economy.lines[l].pieces = pieces;
                }
                Err(why) => {
                    self.no_order(why, span);
                    continue;
                }
            }
            let name = self.economy.tasks[self.economy.lines[l].tasks].name.clone();
            for (d, (cost, _)) in costs.iter().enumerate() {
                let subject = match self.economy.lines[l].places.get(d).filter(|_| costs.len() > 1) {
                    Some(place) => format!("the cost of offshoring {name} to {}", self.economy.countries[place.destination].name),
                    None => format!("the cost of offshoring {name}"),
                };
                let steps = steps::steps(&mut self.economy.dag, nodes[d], task).is_ok_and(|s| !s.is_empty());
                let what = Demand::Rising { task, margin: margin.clone(), steps };
                self.economy.checks.push(ValueCheck { sym: None, node: nodes[d], what, span: cost.span, subject });
            }
            if costs.len() > 1 {
                let what = Demand::Order { line: l };
                let subject = format!("the costs of offshoring {name}");
                self.economy.checks.push(ValueCheck { sym: None, node: nodes[0], what, span, subject });
            }
        }
    }

    fn no_order(&mut self, why: NoOrder, span: Span) {
        let d = match why {
            NoOrder::Jumps => Diagnostic::new("M054", "steps of several schedules that end where a parameter says")
                .at(span, "which step ends first is not known")
                .help("write the ends as numbers, or make one schedule of the steps"),
            NoOrder::Numberless => Diagnostic::new("M012", "which place does the easier tasks is not known")
                .at(span, "these costs have no value for some task")
                .help("several places need numbers for all parameters of their costs, and schedules defined on [0, 1]"),
            NoOrder::Endless => Diagnostic::new("M014", "the costs of two places overtake each other too often")
                .at(span, "which rises more steeply changes with almost every task")
                .help("smooth the schedules, or give them fewer points"),
        };
        self.report(d);
    }

    /// The elasticity of substitution between the tasks of a line: a number has a name by its place.
    fn substitution(&mut self, l: usize, e: &Expr, scope: &super::resolve::Scope) {
        let name = self.economy.tasks[self.economy.lines[l].tasks].name.clone();
        let subject = format!("the elasticity of substitution between {name}");
        let index: Vec<Arc<str>> = std::iter::once(name.clone()).chain(super::naming::apart(&self.economy, l)).collect();
        let place = super::naming::indexed("substitution", &index);
        let meaning = format!("elasticity of substitution between {name}");
        let Some(sym) = self.place(place, Quantity::Place, e, scope, &meaning, false) else { return };
        self.enter("substitution", index, sym, false);
        self.check(sym, Demand::NonNegative, e.span, subject);
        let node = self.economy.dag.sym(sym);
        self.economy.lines[l].substitution = Some(node);
    }

    /// Steps that parameters end must keep their order.
    fn widths(&mut self, pieces: &[Piece], span: Span) {
        for (k, step) in pieces.iter().enumerate() {
            let width = self.economy.dag.sub(step.to, step.from);
            if self.economy.dag.as_const(width).is_none() {
                let subject = format!("the width of step {} of the cost of offshoring", k + 1);
                self.economy.checks.push(ValueCheck { sym: None, node: width, what: Demand::Positive, span, subject });
            }
        }
    }
}
