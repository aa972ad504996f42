//! Tariffs on tasks: what the country for which they are done levies on what is paid for them.

use super::border::{Border, BorderKind, End};
use super::names::What;
use super::resolve::{Reported, Resolved, Scope};
use super::structure::{Builder, name_expr};
use super::{Demand, Economy, naming};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::{self, Kind};
use crate::system::Quantity;
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl Builder<'_> {
    /// The rates of all tariffs on tasks, once parameters have values.
    pub fn task_borders(&mut self) {
        let mut seen: FxHashMap<(usize, usize), Span> = FxHashMap::default();
        for (d, scope) in self.declarations() {
            let Kind::Border(line) = &d.kind else { continue };
            let Ok(scopes) = self.resolver().members(line.family.as_ref(), &scope) else { continue };
            for scope in scopes {
                let Some(name) = self.task_set(line, &scope) else { continue };
                // A set that is not there is told of where it is declared.
                let Some(set) = self.economy.tasks.iter().position(|t| t.name == name) else { continue };
                let Ok(lines) = self.lines_between(line, set, &scope) else { break };
                if let Some((&l, first)) = lines.iter().find_map(|l| seen.get(l).map(|first| (l, *first))) {
                    let [tasks, from, to] = self.task_ends(l);
                    let d = Diagnostic::new("M073", format!("two lines of `tariff` for {tasks} from {from} to {to}"));
                    self.report(d.at(line.rate.span, "again here").see(first, "the first").help("keep one of them; `where` narrows a family"));
                    break;
                }
                seen.extend(lines.iter().map(|l| (*l, d.span)));
                self.levy(line, &lines, &scope);
            }
        }
    }

    /// The name of the tasks that a border stands before, where it is no good's; known before the tasks themselves are.
    pub(super) fn task_set(&mut self, line: &tree::Border, scope: &Scope) -> Option<Arc<str>> {
        let element = self.resolver().element(&name_expr(&line.good), scope).ok()?;
        let full = self.economy.names.full_name(&element, scope.prefix.as_deref());
        let tasks = self.economy.good_named(&element).is_none() && self.economy.names.entries.get(&full).is_some_and(|e| e.what == What::Tasks);
        tasks.then_some(full)
    }

    /// The lines of a task set that may be done in the one country for the other, with its number among their places.
    fn lines_between(&mut self, line: &tree::Border, set: usize, scope: &Scope) -> Resolved<Vec<(usize, usize)>> {
        let tasks = self.economy.tasks[set].name.clone();
        let refused = match line.kind {
            BorderKind::Iceberg => Some(("iceberg costs of tasks", format!("let their cost rise by it: `cost tau * …` of {tasks}"))),
            BorderKind::ExportTax => Some(("export taxes on tasks", "put it into the price that the country asks, or levy a `tariff`".to_string())),
            BorderKind::Tariff => None,
        };
        if let Some((what, help)) = refused {
            let d = Diagnostic::new("P020", format!("{what}: not yet in the language")).at(line.good.span, "a later version will read this");
            self.report(d.help(help));
            return Err(Reported);
        }
        let mut ends = Vec::new();
        for name in [&line.from, &line.to] {
            let element = self.resolver().element(&name_expr(name), scope)?;
            let Some(country) = self.country(&element, name.span) else { return Err(Reported) };
            ends.push(country);
        }
        let of = |l: &usize| {
            let own = &self.economy.lines[*l];
            let place = ends.first().and_then(|from| own.place_in(*from))?;
            (ends.get(1) == Some(&own.origin)).then_some((*l, place))
        };
        let found: Vec<(usize, usize)> = self.economy.tasks[set].lines.iter().filter_map(of).collect();
        if found.is_empty() && !self.economy.tasks[set].lines.is_empty() {
            let d = Diagnostic::new("M072", format!("no {tasks} are done in {} for {}", line.from.text, line.to.text))
                .at(line.from.span, "a tariff on tasks is levied where they are used, on those done elsewhere")
                .see(self.economy.tasks[set].span, "these tasks");
            self.report(d.help("name the countries as in `offshore Home -> Abroad …`, the other way round: `tariff TASKS from Abroad to Home = t`"));
            return Err(Reported);
        }
        Ok(found)
    }

    fn levy(&mut self, line: &tree::Border, lines: &[(usize, usize)], scope: &Scope) {
        let Some(&l) = lines.first() else { return };
        let index = self.task_ends(l);
        let word = self.place_word("tariff", "tariff_rate");
        let name = naming::indexed(word, &index);
        let meaning = format!("tariff on {} from {} to {}", index[0], index[1], index[2]);
        let Some(rate) = self.place(name.clone(), Quantity::Place, &line.rate, scope, &meaning, false) else { return };
        self.enter(word, index.to_vec(), rate, false);
        self.check(rate, Demand::Rate, line.rate.span, format!("`{name}`"));
        for (l, place) in lines {
            self.economy.lines[*l].places[*place].tariff = Some(Border { rate, on_fob: line.on_fob, span: line.rate.span });
        }
    }

    /// Tasks, where they are done, for whom.
    fn task_ends(&self, (l, place): (usize, usize)) -> [Arc<str>; 3] {
        let e = &self.economy;
        let line = &e.lines[l];
        [e.tasks[line.tasks].name.clone(), e.end_name(End::Country(line.places[place].destination)), e.end_name(End::Country(line.origin))]
    }
}

impl Economy {
    /// Whether anything is levied at a border.
    pub fn levies(&self) -> bool {
        self.borders.keys().any(|(kind, ..)| *kind != BorderKind::Iceberg) || self.lines.iter().flat_map(|l| &l.places).any(|p| p.tariff.is_some())
    }
}
