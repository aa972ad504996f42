//! What the shares of sums over the accounts' rows are called: whose work, whose use, whose supply, what income is from.

use super::atoms::{Atom, Measures, Range, dressed};
use super::hat::Hats;
use super::names::share_atom;
use crate::accounts::{AgentId, CommodityId, Doing, EntryId, Place, Side, What, Who};
use crate::model::{Key, naming};
use crate::system::{Part, Quantity, Role, SymInfo, Whole};
use std::sync::Arc;

/// A family of shares: its word, its letter, its LaTeX.
type Family = (&'static str, &'static str, &'static str);

const SUPPLY: Family = ("supply_share", "ς", "\\varsigma");
const USE: Family = ("use_share", "υ", "\\upsilon");
const INCOME: Family = ("income_share", "ι", "\\iota");
/// The same within one country, where others take part in the market.
const OWN_SUPPLY: Family = ("own_supply_share", "s", "s");
const OWN_USE: Family = ("own_use_share", "u", "u");

impl Hats<'_> {
    /// The atom for a term of a sum over rows.
    pub(super) fn part_share(&self, whole: Whole, part: Part, value: f64) -> Atom {
        match (whole, part) {
            (Whole::Taken(commodity, of), Part::Moved { entry, by }) => match (self.accounts.commodity(commodity).what, of) {
                (What::Factor(f), None) => self.work(f, commodity, entry, by, value),
                (What::Bundle(l), None) => self.in_bundles(l, by, value),
                (What::Variety { .. }, _) if self.shipped(entry).is_some() => self.sales_share(entry, value, Measures::Part(whole, part)),
                _ => self.taken_by(whole, part, commodity, of, by, value),
            },
            (Whole::Supply(commodity, of), Part::Moved { by, .. }) => self.brought_by(whole, part, commodity, of, by, value),
            (Whole::Income(agent), part) => {
                let mut atom = self.received(agent, part, value);
                // Beside a subsidy the others are more than all.
                if self.may_subsidise(agent) {
                    atom.range = if matches!(part, Part::Owned(_)) { Range::Positive } else { Range::Any };
                }
                atom
            }
            (Whole::Supply(commodity, _) | Whole::Taken(commodity, _), _) => {
                let name = self.accounts.commodity_name(self.economy, commodity);
                self.family(
                    SUPPLY,
                    &[name.clone(), "endowment".into()],
                    None,
                    format!("share of endowments in the supply of {name}"),
                    value,
                    (whole, part),
                )
            }
        }
    }

    fn family(
        &self,
        (word, letter, latex): Family,
        index: &[Arc<str>],
        country: Option<usize>,
        meaning: String,
        value: f64,
        of: (Whole, Part),
    ) -> Atom {
        let mut names: Vec<String> = index.iter().map(|i| i.to_string()).collect();
        if let Some(r) = country.filter(|r| self.economy.sole_country() != Some(*r)) {
            names.push(self.economy.countries[r].name.to_string());
        }
        let mut atom = self.plain_share(word, names.clone(), &meaning, value, Measures::Part(of.0, of.1));
        (atom.display, atom.latex) = dressed(letter, latex, &names);
        atom
    }

    /// ` in Home`, or nothing where one country makes it plain.
    pub(super) fn inside(&self, country: Option<usize>) -> String {
        match country.filter(|r| self.economy.sole_country() != Some(*r)) {
            Some(r) => format!(" in {}", self.economy.countries[r].name),
            None => String::new(),
        }
    }

    fn industry_of(&self, entry: EntryId) -> Option<usize> {
        match self.accounts.activity(self.accounts.entry(entry).by).what {
            Doing::Make(j) => Some(j),
            _ => None,
        }
    }

    fn country_of(&self, entry: EntryId) -> Option<usize> {
        self.accounts.country_of(self.accounts.entry(entry).by)
    }

    /// The share of a country's factor that works in an industry, or performs tasks for one elsewhere.
    fn work(&self, f: usize, commodity: CommodityId, entry: EntryId, by: EntryId, value: f64) -> Atom {
        let e = self.economy;
        let (Place::In(r), Some(j)) = (self.accounts.commodity(commodity).place, self.industry_of(by)) else {
            let whole = (Whole::Taken(commodity, None), Part::Moved { entry, by });
            return self.taken_by(whole.0, whole.1, commodity, None, by, value);
        };
        let industry = &e.industries[j];
        if industry.country == r {
            let info = naming::describe(e, &Key::EmploymentShare(f, j));
            return share_atom(&info, value, Measures::Work(f, r, j, false));
        }
        let index: Vec<Arc<str>> = vec![e.factors[f].name.clone(), "tasks".into(), industry.name.clone()];
        let word = if e.names.entries.contains_key("lambda") { "employment_share" } else { "lambda" };
        let (name, display, latex) = naming::by_country(e, word, &index, Some(r));
        let (owner, origin) = (&e.countries[r].name, &e.countries[industry.country].name);
        let meaning = format!("share of {owner}'s {} that performs tasks for {} in {origin}", e.factors[f].name, industry.name);
        let info = SymInfo { name, display, latex, meaning, role: Role::Bound, quantity: Quantity::Share, origin: None };
        share_atom(&info, value, Measures::Work(f, r, j, true))
    }

    /// The share of an industry in the bundles of tasks that several use.
    fn in_bundles(&self, line: usize, by: EntryId, value: f64) -> Atom {
        let e = self.economy;
        let tasks = &e.tasks[e.lines[line].tasks];
        let user = self.accounts.activity_name(e, self.accounts.entry(by).by);
        let meaning = format!("share of {user} in the bundles of {}", tasks.name);
        let index = vec![e.factors[tasks.factor].name.to_string(), user.to_string()];
        let measures = match self.industry_of(by) {
            Some(j) => Measures::Bundle(line, j),
            None => Measures::Other,
        };
        self.plain_share("bundle_share", index, &meaning, value, measures)
    }

    /// The share of a household's consumption or of an industry's use in what is taken of a good.
    fn taken_by(&self, whole: Whole, part: Part, commodity: CommodityId, of: Option<AgentId>, by: EntryId, value: f64) -> Atom {
        let (good, place) = self.good(commodity);
        let activity = self.accounts.entry(by).by;
        let user = self.accounts.activity_name(self.economy, activity);
        let country = self.country_of(by);
        let consumes = self.accounts.activity(activity).what == Doing::Consume;
        let what = if consumes { "consumption" } else { user.as_ref() };
        let (family, meaning) = match of {
            None => (USE, format!("share of {what}{} in the use of {good}", self.inside(country))),
            Some(agent) => (OWN_USE, format!("share of {what} in the use of {good}{}", self.inside(self.place_of(agent)))),
        };
        let mut index = vec![good.clone()];
        index.extend((user != good).then_some(user));
        let mut atom = self.family(family, &index, country, meaning, value, (whole, part));
        if let (None, What::Good(g), Some(r)) = (of, self.accounts.commodity(commodity).what, country) {
            match self.industry_of(by) {
                Some(j) => atom.measures = Measures::Use(g, place, j),
                None if consumes => atom.measures = Measures::Consumption(g, place, r),
                None => {}
            }
        }
        atom
    }

    /// The share of a maker in what is brought to a good's market.
    fn brought_by(&self, whole: Whole, part: Part, commodity: CommodityId, of: Option<AgentId>, by: EntryId, value: f64) -> Atom {
        let (good, place) = self.good(commodity);
        let maker = self.accounts.activity_name(self.economy, self.accounts.entry(by).by);
        let country = self.country_of(by);
        let (family, meaning) = match of {
            None => (SUPPLY, format!("share of {maker}{} in the supply of {good}", self.inside(country))),
            Some(agent) => (OWN_SUPPLY, format!("share of {maker} in the output of {good}{}", self.inside(self.place_of(agent)))),
        };
        let mut index = vec![good.clone()];
        index.extend((maker != good).then_some(maker));
        let mut atom = self.family(family, &index, country, meaning, value, (whole, part));
        if let (None, What::Good(g), Some(j)) = (of, self.accounts.commodity(commodity).what, self.industry_of(by)) {
            atom.measures = Measures::Supply(g, place, j);
        }
        atom
    }

    /// The share of a factor, of profits or of a wedge's revenue in an agent's income.
    fn received(&self, agent: AgentId, part: Part, value: f64) -> Atom {
        let country = self.place_of(agent);
        let within = self.inside(country);
        let whole = Whole::Income(agent);
        match part {
            Part::Owned(id) => {
                let commodity = self.accounts.endowment(id).commodity;
                let name = self.accounts.commodity_name(self.economy, commodity);
                let mut atom = self.family(INCOME, &[name.clone()], country, format!("share of {name} in income{within}"), value, (whole, part));
                if let (What::Factor(f), Some(r)) = (self.accounts.commodity(commodity).what, country) {
                    atom.measures = Measures::Earnings(f, r);
                }
                atom
            }
            Part::Revenue { entry, wedge, .. } => {
                let row = self.accounts.entry(entry);
                let activity = self.accounts.activity_name(self.economy, row.by);
                if let (Some(j), Side::Gives) = (self.industry_of(entry), row.side) {
                    let name: Arc<str> = format!("profits {activity}").into();
                    let mut atom = self.family(INCOME, &[name.clone()], country, format!("share of {name} in income{within}"), value, (whole, part));
                    atom.measures = Measures::Profits(j);
                    return atom;
                }
                if let Some(atom) = self.revenue_share(agent, entry, wedge, value, Measures::Part(whole, part)) {
                    return atom;
                }
                let rate = self.system.info(self.accounts.wedge(wedge).rate);
                let good = self.accounts.commodity_name(self.economy, row.commodity);
                let index = [rate.name.as_str().into(), good.clone(), activity.clone()];
                let meaning = format!("share of the revenue of {} on {good} for {activity} in income{within}", rate.display);
                self.family(INCOME, &index, country, meaning, value, (whole, part))
            }
            Part::Moved { .. } => self.family(INCOME, &[], country, format!("share in income{within}"), value, (whole, part)),
        }
    }

    fn good(&self, commodity: CommodityId) -> (Arc<str>, Option<usize>) {
        let place = match self.accounts.commodity(commodity).place {
            Place::In(r) => Some(r),
            Place::World | Place::Between(..) => None,
        };
        (self.accounts.commodity_name(self.economy, commodity), place)
    }

    fn place_of(&self, agent: AgentId) -> Option<usize> {
        match self.accounts.agent(agent).who {
            Who::Household(r) | Who::Outside(r) => Some(r),
            Who::World => None,
        }
    }
}
