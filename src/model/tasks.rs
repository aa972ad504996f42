//! Task sets: which industries may have which tasks done where, at what cost.

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

/// One way to do a factor's tasks abroad: a margin shared by the industries that it holds for.
#[derive(Clone, Debug)]
pub struct TaskLine {
    pub tasks: usize,
    pub origin: usize,
    pub destination: usize,
    /// Indices into [`Economy::industries`], all in `origin`.
    pub industries: Vec<usize>,
    /// The variable `i` of the cost expression.
    pub task: Sym,
    /// Foreign labor per unit of home labor on task `i`.
    pub cost: NodeId,
    /// Where the cost jumps: what it is between the jumps.
    pub steps: Vec<steps::Step>,
    /// The elasticity of substitution between tasks, where they are not all needed in fixed proportions.
    pub substitution: Option<NodeId>,
    /// What the origin levies on what is paid for them.
    pub tariff: Option<Border>,
    /// Indices of its margin and bill: those that vary.
    pub index: Vec<Arc<str>>,
    pub margin_name: Option<Arc<str>>,
    pub bill_name: Option<Arc<str>>,
    pub span: Span,
    pub cost_span: Span,
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

/// What a line says of its tasks, until all names have their symbols.
pub struct Pending {
    line: usize,
    cost: Expr,
    substitution: Option<Expr>,
    scope: super::resolve::Scope,
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
        // By industry: the line that has its tasks.
        let mut first: FxHashMap<usize, usize> = FxHashMap::default();
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
                match first.get(&j) {
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
            first.extend(held.iter().map(|j| (*j, n)));
            candidates[n].industries = held;
        }
        if failed {
            return;
        }
        candidates.retain(|c| !c.industries.is_empty());
        // Margins carry those indices that vary between lines of one name.
        let varies = |f: &dyn Fn(&Candidate) -> usize| candidates.iter().any(|c| f(c) != candidates.first().map_or(0, f));
        let (origins, destinations) = (varies(&|c| c.origin), varies(&|c| c.destination));
        let name = |n: &Option<crate::syntax::tree::Name>, block: &Option<crate::syntax::tree::Name>, s: &super::resolve::Scope, b: &Self| {
            n.as_ref().or(block.as_ref()).map(|n| b.economy.names.full_name(&n.text, s.prefix.as_deref()))
        };
        let named: Vec<(Option<Arc<str>>, Option<Arc<str>>)> = candidates
            .iter()
            .map(|c| (name(&t.lines[c.line].margin, &t.margin, &c.scope, self), name(&t.lines[c.line].bill, &t.bill, &c.scope, self)))
            .collect();
        // Where the origin is an index the destination is none, so industries tell lines from one origin apart.
        let ends = |c: &Candidate| (c.origin, if origins { 0 } else { c.destination });
        let (mut same, mut alike): (FxHashMap<_, usize>, FxHashMap<_, usize>) = Default::default();
        for (c, own) in candidates.iter().zip(&named) {
            *same.entry(own).or_default() += 1;
            *alike.entry((own, ends(c))).or_default() += 1;
        }
        for (n, c) in candidates.iter().enumerate() {
            let own = &named[n];
            let mut index = Vec::new();
            if same.get(own).is_some_and(|k| *k > 1) {
                if alike.get(&(own, ends(c))).is_some_and(|k| *k > 1) {
                    index.extend(c.industries.first().map(|&j| self.economy.industries[j].name.clone()));
                }
                if origins {
                    index.push(self.economy.countries[c.origin].name.clone());
                }
                if destinations && !origins {
                    index.push(self.economy.countries[c.destination].name.clone());
                }
            }
            let line = TaskLine {
                tasks: at,
                origin: c.origin,
                destination: c.destination,
                industries: c.industries.clone(),
                task: Sym(0),
                cost: self.economy.dag.constant(1.0),
                steps: Vec::new(),
                substitution: None,
                tariff: None,
                index: index.clone(),
                margin_name: named[n].0.clone(),
                bill_name: named[n].1.clone(),
                span: t.lines[c.line].span,
                cost_span: t.lines[c.line].cost.span,
            };
            let l = self.economy.add_line(line);
            self.economy.tasks[at].lines.push(l);
            let substitution = t.lines[c.line].substitution.as_ref().or(t.substitution.as_ref()).cloned();
            self.pending_costs.push(Pending { line: l, cost: t.lines[c.line].cost.clone(), substitution, scope: c.scope.clone() });
            for (own, key) in [(named[n].0.clone(), Key::Margin(l)), (named[n].1.clone(), Key::Bill(l))] {
                let sym = self.economy.quantity(key);
                if let Some(own) = own {
                    self.enter(&own, index.clone(), sym, origins && !index.is_empty());
                }
            }
        }
    }

