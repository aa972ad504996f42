//! The regime: which industries are active, how tasks are split, and over which interval of each parameter that lasts.

use super::Prepared;
use crate::expr::{NodeId, Sym};
use crate::model::{Demand, Key};
use crate::solve::{Border, Position, Solution, holds};
use crate::system::{Quantity, Role};
use rustc_hash::FxHashMap;
use std::sync::atomic::AtomicBool;

/// Where an industry or a task set stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Idle,
    /// Tasks: none, part or all abroad.
    None,
    Part,
    All,
    /// Up to where the cost jumps, so that the marginal task costs less abroad and the next one more.
    Step,
    /// Within a step, all tasks of which cost the same abroad as at home.
    Flat,
    /// A good at the border: what the country does with the world.
    Exported,
    Imported,
    Untraded,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Idle => "idle",
            State::None => "none",
            State::Part => "part",
            State::All => "all",
            State::Step => "step",
            State::Flat => "flat",
            State::Exported => "exported",
            State::Imported => "imported",
            State::Untraded => "not traded",
        }
    }
}

/// One line of a regime: an industry of a country, or one margin of a task set.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// `industry[x, Home]`, `tasks[Ltasks]`
    pub name: String,
    pub state: State,
    pub sym: Sym,
}

/// Over which values of a parameter a regime lasts, and what happens at its ends.
#[derive(Clone, Debug)]
pub struct Holds {
    pub parameter: Sym,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub below: Option<String>,
    pub above: Option<String>,
}

impl Prepared {
    pub fn position(&self, solution: &Solution, sym: Sym) -> Position {
        solution.positions.iter().find(|(s, _)| *s == sym).map_or(Position::Interior, |(_, p)| *p)
    }

    pub fn regime(&self, solution: &Solution) -> Vec<Entry> {
        let e = &self.economy;
        let mut out = Vec::new();
        for (j, ind) in e.industries.iter().enumerate() {
            let Some(sym) = self.key(&Key::Activity(j)) else { continue };
            let name = crate::model::naming::by_country(e, "industry", &[ind.name.clone()], Some(ind.country)).0;
            let state = if self.position(solution, sym) == Position::Lower { State::Idle } else { State::Active };
            out.push(Entry { name, state, sym });
        }
        for l in 0..e.lines.len() {
            let Some(sym) = self.key(&Key::Margin(l)) else { continue };
            let line = &e.lines[l];
            let index: Vec<_> = std::iter::once(e.tasks[line.tasks].name.clone()).chain(crate::model::naming::apart(e, l)).collect();
            let stands = |sym| match self.position(solution, sym) {
                Position::Lower => State::None,
                Position::Upper => State::All,
                _ => State::Part,
            };
            let steps: Vec<(State, bool)> =
                (0..line.pieces.len()).filter_map(|k| Some((stands(self.key(&Key::Step(l, k))?), self.is_flat(solution, l, k)))).collect();
            let state = if line.pieces.is_empty() {
                stands(sym)
            } else if let Some((_, flat)) = steps.iter().find(|s| s.0 == State::Part) {
                if *flat { State::Flat } else { State::Part }
            } else if let Some((first, _)) = steps.first().filter(|first| steps.iter().all(|s| s.0 == first.0)) {
                *first
            } else {
                State::Step
            };
            out.push(Entry { name: crate::model::naming::indexed("tasks", &index), state, sym });
        }
        for (g, r) in self.borders() {
            let Some(sym) = self.key(&Key::Parity(g, r)) else { continue };
            let state = match self.position(solution, sym) {
                Position::Lower => State::Exported,
                Position::Upper => State::Imported,
                _ => State::Untraded,
            };
            let index = [e.goods[g].name.clone(), e.countries[r].name.clone()];
            out.push(Entry { name: crate::model::naming::indexed("border", &index), state, sym });
        }
        out
    }

    /// How many steps of a line's cost are abroad as a whole.
    fn steps_abroad(&self, solution: &Solution, l: usize) -> usize {
        let steps = 0..self.economy.lines.get(l).map_or(0, |line| line.pieces.len());
        steps.filter_map(|k| self.key(&Key::Step(l, k))).filter(|s| self.position(solution, *s) == Position::Upper).count()
    }

