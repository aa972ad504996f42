//! Borders: iceberg costs, tariffs and export taxes on a good between two places.

use super::resolve::{Reported, Resolved, Scope};
use super::structure::{Builder, name_expr};
use super::{Demand, Economy, ValueCheck, naming};
use crate::diag::Diagnostic;
use crate::expr::{Node, NodeId, Sym};
use crate::source::Span;
pub use crate::syntax::tree::BorderKind;
use crate::syntax::tree::{self, Kind, Name};
use crate::system::Quantity;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A place that goods come from or go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    Country(usize),
    /// The world market, where prices are given.
    World,
}

impl End {
    pub fn country(self) -> Option<usize> {
        match self {
            End::Country(r) => Some(r),
            End::World => None,
        }
    }
}

/// How a file calls the world market.
pub const WORLD: &str = "world";

/// What one declaration does to the price of a good between two places.
#[derive(Clone, Debug)]
pub struct Border {
    /// A tax rate, or units shipped per unit that arrives.
    pub rate: Sym,
    /// A tariff on the price at the exporter's border.
    pub on_fob: bool,
    pub span: Span,
}

/// All borders, by kind, good, origin and destination.
pub type Borders = FxHashMap<(BorderKind, usize, End, End), Border>;

/// The words of a rate's table, and its other name where the model declares the first itself.
fn table(kind: BorderKind) -> (&'static str, &'static str) {
    match kind {
        BorderKind::ExportTax => ("export_tax", "export_tax_rate"),
        BorderKind::Iceberg => ("iceberg", "iceberg_cost"),
        BorderKind::Tariff => ("tariff", "tariff_rate"),
    }
}

/// A border as declared, before its rate is known.
struct Declared<'p> {
    line: &'p tree::Border,
    good: usize,
    from: End,
    to: End,
    scope: Scope,
}

/// A border's rate: an expression of parameters.
struct Rated<'p> {
    of: Declared<'p>,
    node: NodeId,
}

impl<'p> Builder<'p> {
    /// Goods whose prices differ by country because a border stands between: found before prices have names.
    pub fn bordered_goods(&mut self) {
        for d in self.declared_borders(false) {
            let good = &mut self.economy.goods[d.good];
            good.bordered = !good.differentiated;
        }
    }

    /// Rates of all borders, once parameters have values.
    pub fn borders(&mut self) {
        let mut rated: Vec<Rated<'p>> = Vec::new();
        let mut uses: FxHashMap<Sym, usize> = FxHashMap::default();
        for of in self.declared_borders(true) {
            let rate = &of.line.rate;
            let Ok(node) = self.resolver().expr(rate, &of.scope) else { continue };
            let name = self.rate_name(of.line.kind, of.good, of.from, of.to).0;
            if self.resolver().only_parameters(node, rate.span, &format!("`{name}`")).is_err() {
                continue;
            }
            if let Node::Sym(s) = self.economy.dag.node(node) {
                *uses.entry(*s).or_default() += 1;
            }
            rated.push(Rated { of, node });
        }
        for Rated { of, node } in rated {
            let kind = of.line.kind;
            let span = of.line.rate.span;
            let (name, word, index) = self.rate_name(kind, of.good, of.from, of.to);
            let meaning = format!("{} on {} from {} to {}", kind.words(), index[0], index[1], index[2]);
            // A parameter that is one rate is that rate; one that is several stays apart from each, so that each can be set.
            let own = match self.economy.dag.node(node) {
                Node::Sym(s) if uses.get(s) == Some(&1) => Some(*s),
                _ => None,
            };
            let rate = own.unwrap_or_else(|| self.place_node(name.clone(), Quantity::Place, node, span, &meaning));
            self.enter(word, index, rate, false);
            let demand = if kind == BorderKind::Iceberg { Demand::Positive } else { Demand::Rate };
            self.check(rate, demand, span, format!("`{name}`"));
            self.economy.borders.insert((kind, of.good, of.from, of.to), Border { rate, on_fob: of.line.on_fob, span });
        }
        self.round_trips();
    }

    /// Where a round trip pays, trade has no end.
    fn round_trips(&mut self) {
        let mut places: Vec<(usize, usize, Span)> = Vec::new();
        for ((_, g, from, to), border) in &self.economy.borders {
            if let (Some(r), true) = (from.country().or(to.country()), *from == End::World || *to == End::World) {
                places.push((*g, r, border.span));
            }
        }
        places.sort_by_key(|p| (p.0, p.1, p.2.start));
        places.dedup_by_key(|p| (p.0, p.1));
        for (g, r, span) in places {
            let (inward, outward) = (self.economy.passage(g, End::World, End::Country(r)), self.economy.passage(g, End::Country(r), End::World));
            let dag = &mut self.economy.dag;
            let both = dag.mul(inward, outward);
            let one = dag.constant(1.0);
            let node = dag.sub(both, one);
            let subject = format!("trade in `{}` between {} and the world", self.economy.goods[g].name, self.economy.countries[r].name);
            self.economy.checks.push(ValueCheck { sym: None, node, what: Demand::RoundTrip, span, subject });
        }
    }

