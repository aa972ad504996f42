//! The social accounting matrix as text, LaTeX, CSV, JSON.

use super::fold::Columns;
use super::json;
use super::number::{Digits, exact};
use crate::accounts::payments::Account;
use crate::accounts::sam::Sam;
use crate::accounts::{Accounts, ActivityId, CommodityId, Doing, Place, Who};
use crate::model::Economy;
use crate::model::naming::{by_country, indexed, latex_text};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// Columns that a line of text may take where it goes to no terminal.
const FOLD: usize = 80;
/// A payment below this part of all is rounding.
const NOTHING: f64 = 1e-12;

/// What the matrix is of, for its words.
pub struct Subject<'a> {
    pub economy: &'a Economy,
    pub rows: &'a Accounts,
}

/// An account's words.
#[derive(Clone, Debug, PartialEq)]
struct Label {
    group: &'static str,
    name: String,
    country: String,
}

/// A matrix as it is printed: the world has one column and a row for goods and for each outside country.
struct Printed {
    rows: Vec<Label>,
    columns: Vec<Label>,
    /// By row, by column.
    cells: Vec<Vec<f64>>,
}

impl Subject<'_> {
    fn industry(&self, a: ActivityId) -> Option<usize> {
        match self.rows.activity(a).what {
            Doing::Make(j) => Some(j),
            _ => None,
        }
    }

    /// The element of a commodity, and its country where it has one.
    fn commodity(&self, c: CommodityId) -> (Arc<str>, Option<usize>) {
        let row = self.rows.commodity(c);
        let name = self.rows.commodity_name(self.economy, c);
        let country = match row.place {
            Place::World => None,
            Place::In(r) | Place::Between(_, r) => Some(r),
        };
        (name, country)
    }

    /// The name that machines read: `industry[x, Home]`, `factor[L]`, `household[Home]`, `world`.
    fn name(&self, account: Account) -> String {
        let of = |base: &str, index: &[Arc<str>], country: Option<usize>| by_country(self.economy, base, index, country).0;
        let countries = &self.economy.countries;
        match account {
            Account::Activity(a) | Account::Rent(a) => {
                let base = if matches!(account, Account::Rent(_)) { "rent" } else { "industry" };
                self.industry(a)
                    .map_or_else(String::new, |j| of(base, &[self.economy.industries[j].name.clone()], Some(self.economy.industries[j].country)))
            }
            Account::Good(c) | Account::Factor(c) => {
                let (name, country) = self.commodity(c);
                of(if matches!(account, Account::Good(_)) { "good" } else { "factor" }, &[name], country)
            }
            Account::Household(a) | Account::Outside(a) | Account::World(a) => match self.rows.agent(a).who {
                Who::Household(r) => indexed("household", &[countries[r].name.clone()]),
                Who::Outside(r) => indexed("outside", &[countries[r].name.clone()]),
                Who::World => "world".into(),
            },
            Account::Taxes(a) => match self.rows.agent(a).who {
                Who::Household(r) | Who::Outside(r) => indexed("taxes", &[countries[r].name.clone()]),
                Who::World => "taxes".into(),
            },
            Account::NotSpent => "not_spent".into(),
        }
    }

    fn label(&self, account: Account) -> Label {
        let several = self.economy.sole_country().is_none();
        let country = |r: Option<usize>| r.filter(|_| several).map(|r| self.economy.countries[r].name.to_string()).unwrap_or_default();
        let label = |group: &'static str, name: &str, country: String| Label { group, name: name.to_string(), country };
        match account {
            Account::Activity(a) | Account::Rent(a) => {
                let group = if matches!(account, Account::Rent(_)) { "rent" } else { "industry" };
                let Some(j) = self.industry(a) else { return label(group, "", String::new()) };
                let industry = &self.economy.industries[j];
                label(group, &industry.name, country(Some(industry.country)))
            }
            Account::Good(c) | Account::Factor(c) => {
                let (name, place) = self.commodity(c);
                label(if matches!(account, Account::Good(_)) { "good" } else { "factor" }, &name, country(place))
            }
            Account::NotSpent => label("not spent", "", String::new()),
            Account::Taxes(a) => match self.rows.agent(a).who {
                Who::Household(r) | Who::Outside(r) => label("taxes", "", country(Some(r))),
                Who::World => label("taxes", "", String::new()),
            },
            Account::Household(a) | Account::Outside(a) | Account::World(a) => match self.rows.agent(a).who {
                Who::Household(r) => label("household", "", country(Some(r))),
                Who::World => label("world", "goods", String::new()),
                Who::Outside(r) => {
                    let outside = self.economy.countries.iter().filter(|c| c.outside).count();
                    let name = if outside == 1 { "tasks".to_string() } else { format!("tasks, {}", self.economy.countries[r].name) };
                    label("world", &name, String::new())
                }
            },
        }
    }

    fn printed(&self, sam: &Sam, size: f64) -> Printed {
        let world = Label { group: "world", name: String::new(), country: String::new() };
        let column = |a: Account| if matches!(a, Account::World(_) | Account::Outside(_)) { world.clone() } else { self.label(a) };
        let mut columns: Vec<Label> = Vec::new();
        let place: Vec<usize> = sam
            .accounts
            .iter()
            .map(|a| {
                let label = column(*a);
                columns.iter().position(|c| *c == label).unwrap_or_else(|| {
                    columns.push(label);
                    columns.len() - 1
                })
            })
            .collect();
        let mut cells = vec![vec![0.0; columns.len()]; sam.accounts.len()];
        let is_world = |i: usize| matches!(sam.accounts[i], Account::World(_) | Account::Outside(_));
        for &(r, c, v) in sam.cells.iter().filter(|x| x.2.abs() > NOTHING * size && !(is_world(x.0) && is_world(x.1))) {
            cells[r][place[c]] += v;
        }
        // What takes no part has no line.
        let lives: Vec<bool> = (0..columns.len()).map(|c| cells.iter().any(|r| r[c] != 0.0)).collect();
        let keep = |list: Vec<f64>| list.into_iter().zip(&lives).filter(|x| *x.1).map(|x| x.0).collect::<Vec<f64>>();
        let (mut rows, mut kept) = (Vec::new(), Vec::new());
        for (a, cells) in sam.accounts.iter().zip(cells) {
            if cells.iter().any(|v| *v != 0.0) {
                rows.push(self.label(*a));
                kept.push(keep(cells));
            }
        }
        let columns = columns.into_iter().zip(&lives).filter(|x| *x.1).map(|x| x.0).collect();
        Printed { rows, columns, cells: kept }
    }
}