    /// Whether all tasks of a step cost the same in the place that does the last of them.
    fn is_flat(&self, solution: &Solution, l: usize, k: usize) -> bool {
        let Some(line) = self.economy.lines.get(l) else { return false };
        let Some(piece) = line.pieces.get(k) else { return false };
        let mut last = piece.places.len() - 1;
        while last > 0 && self.key(&Key::Cut(l, k, last - 1)).is_some_and(|s| self.position(solution, s) == Position::Upper) {
            last -= 1;
        }
        piece.places.get(last).is_some_and(|s| !self.economy.dag.symbols(&[s.cost]).contains(&line.task))
    }

    /// The places that do tasks of a line, in the order of the tasks.
    fn sequence(&self, solution: &Solution, l: usize) -> Vec<usize> {
        let mut places: Vec<usize> = self.economy.done(l, &|s| solution.value(s)).into_iter().map(|d| d.place).collect();
        places.dedup();
        places
    }

    /// Whether a line of several places stands alike at two equilibria: its margin, and who does its tasks in which order.
    fn stands_alike(&self, a: &Solution, b: &Solution, l: usize) -> bool {
        let state = |s: &Solution| {
            let margin = self.key(&Key::Margin(l));
            let state = self.regime(s).into_iter().find(|e| Some(e.sym) == margin).map(|e| e.state);
            let end = matches!(state, Some(State::Step | State::Flat)).then(|| self.steps_abroad(s, l));
            (state, end, self.sequence(s, l))
        };
        state(a) == state(b)
    }

    /// The line of several places whose shares an unknown is one of.
    fn divided(&self, sym: Sym) -> Option<usize> {
        let of = |l: usize, key: Key| self.economy.lines.get(l).filter(|line| line.places.len() > 1).and_then(|_| self.key(&key)) == Some(sym);
        (0..self.economy.lines.len()).find(|l| {
            let pieces = self.economy.lines[*l].pieces.iter().enumerate();
            let mut keys = pieces.flat_map(|(k, p)| (1..p.places.len()).map(move |j| Key::Cut(*l, k, j - 1)).chain([Key::Step(*l, k)]));
            keys.any(|key| of(*l, key))
        })
    }

    /// Whether what changes position there is no more than a share of tasks that nobody does, or an end between two parts of one slope.
    fn changes_nothing(&self, solution: &Solution, border: &Border, parameter: Sym, up: bool, interrupt: &AtomicBool) -> Option<Solution> {
        let l = border.sym.and_then(|s| self.divided(s))?;
        let mut params = solution.values.clone();
        let step = 1e-7 * border.at.abs().max(1e-12);
        *params.get_mut(parameter.index())? = if up { border.at + step } else { border.at - step };
        let beyond = crate::solve::solve(&self.problem, &params, Some(solution), interrupt);
        (beyond.is_equilibrium() && self.stands_alike(solution, &beyond, l) && self.same_regime(solution, &beyond)).then_some(beyond)
    }

    /// Goods that bear a border to the world, by country.
    fn borders(&self) -> Vec<(usize, usize)> {
        let e = &self.economy;
        (0..e.goods.len()).filter(|g| e.goods[*g].bordered).flat_map(|g| e.inside().map(move |r| (g, r))).collect()
    }

    /// A good at a country's border: ` in Home` where there are several countries.
    fn good_word(&self, g: usize, r: usize) -> String {
        let e = &self.economy;
        let within = if e.sole_country() == Some(r) { String::new() } else { format!(" in {}", e.countries[r].name) };
        format!("{}{within}", e.goods[g].name)
    }