    /// Two lines that both have the tasks of an industry.
    fn disputed(&mut self, t: &crate::syntax::tree::Tasks, c: &Candidate, other: &Candidate, j: usize) {
        let industry = self.economy.industries[j].name.clone();
        let (a, b) = (t.lines[c.line].span, t.lines[other.line].span);
        let d = if c.destination == other.destination {
            Diagnostic::new("M053", format!("two lines of equal standing for the tasks of `{industry}`"))
                .at(a, "this one")
                .see(b, "and this one")
                .help("a line with `in` overrides one without; of two alike, keep one")
        } else {
            Diagnostic::new(
                "P021",
                format!("tasks of `{industry}` in {} with several destinations are not yet in the language", self.economy.countries[c.origin].name),
            )
            .at(a, "a second destination")
            .see(b, "the first")
            .help("keep one destination for each origin and industry")
        };
        self.report(d);
    }

    /// Cost expressions, once all names have their symbols.
    pub fn task_costs(&mut self) {
        for Pending { line: l, cost, substitution, scope } in std::mem::take(&mut self.pending_costs) {
            if let Some(e) = substitution {
                self.substitution(l, &e, &scope);
            }
            if self.economy.names.entries.contains_key("i") {
                let declared = self.economy.names.entries["i"].span;
                let d = Diagnostic::new("N038", "`i` is the task in a cost, and is declared as something else")
                    .at(cost.span, "which `i` is meant here?")
                    .see(declared, "declared here")
                    .help("rename the declared one");
                self.report(d);
                continue;
            }
            let Ok((task, node)) = self.resolver().cost(&cost, &scope) else { continue };
            let symbols = self.economy.dag.symbols(&[node]);
            if self.resolver().only_parameters(node, cost.span, "the cost of offshoring").is_err() {
                continue;
            }
            let margin = self.economy.quantity(Key::Margin(l));
            let margin = self.economy.info(margin).name.clone();
            if !symbols.contains(&task) {
                let mut d = Diagnostic::new("T031", format!("no condition determines `{margin}`"))
                    .at(cost.span, "the cost of offshoring is the same for every task, so none is the marginal one")
                    .help("let the cost rise with the task `i`, as in `1 + 0.5 * i`");
                for name in called(&cost) {
                    if let Some((_, entry)) = self.economy.names.lookup(&name, scope.prefix.as_deref()) {
                        d = d.see(entry.span, "flat");
                    }
                }
                self.report(d);
                continue;
            }
            let Ok(steps) = steps::steps(&mut self.economy.dag, node, task) else {
                let d = Diagnostic::new("M009", "steps of several schedules that end where a parameter says")
                    .at(cost.span, "which step ends first is not known")
                    .help("write the ends as numbers, or make one schedule of the steps");
                self.report(d);
                continue;
            };
            let line = &mut self.economy.lines[l];
            (line.task, line.cost, line.steps) = (task, node, steps.clone());
            self.widths(&steps, cost.span);
            let subject = format!("the cost of offshoring {}", self.economy.tasks[self.economy.lines[l].tasks].name);
            self.economy.checks.push(ValueCheck {
                sym: None,
                node,
                what: Demand::Rising { task, margin, steps: !steps.is_empty() },
                span: cost.span,
                subject,
            });
        }
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
    fn widths(&mut self, steps: &[steps::Step], span: Span) {
        for (k, step) in steps.iter().enumerate() {
            let width = self.economy.dag.sub(step.to, step.from);
            if self.economy.dag.as_const(width).is_none() {
                let subject = format!("the width of step {} of the cost of offshoring", k + 1);
                self.economy.checks.push(ValueCheck { sym: None, node: width, what: Demand::Positive, span, subject });
            }
        }
    }
}