/// All payments of a matrix as printed, and the decimals that show its largest total to the digits asked for and one more.
fn measure(sam: &Sam, digits: Digits) -> (f64, Option<usize>) {
    let size: f64 = sam.cells.iter().map(|c| c.2.abs()).sum();
    let largest = sam.totals().iter().fold(0.0f64, |m, t| m.max(t.0.abs()).max(t.1.abs()));
    let magnitude = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
    let decimals = (-5..9).contains(&magnitude).then(|| (digits.0.max(1) as i32 - magnitude).max(0) as usize);
    (size, decimals)
}

fn amount(v: f64, decimals: Option<usize>, digits: Digits, signed: bool) -> String {
    if v == 0.0 {
        return String::new();
    }
    let text = match decimals {
        Some(n) => format!("{v:.n$}"),
        None => digits.value(v),
    };
    let text = text.replace('-', "−");
    let zero = text.chars().all(|c| matches!(c, '0' | '.' | '−'));
    match (zero, signed && v > 0.0) {
        (true, _) => text.trim_start_matches('−').to_string(),
        (false, true) => format!("+{text}"),
        (false, false) => text,
    }
}

/// A column as it is printed: its label, then its cells with the total last.
struct Column<'a> {
    label: &'a Label,
    cells: Vec<String>,
}

impl Column<'_> {
    /// Without the word of its group, which may spill over the group's other columns.
    fn width(&self) -> usize {
        [&self.label.name, &self.label.country].into_iter().chain(&self.cells).map(|s| s.width()).max().unwrap_or(0)
    }
}

/// Widths of columns that stand together: a group's word takes the room of the group's columns, and widens the last where that is too little.
fn widths(part: &[Column], gap: usize) -> Vec<usize> {
    let mut out: Vec<usize> = part.iter().map(Column::width).collect();
    let mut from = 0;
    for at in 0..part.len() {
        if part.get(at + 1).is_some_and(|next| next.label.group == part[at].label.group) {
            continue;
        }
        let room = out[from..=at].iter().sum::<usize>() + gap * (at - from);
        out[at] += part[at].label.group.width().saturating_sub(room);
        from = at + 1;
    }
    out
}