    /// The regime in words: `both industries active; L-tasks partly offshored (0 < I < 1)`.
    pub fn regime_words(&self, solution: &Solution) -> String {
        let entries = self.regime(solution);
        let e = &self.economy;
        let mut parts: Vec<String> = Vec::new();
        let industries: Vec<&Entry> = entries.iter().filter(|x| matches!(x.state, State::Active | State::Idle)).collect();
        let label = |x: &Entry| match self.economy.keys.iter().find(|(_, s)| **s == x.sym) {
            Some((Key::Activity(j), _)) => self.industry_word(*j),
            _ => x.name.clone(),
        };
        let idle: Vec<String> = industries.iter().filter(|x| x.state == State::Idle).map(|x| label(x)).collect();
        if !industries.is_empty() {
            let n = industries.len();
            parts.push(match (n, idle.len()) {
                (1, 0) => format!("{} active", label(industries[0])),
                (2, 0) => "both industries active".into(),
                (_, 0) => format!("all {n} industries active"),
                (_, k) if k == n => "no industry active".into(),
                (_, k) if k * 2 > n || n <= 3 => {
                    let active: Vec<String> = industries.iter().filter(|x| x.state == State::Active).map(|x| label(x)).collect();
                    format!("{} active; {} idle", active.join(", "), short_list(&idle))
                }
                (_, k) => format!("{} of {n} industries active; {} idle", n - k, short_list(&idle)),
            });
        }
        for (l, line) in e.lines.iter().enumerate() {
            let Some(sym) = self.key(&Key::Margin(l)) else { continue };
            let Some(entry) = entries.iter().find(|x| x.sym == sym) else { continue };
            let tasks = &e.tasks[line.tasks];
            let what = tasks.label.clone().unwrap_or_else(|| format!("{}-tasks", e.factors[tasks.factor].name).into());
            let index = crate::model::naming::apart(e, l);
            let of = if index.is_empty() { String::new() } else { format!(" ({})", index.join(", ")) };
            let margin = &self.system.info(sym).display;
            let places: Vec<String> = match line.places.len() {
                1 => Vec::new(),
                _ => self.sequence(solution, l).into_iter().map(|d| e.countries[line.places[d].destination].name.to_string()).collect(),
            };
            if let Some((first, others)) = places.split_first() {
                let others: String = others.iter().map(|p| format!(", then {p}")).collect();
                let rest = match entry.state {
                    State::All => String::new(),
                    State::Step => ", up to where their cost jumps; the rest at home".into(),
                    State::Flat => format!(", in part of a step, whose cost settles {}; the rest at home", self.home_wage(l)),
                    _ => ", the rest at home".into(),
                };
                parts.push(format!("{what}{of} done in {first}{others}{rest}"));
                continue;
            }
            parts.push(match entry.state {
                State::None => format!("{what}{of} not offshored ({margin} = 0)"),
                State::All => format!("{what}{of} all offshored ({margin} = 1)"),
                State::Step => format!("{what}{of} offshored up to the end of step {}, where their cost jumps", self.steps_abroad(solution, l)),
                State::Flat => {
                    let step = self.steps_abroad(solution, l) + 1;
                    format!("{what}{of} offshored in part of step {step}, whose cost settles {}", self.home_wage(l))
                }
                _ => format!("{what}{of} partly offshored (0 < {margin} < 1)"),
            });
        }
        for (g, r) in self.borders() {
            let Some(entry) = self.key(&Key::Parity(g, r)).and_then(|sym| entries.iter().find(|x| x.sym == sym)) else { continue };
            parts.push(format!("{} {}", self.good_word(g, r), entry.state.word()));
        }
        let slack: Vec<String> = self
            .system
            .equations
            .iter()
            .filter(|q| q.condition == crate::system::Condition::Market)
            .filter_map(|q| q.partner.filter(|s| self.position(solution, *s) == Position::Lower && !self.is_absent(solution, *s)))
            .map(|s| self.system.info(s).display.clone())
            .collect();
        if !slack.is_empty() {
            parts.push(format!("in excess supply at price 0: {}", short_list(&slack)));
        }
        parts.extend(self.conditions_words(solution));
        parts.join("; ")
    }

    /// Which of the file's own conditions bind, a family in one phrase: `sell binds for t1 … t4, is slack for t5 … t10`.
    fn conditions_words(&self, solution: &Solution) -> Vec<String> {
        let mut families: Vec<(&str, Vec<(&str, bool)>)> = Vec::new();
        for q in self.system.equations.iter().filter(|q| q.condition == crate::system::Condition::User && q.complementary) {
            let Some(s) = q.partner else { continue };
            let binds = self.position(solution, s) == Position::Interior;
            let (base, index) = q.name.split_once('[').map_or((q.name.as_str(), ""), |(base, index)| (base, index.trim_end_matches(']')));
            match families.iter_mut().find(|f| f.0 == base) {
                Some((_, members)) => members.push((index, binds)),
                None => families.push((base, vec![(index, binds)])),
            }
        }
        let word = |binds: bool| if binds { "binds" } else { "is slack" };
        let phrase = |(base, members): (&str, Vec<(&str, bool)>)| {
            if let Some(first) = members.first().map(|m| m.1).filter(|first| members.iter().all(|m| m.1 == *first)) {
                return match members.as_slice() {
                    [(index, _)] if !index.is_empty() => format!("{base}[{index}] {}", word(first)),
                    _ => format!("{base} {}", word(first)),
                };
            }
            let clauses = [true, false].map(|binds| {
                let runs = members.chunk_by(|a, b| a.1 == b.1).filter(|run| run.first().is_some_and(|m| m.1 == binds));
                let run = |r: &[(&str, bool)]| match r {
                    [(first, _), .., (last, _)] if r.len() > 3 && !first.contains(',') => format!("{first} … {last}"),
                    list => {
                        list.iter().map(|m| if m.0.contains(',') { format!("[{}]", m.0) } else { m.0.to_string() }).collect::<Vec<_>>().join(", ")
                    }
                };
                format!("{} for {}", word(binds), runs.map(run).collect::<Vec<_>>().join(", "))
            });
            format!("{base} {}", clauses.join(", "))
        };
        families.into_iter().map(phrase).collect()
    }

