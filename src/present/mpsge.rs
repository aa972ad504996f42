//! An economy at an equilibrium as a GAMS program with an MPSGE model, to replicate and to go on from there.

use super::number::exact;
use crate::accounts::netputs::{Doer, Netput, Netputs, Sector, Traded};
use crate::accounts::{Accounts, ActivityId, AgentId, CommodityId, Doing, Place, Trade, What, Who};
use crate::model::Economy;
use crate::model::naming::by_country;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write;
use std::sync::Arc;

/// GAMS reads no longer names.
const LONGEST: usize = 63;
/// Columns that a description may take.
const DESCRIBED: usize = 60;

pub struct Subject<'a> {
    pub economy: &'a Economy,
    pub rows: &'a Accounts,
    pub title: &'a str,
    /// The price that is held, with the words for it; the first one where it is none of a commodity.
    pub numeraire: Option<(CommodityId, f64)>,
}

/// Names as GAMS reads them: ASCII letters, digits and `_`, told apart without case.
#[derive(Default)]
struct Names {
    taken: FxHashSet<String>,
}

impl Names {
    fn new_name(&mut self, prefix: &str, words: &str) -> String {
        let mut plain = String::new();
        for c in words.chars() {
            if c.is_ascii_alphanumeric() {
                plain.push(c);
            } else if !plain.ends_with('_') {
                plain.push('_');
            }
        }
        let plain = plain.trim_matches('_');
        let whole = match (prefix, plain) {
            ("", word) if word.starts_with(|c: char| c.is_ascii_alphabetic()) => word.to_string(),
            ("", word) => format!("m_{word}"),
            (_, "") => prefix.to_string(),
            _ => format!("{prefix}_{plain}"),
        };
        let whole: String = whole.chars().take(LONGEST - 8).collect();
        let mut name = whole.clone();
        let mut k = 2;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{whole}_{k}");
            k += 1;
        }
        name
    }
}

/// Words in one line that GAMS takes for no command.
fn described(words: &str) -> String {
    let plain = words.chars().map(|c| if c.is_control() || "'\"/$".contains(c) { ' ' } else { c });
    plain.take(DESCRIBED).collect::<String>().trim_end().to_string()
}

struct Writer<'a> {
    s: &'a Subject<'a>,
    n: &'a Netputs,
    names: Names,
    traded: FxHashMap<Traded, String>,
    prices: FxHashMap<CommodityId, f64>,
    consumers: FxHashMap<AgentId, String>,
    sectors: Vec<String>,
    /// Name, words, value.
    scalars: Vec<(String, String, f64)>,
    endowments: FxHashMap<(AgentId, CommodityId), String>,
    /// Rates by sector, agent and value: an input in two nests bears one rate.
    rates: FxHashMap<(Doer, AgentId, u64), String>,
}

/// The program. Scalars are what a counterfactual changes: endowments and rates.
pub fn text(s: &Subject, n: &Netputs) -> String {
    let mut w = Writer {
        s,
        n,
        names: Names::default(),
        traded: FxHashMap::default(),
        prices: n.prices.iter().copied().collect(),
        consumers: FxHashMap::default(),
        sectors: Vec::new(),
        scalars: Vec::new(),
        endowments: FxHashMap::default(),
        rates: FxHashMap::default(),
    };
    let model = w.names.new_name("", s.title).to_uppercase();
    let declared = w.declare();
    let blocks = w.blocks();
    let mut out = format!("$TITLE {}\n\n", described(s.title));
    out.push_str("* Written by tasktrade: quantities and prices are those of one equilibrium, so the\n");
    out.push_str("* first solve, without iterations, has residual 0. Then change a scalar, allow\n");
    out.push_str("* iterations, and solve again.\n");
    for id in &n.left_out {
        let _ = writeln!(out, "* left out, an input is not to be had: {}", described(&w.activity_words(*id)));
    }
    if !w.scalars.is_empty() {
        out.push_str("\nSCALARS\n");
        for (name, words, value) in &w.scalars {
            let _ = writeln!(out, "  {name} \"{}\" / {} /", described(words), exact(*value));
        }
        out.push_str(";\n");
    }
    let _ = writeln!(out, "\n$ONTEXT\n\n$MODEL:{model}\n\n{declared}{blocks}$OFFTEXT\n$SYSINCLUDE mpsgeset {model}\n");
    for (name, sector) in w.sectors.iter().zip(&n.sectors) {
        if sector.reversible {
            let _ = writeln!(out, "{name}.LO = -INF;");
        }
        let _ = writeln!(out, "{name}.L = {};", exact(sector.level));
    }
    for (traded, name) in w.in_order() {
        let _ = writeln!(out, "{name}.L = {};", exact(w.price(traded)));
    }
    for consumer in &n.consumers {
        if let Some(name) = w.consumers.get(&consumer.agent) {
            let _ = writeln!(out, "{name}.L = {};", exact(consumer.income));
        }
    }
    let held = match (n.exchange, s.numeraire) {
        (true, _) => Some((Traded::Exchange, 1.0)),
        (_, Some((c, value))) => Some((Traded::Commodity(c), value)),
        _ => None,
    };
    out.push('\n');
    if let Some((traded, value)) = held
        && let Some(name) = w.traded.get(&traded)
    {
        let _ = writeln!(out, "* The numeraire.\n{name}.FX = {};\n", exact(value));
    }
    let _ = writeln!(out, "{model}.ITERLIM = 0;\n$INCLUDE {model}.GEN\nSOLVE {model} USING MCP;");
    out
}