    /// Name of a rate, the word of its table and its index there.
    fn rate_name(&self, kind: BorderKind, good: usize, from: End, to: End) -> (String, &'static str, Vec<Arc<str>>) {
        let (short, long) = table(kind);
        let word = self.place_word(short, long);
        let index = vec![self.economy.goods[good].name.clone(), self.economy.end_name(from), self.economy.end_name(to)];
        (naming::indexed(word, &index), word, index)
    }

    /// The borders of all declarations; what is wrong with them is told where `aloud`.
    fn declared_borders(&mut self, aloud: bool) -> Vec<Declared<'p>> {
        let before = (!aloud).then(|| std::mem::take(&mut self.diagnostics));
        let mut out: Vec<Declared<'p>> = Vec::new();
        let mut seen: FxHashMap<(BorderKind, usize, End, End), Span> = FxHashMap::default();
        for (d, scope) in self.declarations() {
            let Kind::Border(line) = &d.kind else { continue };
            let Ok(scopes) = self.resolver().members(line.family.as_ref(), &scope) else { continue };
            for scope in scopes {
                if self.task_set(line, &scope).is_some() {
                    continue;
                }
                let Ok((good, from, to)) = self.border_places(line, &scope) else { break };
                if let Some(first) = seen.insert((line.kind, good, from, to), d.span) {
                    let (_, _, index) = self.rate_name(line.kind, good, from, to);
                    let title = format!("two lines of `{}` for {} from {} to {}", line.kind.words(), index[0], index[1], index[2]);
                    let diagnostic = Diagnostic::new("M073", title).at(line.rate.span, "again here").see(first, "the first");
                    self.report(diagnostic.help("keep one of them; `where` narrows a family"));
                    break;
                }
                out.push(Declared { line, good, from, to, scope });
            }
        }
        if let Some(before) = before {
            self.diagnostics = before;
        }
        out
    }

    /// The good and the places of a line.
    fn border_places(&mut self, line: &tree::Border, scope: &Scope) -> Resolved<(usize, End, End)> {
        let good = self.border_good(line, scope)?;
        let (from, to) = (self.end(&line.from, scope)?, self.end(&line.to, scope)?);
        let name = self.economy.goods[good].name.clone();
        if from == to {
            let place = self.economy.end_name(from);
            let d = Diagnostic::new("M070", format!("`{name}` crosses no border from {place} to {place}"))
                .at(line.from.span, "origin and destination are one place");
            return self.turned_away(d.help("in a family leave these out: `for i in C, j in C where i != j`"));
        }
        let item = self.economy.goods[good].clone();
        let world = from == End::World || to == End::World;
        if item.nontraded {
            let d = Diagnostic::new("M071", format!("`{name}` crosses no border"))
                .at(line.good.span, "a border stands before it")
                .see(item.span, "declared nontraded");
            return self.turned_away(d.help("remove one of the two"));
        }
        match (item.at_world_price, world, item.differentiated) {
            (true, true, false) | (false, false, true) => Ok((good, from, to)),
            (_, true, true) => self.turned_away(
                Diagnostic::new("P020", "trade with `world` in goods differentiated by origin: not yet in the language")
                    .at(line.good.span, "a later version will read this")
                    .help("model the rest of the world as a country"),
            ),
            (true, false, _) => {
                let home = self.economy.end_name(to);
                let d = Diagnostic::new("M072", format!("`{name}` has a given world price, so countries trade it with the world"))
                    .at(line.from.span, "between two countries")
                    .see(item.span, "the price is given here");
                self.turned_away(d.help(format!("write `from world to {home}`, or leave the price free")))
            }
            (false, true, false) => {
                let d = Diagnostic::new("M072", format!("`{name}` has no world price to trade at"))
                    .at(line.from.span, "trade with the world")
                    .see(item.span, "its price is free");
                self.turned_away(d.help(format!("give it one, `good {} price = 1`, or name two countries", naming::element(&name))))
            }
            (false, false, false) => {
                let d = Diagnostic::new(
                    "P020",
                    format!("borders between countries for `{name}`, which is the same wherever it is made: not yet in the language"),
                )
                .at(line.good.span, "a later version will read this")
                .see(item.span, "one good, whoever makes it");
                let help = format!(
                    "tell it apart by origin, `good {} differentiated(4)`, or give it a world price and write `from world to …`",
                    naming::element(&name)
                );
                self.turned_away(d.help(help))
            }
        }
    }

    fn border_good(&mut self, line: &tree::Border, scope: &Scope) -> Resolved<usize> {
        let element = self.resolver().element(&name_expr(&line.good), scope)?;
        let full = self.economy.names.full_name(&element, scope.prefix.as_deref());
        if let Some(g) = self.economy.good_named(&element).or_else(|| self.economy.good_named(&full)) {
            return Ok(g);
        }
        let mut d = Diagnostic::new("N032", format!("`{element}` is not a good")).at(line.good.span, "only goods and tasks cross borders");
        d.help = self.near(&element, || self.economy.goods.iter().map(|g| g.name.as_ref())).map(|n| format!("did you mean `{n}`?"));
        self.turned_away(d)
    }

    /// The country of that name, or the world market.
    fn end(&mut self, name: &Name, scope: &Scope) -> Resolved<End> {
        let element = self.resolver().element(&name_expr(name), scope)?;
        if element.as_ref() == WORLD && self.economy.country_named(WORLD).is_none() {
            return Ok(End::World);
        }
        let Some(r) = self.country(&element, name.span) else { return Err(Reported) };
        if self.economy.countries[r].outside {
            let d = Diagnostic::new("M032", format!("{element} is outside the model")).at(name.span, "its goods are the world market's");
            return self.turned_away(d.help("write `world`: outside countries share one world market of goods"));
        }
        Ok(End::Country(r))
    }

    fn turned_away<T>(&mut self, d: Diagnostic) -> Resolved<T> {
        self.incomplete = true;
        self.report(d);
        Err(Reported)
    }
}