    /// A number below `most` for a regime, the same wherever the model meets it: all industries active and all margins inside are 0, and what stands
    /// elsewhere adds a digit each. Where a model has more regimes than numbers, or prices are 0, the number is drawn from the regime's `words`.
    pub fn regime_number(&self, solution: &Solution, words: &str, most: usize) -> usize {
        let mut place = Some(1usize);
        let mut number = 0;
        for entry in self.regime(solution) {
            let (digit, kinds) = match entry.state {
                State::Active => (0, 2),
                State::Idle => (1, 2),
                State::Part => (0, 3),
                State::None => (1, 3),
                State::All => (2, 3),
                State::Step | State::Flat => (0, 3),
                State::Imported => (0, 3),
                State::Exported => (1, 3),
                State::Untraded => (2, 3),
            };
            // A cost that jumps has a regime at each of its steps' ends and one within each.
            let line =
                (0..self.economy.lines.len()).find(|l| !self.economy.lines[*l].pieces.is_empty() && self.key(&Key::Margin(*l)) == Some(entry.sym));
            let (digit, kinds) = match line {
                None => (digit, kinds),
                Some(l) => {
                    let within = usize::from(entry.state == State::Flat || entry.state == State::Part);
                    let stepped = 2 * self.steps_abroad(solution, l) + within;
                    (if matches!(entry.state, State::None | State::All) { digit } else { 2 + stepped }, 3 + 2 * self.economy.lines[l].pieces.len())
                }
            };
            number += digit * place.unwrap_or(0);
            place = place.and_then(|p| p.checked_mul(kinds)).filter(|p| *p <= most);
        }
        // Conditions of the file and markets in excess supply have no digits of their own.
        let more = self.system.equations.iter().any(|q| match q.condition {
            crate::system::Condition::User => q.complementary,
            crate::system::Condition::Market => {
                q.partner.is_some_and(|s| self.position(solution, s) == Position::Lower && !self.is_absent(solution, s))
            }
            _ => false,
        });
        let divided = self.economy.lines.iter().any(|line| line.places.len() > 1);
        if place.is_some() && !more && !divided {
            return number;
        }
        use std::hash::Hasher;
        let mut drawn = rustc_hash::FxHasher::default();
        drawn.write(words.as_bytes());
        (drawn.finish() % most.max(1) as u64) as usize
    }

    pub fn holds(&self, solution: &Solution, parameter: Sym, interrupt: &AtomicBool) -> Holds {
        let mut interval = holds(&self.problem, solution, parameter, interrupt);
        for up in [false, true] {
            // A regime lasts through what changes nothing; it does so a few times at most.
            for _ in 0..16 {
                let end = if up { &interval.high } else { &interval.low };
                let Some(beyond) = end.as_ref().and_then(|b| self.changes_nothing(solution, b, parameter, up, interrupt)) else { break };
                let further = holds(&self.problem, &beyond, parameter, interrupt);
                if up { interval.high = further.high } else { interval.low = further.low }
            }
        }
        // What the parameter's own interval excludes bounds nothing.
        let (least, most) = self.declared_interval(parameter);
        interval.low = interval.low.filter(|b| b.at > least && !self.excludes(parameter, b, -1.0));
        interval.high = interval.high.filter(|b| b.at < most && !self.excludes(parameter, b, 1.0));
        let words = |b: &Option<Border>| b.as_ref().map(|b| self.border_words(solution, b));
        Holds {
            parameter,
            low: interval.low.as_ref().map(|b| b.at),
            high: interval.high.as_ref().map(|b| b.at),
            below: words(&interval.low),
            above: words(&interval.high),
        }
    }