impl Writer<'_> {
    fn named(&self, base: &str, country: Option<usize>) -> String {
        by_country(self.s.economy, base, &[], country).0
    }

    fn country(&self, r: usize) -> Arc<str> {
        self.s.economy.countries[r].name.clone()
    }

    fn commodity_words(&self, c: CommodityId) -> (String, String) {
        let row = self.s.rows.commodity(c);
        let name = self.s.rows.commodity_name(self.s.economy, c);
        let group = match row.what {
            What::Factor(_) => "factor",
            What::Variety { .. } => "variety of",
            What::Composite(_) => "blend of",
            What::Good(_) | What::Bundle(_) => "good",
        };
        match row.place {
            Place::Between(i, j) => {
                let (i, j) = (self.country(i), self.country(j));
                (format!("{name}_{i}_{j}"), format!("{name} from {i}, in {j}"))
            }
            Place::World => (name.to_string(), format!("{group} {name}")),
            Place::In(r) => {
                let several = self.s.economy.sole_country().is_none();
                let base = match row.what {
                    What::Composite(_) => format!("{name}_blend"),
                    _ => name.to_string(),
                };
                let place = if several { format!(" in {}", self.country(r)) } else { String::new() };
                (self.named(&base, Some(r)), format!("{group} {name}{place}"))
            }
        }
    }

    fn activity_words(&self, a: ActivityId) -> String {
        let activity = self.s.rows.activity(a);
        let economy = self.s.economy;
        match activity.what {
            Doing::Make(j) => {
                let industry = &economy.industries[j];
                let place = if economy.sole_country().is_none() { format!(" in {}", self.country(industry.country)) } else { String::new() };
                format!("industry {}{place}", industry.name)
            }
            Doing::Ship { good, from, to } => format!("{} from {} to {}", economy.goods[good].name, self.country(from), self.country(to)),
            Doing::Blend { good, to } => format!("varieties of {} used in {}", economy.goods[good].name, self.country(to)),
            _ => self.s.rows.activity_name(economy, a).to_string(),
        }
    }

    fn agent_words(&self, a: AgentId) -> String {
        match self.s.rows.agent(a).who {
            Who::Household(r) | Who::Outside(r) => format!("household of {}", self.country(r)),
            Who::World => "the world".into(),
        }
    }

    fn sector(&mut self, sector: &Sector) -> (String, String) {
        let economy = self.s.economy;
        let (prefix, words, meaning) = match sector.doer {
            Doer::Activity(a) => match self.s.rows.activity(a).what {
                Doing::Make(j) => ("Y", self.named(&economy.industries[j].name, Some(economy.industries[j].country)), self.activity_words(a)),
                Doing::Ship { good, from, to } => {
                    ("S", format!("{}_{}_{}", economy.goods[good].name, self.country(from), self.country(to)), self.activity_words(a))
                }
                Doing::Blend { good, to } => ("A", self.named(&economy.goods[good].name, Some(to)), self.activity_words(a)),
                _ => {
                    let owner = self.s.rows.activity(a).owner;
                    ("C", self.owner(owner), format!("consumption of the {}", self.agent_words(owner)))
                }
            },
            Doer::Abroad(Trade::Buy, c) => (
                "X",
                self.commodity_words(c).0,
                format!("{} of {}", if sector.reversible { "net exports" } else { "exports" }, self.commodity_words(c).1),
            ),
            Doer::Abroad(Trade::Sell, c) => ("M", self.commodity_words(c).0, format!("imports of {}", self.commodity_words(c).1)),
            Doer::Hired(c) => ("F", self.commodity_words(c).0, format!("{}, in any amount", self.commodity_words(c).1)),
        };
        (self.names.new_name(prefix, &words), meaning)
    }

    fn owner(&self, agent: AgentId) -> String {
        match self.s.rows.agent(agent).who {
            Who::Household(r) | Who::Outside(r) => self.country(r).to_string(),
            Who::World => "world".into(),
        }
    }

    fn price(&self, traded: Traded) -> f64 {
        match traded {
            Traded::Commodity(c) => self.prices.get(&c).copied().unwrap_or(f64::NAN),
            Traded::Welfare(_) | Traded::Exchange => 1.0,
        }
    }

    /// What is traded, in the order of the economy.
    fn in_order(&self) -> Vec<(Traded, String)> {
        let commodities = self.s.rows.commodities().map(|(id, _)| Traded::Commodity(id));
        let welfare = self.n.consumers.iter().map(|c| Traded::Welfare(c.agent));
        let all = commodities.chain(welfare).chain([Traded::Exchange]);
        all.filter_map(|t| self.traded.get(&t).map(|n| (t, n.clone()))).collect()
    }

    /// The lists of sectors, commodities and consumers.
    fn declare(&mut self) -> String {
        let n = self.n;
        let mut text = String::from("$SECTORS:\n");
        let mut used: FxHashSet<Traded> = FxHashSet::default();
        for sector in &n.sectors {
            let (name, meaning) = self.sector(sector);
            let _ = writeln!(text, "  {name}  ! {}", described(&meaning));
            self.sectors.push(name);
            used.extend(sector.takes.iter().chain([&sector.gives]).map(|p| p.traded));
        }
        for consumer in &n.consumers {
            used.insert(consumer.buys);
            used.extend(consumer.endowments.iter().map(|e| Traded::Commodity(e.0)));
        }
        text.push_str("\n$COMMODITIES:\n");
        let mut listed: Vec<(Traded, String, String, &str)> = Vec::new();
        for (id, _) in self.s.rows.commodities() {
            let (words, meaning) = self.commodity_words(id);
            listed.push((Traded::Commodity(id), words, meaning, "P"));
        }
        for consumer in &n.consumers {
            let who = consumer.agent;
            listed.push((Traded::Welfare(who), self.owner(who), format!("welfare of the {}", self.agent_words(who)), "PU"));
        }
        listed.push((Traded::Exchange, String::new(), "money of the world".into(), "PFX"));
        for (traded, words, meaning, prefix) in listed.into_iter().filter(|l| used.contains(&l.0)) {
            let name = self.names.new_name(prefix, &words);
            let _ = writeln!(text, "  {name}  ! {}", described(&meaning));
            self.traded.insert(traded, name);
        }
        text.push_str("\n$CONSUMERS:\n");
        for consumer in &n.consumers {
            let name = self.names.new_name("H", &self.owner(consumer.agent));
            let _ = writeln!(text, "  {name}  ! {}", described(&self.agent_words(consumer.agent)));
            self.consumers.insert(consumer.agent, name);
            for &(c, amount) in &consumer.endowments {
                let (words, meaning) = self.commodity_words(c);
                let scalar = self.names.new_name("E", &words);
                self.scalars.push((scalar.clone(), format!("endowment of {meaning}"), amount));
                self.endowments.insert((consumer.agent, c), scalar);
            }
        }
        text.push('\n');
        text
    }

    fn blocks(&mut self) -> String {
        let n = self.n;
        let mut text = String::new();
        for (k, sector) in n.sectors.iter().enumerate() {
            let name = self.sectors.get(k).cloned().unwrap_or_default();
            let _ = write!(text, "$PROD:{name}");
            for (i, nest) in sector.nests.iter().enumerate() {
                let _ = match nest.inside {
                    None => write!(text, "  s:{}", exact(nest.sigma)),
                    Some(0) => write!(text, "  n{i}:{}", exact(nest.sigma)),
                    Some(outer) => write!(text, "  n{i}(n{outer}):{}", exact(nest.sigma)),
                };
            }
            text.push('\n');
            let gives = self.netput(sector.doer, &name, &sector.gives);
            let _ = writeln!(text, "  O:{gives}");
            for takes in &sector.takes {
                let line = self.netput(sector.doer, &name, takes);
                let _ = writeln!(text, "  I:{line}");
            }
            text.push('\n');
        }
        for consumer in &n.consumers {
            let (Some(name), Some(buys)) = (self.consumers.get(&consumer.agent), self.traded.get(&consumer.buys)) else { continue };
            let _ = writeln!(text, "$DEMAND:{name}\n  D:{buys}  Q:{}", exact(consumer.income));
            for (c, _) in &consumer.endowments {
                if let (Some(p), Some(e)) = (self.traded.get(&Traded::Commodity(*c)), self.endowments.get(&(consumer.agent, *c))) {
                    let _ = writeln!(text, "  E:{p}  Q:{e}");
                }
            }
            text.push('\n');
        }
        text
    }

    fn netput(&mut self, doer: Doer, sector: &str, p: &Netput) -> String {
        let name = self.traded.get(&p.traded).cloned().unwrap_or_default();
        let mut line = format!("{name}  Q:{}  P:{}", exact(p.quantity), exact(p.price));
        if p.nest > 0 {
            let _ = write!(line, "  n{}:", p.nest);
        }
        for &(agent, rate) in &p.taxes {
            let key = (doer, agent, rate.to_bits());
            let scalar = match self.rates.get(&key) {
                Some(scalar) => scalar.clone(),
                None => {
                    let words = format!("{sector}_{}", name.trim_start_matches("P_"));
                    let scalar = self.names.new_name("T", &words);
                    let whom = self.agent_words(agent);
                    self.scalars.push((scalar.clone(), format!("rate in {sector}, to the {whom}"), rate));
                    self.rates.insert(key, scalar.clone());
                    scalar
                }
            };
            if let Some(consumer) = self.consumers.get(&agent) {
                let _ = write!(line, "  A:{consumer}  T:{scalar}");
            }
        }
        line
    }
}