impl Economy {
    pub fn end_name(&self, end: End) -> Arc<str> {
        match end {
            End::Country(r) => self.countries[r].name.clone(),
            End::World => WORLD.into(),
        }
    }

    pub fn border(&self, kind: BorderKind, good: usize, from: End, to: End) -> Option<&Border> {
        self.borders.get(&(kind, good, from, to))
    }

    /// Units shipped per unit that arrives.
    pub fn melting(&mut self, good: usize, from: End, to: End) -> NodeId {
        match self.border(BorderKind::Iceberg, good, from, to).map(|b| b.rate) {
            Some(rate) => self.dag.sym(rate),
            None => self.dag.constant(1.0),
        }
    }

    /// The export tax's factor on the price of what leaves.
    pub fn leaving(&mut self, good: usize, from: End, to: End) -> NodeId {
        let one = self.dag.constant(1.0);
        match self.border(BorderKind::ExportTax, good, from, to).map(|b| b.rate) {
            Some(rate) => {
                let rate = self.dag.sym(rate);
                self.dag.sum(&[one, rate])
            }
            None => one,
        }
    }

    /// The tariff's factor on the price of what was shipped. On fob prices it is paid on what arrives: τ + t of what τ was.
    pub fn entering(&mut self, good: usize, from: End, to: End) -> NodeId {
        let one = self.dag.constant(1.0);
        let Some((rate, on_fob)) = self.border(BorderKind::Tariff, good, from, to).map(|b| (b.rate, b.on_fob)) else { return one };
        let melting = self.melting(good, from, to);
        let rate = self.dag.sym(rate);
        let rate = if on_fob { self.dag.div(rate, melting) } else { rate };
        self.dag.sum(&[one, rate])
    }

    /// Price at the destination over the price at the origin.
    pub fn passage(&mut self, good: usize, from: End, to: End) -> NodeId {
        let factors = [self.leaving(good, from, to), self.melting(good, from, to), self.entering(good, from, to)];
        self.dag.prod(&factors)
    }

    /// Whether a parameter is a tax rate, or one follows it alone: it changes by points, since a share of a rate is misread.
    pub fn is_rate(&self, sym: Sym) -> bool {
        let rates = self.borders.iter().filter(|((kind, ..), _)| *kind != BorderKind::Iceberg).map(|(_, b)| b);
        rates.chain(self.lines.iter().flat_map(|l| &l.places).filter_map(|p| p.tariff.as_ref())).any(|b| {
            let follows =
                matches!(self.info(b.rate).role, crate::system::Role::Definition(n) if matches!(self.dag.node(n), Node::Sym(s) if *s == sym));
            b.rate == sym || follows
        })
    }
}