    /// Whether the model has no meaning where a regime ends in that direction, or the path to there left where it has one: a weight below 0, say.
    fn excludes(&self, parameter: Sym, border: &Border, direction: f64) -> bool {
        let mut settings: FxHashMap<Sym, f64> = FxHashMap::default();
        for (i, info) in self.economy.syms.iter().enumerate() {
            if let (Role::Parameter(_), Some(&v)) = (&info.role, self.parameters.get(i)) {
                settings.insert(Sym(i as u32), v);
            }
        }
        let mut refused = |at: f64| {
            settings.insert(parameter, at);
            self.economy.check_intervals(&self.economy.parameter_values(&settings))
        };
        let near = if border.at == 0.0 { f64::MIN_POSITIVE } else { 1e-9 * border.at.abs() };
        refused(border.at - direction * near) || border.sym.is_none() && refused(border.at + direction * near)
    }

    /// The ends of the interval that the file declares for a parameter, where they are numbers.
    fn declared_interval(&self, parameter: Sym) -> (f64, f64) {
        let end = |n: Option<NodeId>| n.and_then(|n| self.economy.dag.as_const(n));
        let within = self.economy.checks.iter().filter(|c| c.sym == Some(parameter)).find_map(|c| match &c.what {
            Demand::Within(interval) => Some((end(interval.low), end(interval.high))),
            _ => None,
        });
        let (low, high) = within.unwrap_or((None, None));
        (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY))
    }

    /// What the active conditions leave open, `output[x], output[y], …`; `None` where they settle everything.
    pub fn free_words(&self, solution: &Solution) -> Option<String> {
        let crate::solve::Status::Indeterminate { free } = &solution.status else { return None };
        // What rounding alone leaves open is said apart.
        let open: Vec<String> = free.iter().filter(|f| !unknown(solution, **f)).map(|f| self.system.info(*f).display.clone()).collect();
        (!open.is_empty()).then(|| short_list(&open))
    }

    /// Whether a price is that of something that there is none of.
    pub fn is_absent(&self, solution: &Solution, sym: Sym) -> bool {
        let price = matches!(self.system.info(sym).quantity, Quantity::FactorPrice | Quantity::GoodPrice);
        price && solution.is_equilibrium() && solution.value(sym).is_nan()
    }

    /// Unknowns of which rounding leaves no digit, `w[b], w[c]`.
    pub fn unknown_words(&self, solution: &Solution) -> Option<String> {
        let open: Vec<String> = self.system.unknowns().filter(|s| unknown(solution, *s)).map(|s| self.system.info(s).display.clone()).collect();
        (!open.is_empty()).then(|| short_list(&open))
    }

    /// Open prices of goods that are not traded and that nobody makes, with the unit cost that each lies at or below.
    pub fn open_prices(&self, solution: &Solution) -> Vec<(Sym, f64)> {
        let crate::solve::Status::Indeterminate { free } = &solution.status else { return Vec::new() };
        let e = &self.economy;
        let mut out = Vec::new();
        for g in (0..e.goods.len()).filter(|g| e.goods[*g].nontraded) {
            for r in e.inside() {
                let Some(price) = self.key(&Key::GoodPrice(g, Some(r))).filter(|p| free.contains(p)) else { continue };
                let idle = |j: usize| self.key(&Key::Activity(j)).is_some_and(|s| self.position(solution, s) == Position::Lower);
                if !e.makers(g, r).all(idle) {
                    continue;
                }
                let cost = |j: usize| {
                    let markup = e.industries[j].markup.map_or(1.0, |m| solution.value(m));
                    self.key(&Key::UnitCost(j)).map_or(f64::NAN, |c| markup * solution.value(c))
                };
                let least = e.makers(g, r).map(cost).fold(f64::INFINITY, f64::min);
                if least.is_finite() {
                    out.push((price, least));
                }
            }
        }
        out
    }

    /// Whether all that is free is quantities, so that it shifts at the prices that there are.
    pub fn prices_stand(&self, solution: &Solution) -> bool {
        let crate::solve::Status::Indeterminate { free } = &solution.status else { return true };
        free.iter().all(|f| matches!(self.system.info(*f).quantity, Quantity::Activity | Quantity::Output))
    }

    /// What just holds at the border of two regimes, in words; `None` inside a regime.
    pub fn border_of(&self, solution: &Solution) -> Option<String> {
        let words: Vec<String> = solution.borders.iter().map(|s| self.just_holds(*s, self.position(solution, *s))).collect();
        (!words.is_empty()).then(|| short_list(&words))
    }

    /// What it means that an unknown at that position is at its bound and meets its condition too.
    fn just_holds(&self, sym: Sym, at: Position) -> String {
        let info = self.system.info(sym);
        let key = self.economy.keys.iter().find(|(_, s)| **s == sym).map(|(k, _)| k.clone());
        match (key, at) {
            (Some(Key::Activity(j)), Position::Lower) => format!("{} is idle and just breaks even", self.industry_word(j)),
            (Some(Key::Activity(j)), _) => format!("{} is about to shut down", self.industry_word(j)),
            (Some(Key::Margin(l)), Position::Lower) => format!("offshoring is about to begin{}", self.line_word(l)),
            (Some(Key::Margin(l)), Position::Upper) => format!("tasks are about to return{}", self.line_word(l)),
            (Some(Key::Margin(l)), _) => format!("the marginal task is about to reach its bound{}", self.line_word(l)),
            (Some(Key::Step(l, k)), Position::Lower) => format!("step {} of the tasks is about to be offshored{}", k + 1, self.line_word(l)),
            (Some(Key::Step(l, k)), Position::Upper) => format!("step {} of the tasks is about to return{}", k + 1, self.line_word(l)),
            (Some(Key::Step(l, k)), _) => format!("step {} of the tasks is about to be all at home or all abroad{}", k + 1, self.line_word(l)),
            (Some(Key::Cut(l, k, j)), at) => {
                let (first, next) = self.neighbours(l, k, j);
                let place = if at == Position::Upper { next } else { first };
                format!("{place} is about to begin or to cease to do tasks{}", self.line_word(l))
            }
            (Some(Key::Parity(g, r)), _) => format!("trade in {} is about to end or to begin", self.good_word(g, r)),
            (Some(Key::FactorPrice(..) | Key::GoodPrice(..)), Position::Lower) => format!("{} is 0 without excess supply", info.display),
            (Some(Key::FactorPrice(..) | Key::GoodPrice(..)), _) => format!("{} is about to fall to 0", info.display),
            _ => format!("{} is at its bound and its condition holds", info.display),
        }
    }

    /// Whether two equilibria are in one regime: the same industries active, tasks split and prices at 0.
    pub fn same_regime(&self, a: &Solution, b: &Solution) -> bool {
        self.switches(a, b).is_empty()
    }

    /// What stands elsewhere at the second equilibrium, knots of schedules not counted.
    pub fn switches(&self, a: &Solution, b: &Solution) -> Vec<(Sym, Position, Position)> {
        let plain = |p: Position| if p == Position::Kink { Position::Interior } else { p };
        let pairs = a.positions.iter().map(|(s, p)| (*s, plain(*p), plain(self.position(b, *s))));
        let differs = |s: Sym| self.divided(s).is_none_or(|l| !self.stands_alike(a, b, l));
        pairs.filter(|(s, from, to)| from != to && differs(*s)).collect()
    }

    /// What happens at a border of a regime.
    pub fn border_words(&self, solution: &Solution, border: &Border) -> String {
        match border.sym {
            Some(sym) => self.switch_words(sym, self.position(solution, sym), border.to),
            None => border.note.clone().unwrap_or_else(|| "no equilibrium found beyond".into()),
        }
    }

    /// A change of position in words: `x shuts down`, `offshoring begins`.
    pub fn switch_words(&self, sym: Sym, from: Position, to: Position) -> String {
        let info = self.system.info(sym);
        let key = self.economy.keys.iter().find(|(_, s)| **s == sym).map(|(k, _)| k.clone());
        match (key, from, to) {
            (Some(Key::Activity(j)), _, Position::Lower) => format!("{} shuts down", self.industry_word(j)),
            (Some(Key::Activity(j)), Position::Lower, _) => format!("{} starts up", self.industry_word(j)),
            (Some(Key::Margin(l)), _, Position::Lower) => format!("no offshoring{}", self.line_word(l)),
            (Some(Key::Margin(l)), _, Position::Upper) => format!("all tasks offshored{}", self.line_word(l)),
            (Some(Key::Margin(l)), Position::Lower, _) => format!("offshoring begins{}", self.line_word(l)),
            (Some(Key::Margin(l)), Position::Upper, _) => format!("some tasks return{}", self.line_word(l)),
            (Some(Key::Step(l, k)), Position::Lower, _) => format!("step {} of the tasks begins to be offshored{}", k + 1, self.line_word(l)),
            (Some(Key::Step(l, k)), Position::Upper, _) => format!("step {} of the tasks begins to return{}", k + 1, self.line_word(l)),
            (Some(Key::Step(l, k)), _, Position::Lower) => format!("step {} of the tasks is all at home{}", k + 1, self.line_word(l)),
            (Some(Key::Step(l, k)), _, Position::Upper) => format!("step {} of the tasks is all offshored{}", k + 1, self.line_word(l)),
            (Some(Key::Cut(l, k, j)), from, to) => {
                let (first, next) = self.neighbours(l, k, j);
                match (from, to) {
                    (_, Position::Lower) => format!("{first} ceases to do tasks that {next} does as well{}", self.line_word(l)),
                    (_, Position::Upper) => format!("{next} ceases to do tasks that {first} does as well{}", self.line_word(l)),
                    (Position::Lower, _) => format!("{first} begins to do tasks that {next} did{}", self.line_word(l)),
                    (_, _) => format!("{next} begins to do tasks that {first} did{}", self.line_word(l)),
                }
            }
            (Some(Key::Parity(g, r)), _, Position::Lower) => format!("{} begins to be exported", self.good_word(g, r)),
            (Some(Key::Parity(g, r)), _, Position::Upper) => format!("{} begins to be imported", self.good_word(g, r)),
            (Some(Key::Parity(g, r)), _, _) => format!("trade in {} ends", self.good_word(g, r)),
            (Some(Key::Margin(l)), _, _) => format!("the marginal task passes a kink of its cost{}", self.line_word(l)),
            (Some(Key::FactorPrice(..) | Key::GoodPrice(..)), _, Position::Lower) => format!("{} falls to 0", info.display),
            (Some(Key::FactorPrice(..) | Key::GoodPrice(..)), Position::Lower, _) => format!("{} rises above 0", info.display),
            (_, _, Position::Lower) => format!("{} reaches its lower bound", info.display),
            (_, _, Position::Upper) => format!("{} reaches its upper bound", info.display),
            (_, _, _) => format!("{} leaves its bound", info.display),
        }
    }

    /// The countries on either side of a cut.
    fn neighbours(&self, l: usize, k: usize, j: usize) -> (String, String) {
        let name = |j: usize| -> Option<String> {
            let line = self.economy.lines.get(l)?;
            let place = line.places.get(line.pieces.get(k)?.places.get(j)?.place)?;
            Some(self.economy.countries[place.destination].name.to_string())
        };
        (name(j).unwrap_or_default(), name(j + 1).unwrap_or_default())
    }

    fn industry_word(&self, j: usize) -> String {
        let ind = &self.economy.industries[j];
        if self.economy.sole_country() == Some(ind.country) {
            ind.name.to_string()
        } else {
            format!("{} in {}", ind.name, self.economy.countries[ind.country].name)
        }
    }

    /// The home price of the work that a line's tasks are.
    fn home_wage(&self, l: usize) -> String {
        let line = &self.economy.lines[l];
        let factor = self.economy.tasks[line.tasks].factor;
        self.key(&Key::FactorPrice(factor, line.origin)).map_or("its price".into(), |s| self.system.info(s).display.clone())
    }

    fn line_word(&self, l: usize) -> String {
        if self.economy.lines.len() == 1 {
            return String::new();
        }
        self.key(&Key::Margin(l)).map_or(String::new(), |s| format!(" ({})", self.system.info(s).display))
    }
}

fn short_list(names: &[String]) -> String {
    if names.len() <= 6 { names.join(", ") } else { format!("{}, … ({} in all)", names[..5].join(", "), names.len()) }
}

/// Whether no digit of a value is known.
fn unknown(solution: &Solution, sym: Sym) -> bool {
    solution.error(sym).is_some_and(|e| e > crate::solve::NOTHING)
}
