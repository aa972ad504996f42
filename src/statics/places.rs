//! What shares of trade between places are called: of origins in spending, of destinations in sales, of borders in income.

use super::atoms::{Atom, Measures, Range};
use super::hat::Hats;
use super::names::share_atom;
use crate::accounts::{ActivityId, AgentId, Doing, EntryId, Place, Stage, To, Trade, Tree, TreeId, Wedge, WedgeId, What};
use crate::model::border::End;
use crate::model::{Key, naming};
use crate::system::{Quantity, Role, SymInfo};
use std::sync::Arc;

impl Hats<'_> {
    /// The good, origin and destination of what an entry ships.
    pub(super) fn shipped(&self, entry: EntryId) -> Option<(usize, usize, usize)> {
        match self.accounts.activity(self.accounts.entry(entry).by).what {
            Doing::Ship { good, from, to } => Some((good, from, to)),
            _ => None,
        }
    }

    /// The share of a destination in what an origin sells.
    pub(super) fn sales_share(&self, entry: EntryId, value: f64, measures: Measures) -> Atom {
        let Some((g, from, to)) = self.shipped(entry) else { return self.plain_share("sales_share", Vec::new(), "share of sales", value, measures) };
        let e = self.economy;
        let (good, from, to) = (&e.goods[g].name, &e.countries[from].name, &e.countries[to].name);
        self.placed("sales_share", &[good, from, to], format!("share of {to} in what {from} sells of {good}"), value, measures)
    }

    /// The share of a border's revenue in an agent's income; `None` where the wedge is none of a border.
    pub(super) fn revenue_share(&self, agent: AgentId, entry: EntryId, wedge: WedgeId, value: f64, measures: Measures) -> Option<Atom> {
        let (word, what) = match self.accounts.wedge(wedge).stage {
            Stage::Border => ("tariff_share", "the tariff"),
            Stage::Fob => ("export_tax_share", "the export tax"),
            Stage::Cost | Stage::Producer => return None,
        };
        let e = self.economy;
        let (g, from, to) = match self.shipped(entry) {
            Some((g, i, j)) => (g, End::Country(i), End::Country(j)),
            None => self.across(entry)?,
        };
        let (from, to) = (e.end_name(from), e.end_name(to));
        let good = &e.goods[g].name;
        let owner = self.accounts.agent(agent).income.map_or_else(|| "income".to_string(), |s| self.system.info(s).meaning.clone());
        Some(self.placed(word, &[good, &from, &to], format!("share of {what} on {good} from {from} to {to} in {owner}"), value, measures))
    }

    /// The wedges of borders that leave something to an agent.
    fn levied_by(&self, agent: AgentId) -> impl Iterator<Item = &Wedge> {
        let accounts = self.accounts;
        let borders = accounts.entries().flat_map(move |(_, e)| accounts.route(e.route)).map(move |w| accounts.wedge(*w));
        borders.filter(move |w| w.to == To::Agent(agent) && matches!(w.stage, Stage::Fob | Stage::Border))
    }

    /// Whether a country's borders bring its household anything.
    pub(super) fn levies(&self, country: usize) -> bool {
        self.accounts.household(country).is_some_and(|agent| self.levied_by(agent).next().is_some())
    }

    /// Whether some border's rate may be a subsidy that an agent pays.
    pub(super) fn may_subsidise(&self, agent: AgentId) -> bool {
        self.levied_by(agent).any(|w| !matches!(self.interval(w.rate), Some(Range::Positive | Range::NonNegative)))
    }

    /// The good and the ends of a trade with the world.
    fn across(&self, entry: EntryId) -> Option<(usize, End, End)> {
        let row = self.accounts.entry(entry);
        let commodity = self.accounts.commodity(row.commodity);
        let (What::Good(g), Place::In(r)) = (commodity.what, commodity.place) else { return None };
        match self.accounts.activity(row.by).what {
            Doing::Abroad(Trade::Buy) => Some((g, End::Country(r), End::World)),
            Doing::Abroad(Trade::Sell) => Some((g, End::World, End::Country(r))),
            _ => None,
        }
    }

    /// The share of the `k`-th part of a nest of origins.
    pub(super) fn origin_share(&self, blend: ActivityId, path: &[usize], k: usize, value: f64) -> Atom {
        let mut own = path.to_vec();
        own.push(k);
        let measures = Measures::Input(blend, own.clone());
        let Doing::Blend { good, to } = self.accounts.activity(blend).what else {
            return self.plain_share("cost_share", vec![format!("{}", k + 1)], "share in a unit cost", value, measures);
        };
        let e = self.economy;
        let leaf = self.accounts.activity(blend).takes.and_then(|t| self.part_at(t, &own));
        let (name, there) = (&e.goods[good].name, &e.countries[to].name);
        match (leaf, path.is_empty()) {
            (Some(from), true) => share_atom(&naming::describe(e, &Key::OriginShare(good, from, to)), value, measures),
            (Some(from), false) => {
                let from = &e.countries[from].name;
                self.placed("import_share", &[name, from, there], format!("share of {from} in {there}'s imports of {name}"), value, measures)
            }
            (None, _) => self.placed("imported", &[name, there], format!("share of imports in what {there} spends on {name}"), value, measures),
        }
    }

    /// The origin that stands at a place of a tree; `None` for a nest.
    fn part_at(&self, tree: TreeId, path: &[usize]) -> Option<usize> {
        match (self.accounts.tree(tree), path.split_first()) {
            (Tree::Nest { parts, .. }, Some((k, rest))) => self.part_at(parts.get(*k)?.1, rest),
            (Tree::Leaf(entry), None) => match self.accounts.commodity(self.accounts.entry(*entry).commodity).what {
                What::Variety { from, .. } => Some(from),
                _ => None,
            },
            _ => None,
        }
    }

    fn placed(&self, word: &str, index: &[&Arc<str>], meaning: String, value: f64, measures: Measures) -> Atom {
        let index: Vec<Arc<str>> = index.iter().map(|i| (*i).clone()).collect();
        let name = naming::indexed(word, &index);
        let (display, latex) = naming::pretty(&name);
        let info = SymInfo { name, display, latex, meaning, role: Role::Bound, quantity: Quantity::Share, origin: None };
        share_atom(&info, value, measures)
    }
}