/// One matrix, its columns folded where they outgrow a line.
fn table(p: &Printed, decimals: Option<usize>, digits: Digits, signed: bool, room: usize) -> String {
    let show = |v: f64| amount(v, decimals, digits, signed);
    let total = Label { group: "total", name: String::new(), country: String::new() };
    let mut columns: Vec<Column> = Vec::new();
    for (c, label) in p.columns.iter().enumerate() {
        let list: Vec<f64> = p.cells.iter().map(|r| r[c]).collect();
        let sum: f64 = list.iter().sum();
        columns.push(Column { label, cells: list.into_iter().chain([sum]).map(show).collect() });
    }
    let sums = p.cells.iter().map(|r| show(r.iter().sum()));
    columns.push(Column { label: &total, cells: sums.chain([String::new()]).collect() });
    let stubs = stubs(p.rows.iter().chain([&total]));
    let stub = stubs.iter().map(|s| s.width()).max().unwrap_or(0);
    let fits = |part: &[Column], gap: usize| stub + widths(part, gap).iter().map(|w| w + gap).sum::<usize>() <= room;
    // All in one where it can be, if need be closer together.
    let gap = if !fits(&columns, 2) && fits(&columns, 1) { 1 } else { 2 };
    let mut out = String::new();
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        let count = (1..=rest.len()).rev().find(|n| fits(&rest[..*n], gap)).unwrap_or(1);
        let (part, more) = rest.split_at(count);
        if rest.len() < columns.len() {
            out.push('\n');
        }
        block(&mut out, &stubs, stub, part, gap);
        rest = more;
    }
    out
}

/// What stands left of each row: a group's word once, its members under each other.
fn stubs<'a>(rows: impl Iterator<Item = &'a Label>) -> Vec<String> {
    let mut last = "";
    rows.map(|l| {
        let again = std::mem::replace(&mut last, l.group) == l.group;
        let group = if again { " ".repeat(l.group.width()) } else { l.group.to_string() };
        [group.as_str(), &l.name, &l.country].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
    })
    .collect()
}

fn block(out: &mut String, stubs: &[String], stub: usize, part: &[Column], gap: usize) {
    let widths = widths(part, gap);
    // A group's word begins where its first column does, or ends with its only one.
    let mut head = " ".repeat(stub);
    let mut at = stub;
    for (n, (column, width)) in part.iter().zip(&widths).enumerate() {
        let first = n == 0 || part[n - 1].label.group != column.label.group;
        let alone = part.get(n + 1).is_none_or(|next| next.label.group != column.label.group);
        if first {
            let word = column.label.group;
            let indent = if alone { (gap + width).saturating_sub(word.width()) } else { gap };
            head.push_str(&" ".repeat((at + indent).saturating_sub(head.width())));
            head.push_str(word);
        }
        at += gap + width;
    }
    let row = Line { stub, widths: &widths, gap };
    row.write(out, &head, std::iter::empty());
    row.write(out, "", part.iter().map(|c| c.label.name.as_str()));
    row.write(out, "", part.iter().map(|c| c.label.country.as_str()));
    for (r, first) in stubs.iter().enumerate() {
        row.write(out, first, part.iter().map(|c| c.cells[r].as_str()));
    }
}

/// The measures of a line.
struct Line<'a> {
    stub: usize,
    widths: &'a [usize],
    gap: usize,
}

impl Line<'_> {
    /// A line, unless it is blank.
    fn write<'c>(&self, out: &mut String, first: &str, cells: impl Iterator<Item = &'c str>) {
        let mut text = format!("{first}{}", " ".repeat(self.stub.saturating_sub(first.width())));
        for (cell, width) in cells.zip(self.widths) {
            text.push_str(&" ".repeat((self.gap + width).saturating_sub(cell.width())));
            text.push_str(cell);
        }
        let text = text.trim_end();
        if !text.is_empty() {
            let _ = writeln!(out, "{text}");
        }
    }
}

/// A matrix, or those before and after a shock with the change, each under its word.
pub fn text(s: &Subject, parts: &[(&str, &Sam)], digits: Digits, columns: Columns) -> String {
    let Some((_, first)) = parts.first() else { return String::new() };
    let (size, decimals) = measure(first, digits);
    let mut out = String::new();
    for (n, (word, sam)) in parts.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        if !word.is_empty() {
            let _ = writeln!(out, "{word}");
        }
        out.push_str(&table(&s.printed(sam, size), decimals, digits, *word == "change", columns.unwrap_or(FOLD)));
        if *word != "change" {
            out.push_str(&balance_line(s, sam, size, digits));
        }
    }
    out
}

/// `balanced to 2e-15 of all payments, 1000.28`, or where it is not.
fn balance_line(s: &Subject, sam: &Sam, size: f64, digits: Digits) -> String {
    let all: f64 = s.printed(sam, size).cells.iter().flatten().map(|v| v.abs()).sum();
    let (_, decimals) = measure(sam, digits);
    let balance = sam.balance();
    let shown = amount(all, decimals, digits, false);
    match balance.worst {
        Some((account, received, paid)) if !(balance.gap() <= 1e-9) => {
            let (account, received, paid) = (s.name(account), digits.short(received), digits.short(paid));
            format!("not balanced: {account} receives {received} and pays {paid}; all payments {shown}\n")
        }
        _ => format!("balanced to {} of all payments, {shown}\n", digits.residual(balance.gap())),
    }
}

/// The matrix as `tabular`s for LaTeX's `\input`.
pub fn latex(s: &Subject, parts: &[(&str, &Sam)], digits: Digits) -> String {
    let Some((_, first)) = parts.first() else { return String::new() };
    let (size, decimals) = measure(first, digits);
    let math = |text: &str| if text.is_empty() { String::new() } else { format!("${}$", text.replace('−', "-")) };
    let words = |l: &Label| {
        let inner: Vec<String> =
            [l.group, &l.name, &l.country].iter().filter(|w| !w.is_empty()).map(|w| format!("\\mathrm{{{}}}", latex_text(w))).collect();
        format!("${}$", inner.join("\\ "))
    };
    let mut out = String::new();
    for (word, sam) in parts {
        let p = s.printed(sam, size);
        let show = |v: f64| math(&amount(v, decimals, digits, *word == "change"));
        if !word.is_empty() {
            let _ = writeln!(out, "% {word}");
        }
        let _ = writeln!(out, "\\begin{{tabular}}{{l{}}}\n\\hline", "r".repeat(p.columns.len() + 1));
        let head: Vec<String> = p.columns.iter().map(words).collect();
        let _ = writeln!(out, " & {} & total \\\\\n\\hline", head.join(" & "));
        for (label, cells) in p.rows.iter().zip(&p.cells) {
            let list: Vec<String> = cells.iter().map(|v| show(*v)).collect();
            let _ = writeln!(out, "{} & {} & {} \\\\", words(label), list.join(" & "), show(cells.iter().sum()));
        }
        let totals: Vec<String> = (0..p.columns.len()).map(|c| show(p.cells.iter().map(|r| r[c]).sum())).collect();
        let _ = writeln!(out, "\\hline\ntotal & {} & \\\\\n\\hline\n\\end{{tabular}}", totals.join(" & "));
    }
    out
}

/// A square matrix to full precision: the first column says who receives, the others who pays; with a shock, `when` comes first.
///
/// # Errors
/// The writer's own, which writing to memory does not raise.
pub fn csv(s: &Subject, parts: &[(&str, &Sam)]) -> Result<String, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let dated = parts.iter().any(|p| !p.0.is_empty());
    for (n, (word, sam)) in parts.iter().enumerate() {
        let names: Vec<String> = sam.accounts.iter().map(|a| s.name(*a)).collect();
        let when = |word: &str| dated.then(|| word.to_string());
        if n == 0 {
            out.write_record(when("when").into_iter().chain(["receives".to_string()]).chain(names.iter().cloned()))?;
        }
        let mut rows = vec![vec![0.0; names.len()]; names.len()];
        for &(r, c, v) in &sam.cells {
            rows[r][c] = v;
        }
        for (name, row) in names.iter().zip(rows) {
            out.write_record(when(word).into_iter().chain([name.clone()]).chain(row.into_iter().map(exact)))?;
        }
    }
    let bytes = out.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `accounts`, `cells` and `balance`, the largest difference between a row and its column as a share of all payments.
pub fn json(s: &Subject, sam: &Sam) -> Map<String, Value> {
    let names = names(s, sam);
    let cells: Vec<Value> = sam.cells.iter().map(|&(r, c, v)| json!({"receives": names[r], "pays": names[c], "value": json::number(v)})).collect();
    let mut out = Map::new();
    out.insert("accounts".into(), json!(names));
    out.insert("cells".into(), Value::Array(cells));
    out.insert("balance".into(), json::number(sam.balance().gap()));
    out
}

/// The same with `before`, `after` and `change` in each cell, and the balance before and after.
pub fn json_shock(s: &Subject, before: &Sam, after: &Sam) -> Map<String, Value> {
    let names = names(s, after);
    let at = |sam: &Sam, r: usize, c: usize| sam.cells.iter().find(|x| (x.0, x.1) == (r, c)).map_or(0.0, |x| x.2);
    let mut pairs: Vec<(usize, usize)> = before.cells.iter().chain(&after.cells).map(|c| (c.0, c.1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let cells: Vec<Value> = pairs
        .into_iter()
        .map(|(r, c)| {
            let (b, a) = (at(before, r, c), at(after, r, c));
            let [b, a, change] = [b, a, a - b].map(json::number);
            json!({"receives": names[r], "pays": names[c], "before": b, "after": a, "change": change})
        })
        .collect();
    let mut out = Map::new();
    out.insert("accounts".into(), json!(names));
    out.insert("cells".into(), Value::Array(cells));
    let [b, a] = [before, after].map(|s| json::number(s.balance().gap()));
    out.insert("balance".into(), json!({"before": b, "after": a}));
    out
}

fn names(s: &Subject, sam: &Sam) -> Vec<String> {
    sam.accounts.iter().map(|a| s.name(*a)).collect()
}
