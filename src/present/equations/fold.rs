//! One rule over a set, told from its members: formulas that are alike up to the elements in their indices.
//!
//! Members of one skeleton give a table of elements, a row a member and a column an index position. Columns that are equal everywhere are one
//! index; a constant column stays an element; what varies must run over declared sets, as a full product or off its diagonal. So a rule says
//! exactly what its members say, no more and no less. The work is linear in the size of the members.

use super::term::{Binder, Fold, Index, Set, Term};
use crate::model::Economy;
use crate::syntax::tree::{Family, Kind, SetExpr};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Sets that indices may run over.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    all: Vec<(Set, FxHashSet<Arc<str>>)>,
    /// Sets by an element of theirs.
    of: FxHashMap<Arc<str>, Vec<usize>>,
}

/// Left out of a set by a guard, at most.
const MISSING: usize = 3;
/// Fewer members of an undeclared part of a set are printed one by one.
const PART: usize = 4;

impl Sets {
    /// The declared sets, and those that a family of the file lists.
    pub fn of(economy: &Economy) -> Sets {
        let mut out = Sets::default();
        for name in &economy.names.order {
            if let Some(elements) = economy.names.sets.get(name) {
                out.add(Set::Named(name.clone()), elements);
            }
        }
        for name in &economy.names.order {
            let Some(entry) = economy.names.entries.get(name) else { continue };
            for family in families(&entry.declaration.kind) {
                for b in &family.binders {
                    if let SetExpr::Listed(names) = &b.set {
                        let elements: Vec<Arc<str>> = names.iter().map(|n| n.text.clone()).collect();
                        out.add(Set::Listed(elements.clone()), &elements);
                    }
                }
            }
        }
        out
    }

    fn add(&mut self, set: Set, elements: &[Arc<str>]) {
        if elements.len() < 2 || self.all.iter().any(|(s, _)| *s == set) {
            return;
        }
        let at = self.all.len();
        for e in elements {
            self.of.entry(e.clone()).or_default().push(at);
        }
        self.all.push((set, elements.iter().cloned().collect()));
    }

    /// The set whose elements are these, or a set with few left out, or a listed part of one.
    fn cover(&self, values: &[Arc<str>]) -> Option<(Set, Vec<Arc<str>>)> {
        let first = values.first()?;
        let holds = |at: &&usize| self.all.get(**at).is_some_and(|(_, e)| values.iter().all(|v| e.contains(v)));
        let candidates: Vec<usize> = self.of.get(first)?.iter().filter(holds).copied().collect();
        if let Some((set, _)) = candidates.iter().filter_map(|&c| self.all.get(c)).find(|(_, e)| e.len() == values.len()) {
            return Some((set.clone(), Vec::new()));
        }
        let (set, elements) = candidates.iter().filter_map(|&c| self.all.get(c)).min_by_key(|(_, e)| e.len())?;
        let missing = elements.len() - values.len();
        if missing <= MISSING && missing < values.len() {
            let present: FxHashSet<&Arc<str>> = values.iter().collect();
            let mut left: Vec<Arc<str>> = elements.iter().filter(|e| !present.contains(e)).cloned().collect();
            left.sort();
            return Some((set.clone(), left));
        }
        (values.len() >= PART).then(|| (Set::Listed(values.to_vec()), Vec::new()))
    }
}

/// The families that a declaration binds.
pub fn families(kind: &Kind) -> Vec<&Family> {
    let heads: Vec<Option<&Family>> = match kind {
        Kind::Parameter { name, .. }
        | Kind::Factor { name, .. }
        | Kind::Variable { name, .. }
        | Kind::Equation { name, .. }
        | Kind::Let { name, .. } => {
            vec![name.family.as_ref()]
        }
        Kind::Country(c) => vec![c.head.family.as_ref()],
        Kind::Good(g) => vec![g.head.family.as_ref()],
        Kind::Industry(i) => vec![i.head.family.as_ref()],
        Kind::Tasks(t) => t.lines.iter().map(|l| l.family.as_ref()).collect(),
        _ => Vec::new(),
    };
    heads.into_iter().flatten().collect()
}

/// Members that one rule covers, or a single member.
#[derive(Clone, Debug)]
pub struct Group {
    /// Positions among the members given, in order.
    pub members: Vec<usize>,
    pub binders: Vec<Binder>,
    pub guard: Option<Term>,
    pub rule: Term,
    /// A member in which different indices stand for different elements, as far as there is one, and what they stand for there.
    pub example: (usize, Vec<Arc<str>>),
}

/// Members grouped by rule, in the order of each group's first.
pub fn generalise(members: &[Term], sets: &Sets) -> Vec<Group> {
    let mut order: Vec<String> = Vec::new();
    let mut classes: FxHashMap<String, Vec<Row>> = FxHashMap::default();
    for (at, m) in members.iter().enumerate() {
        let mut elements = Vec::new();
        let key = skeleton(m, &mut elements);
        if !classes.contains_key(&key) {
            order.push(key.clone());
        }
        classes.entry(key).or_default().push((at, elements));
    }
    let mut out = Vec::new();
    for key in order {
        let Some(rows) = classes.remove(&key) else { continue };
        let columns = distinct_columns(&rows);
        out.extend(groups(members, rows, columns, sets));
    }
    out.sort_by_key(|g| g.members.first().copied());
    out
}

type Row = (usize, Vec<Arc<str>>);

/// A column that stands for all columns equal to it, with the positions of those.
struct Column {
    positions: Vec<usize>,
}

/// Columns that vary, equal ones together.
fn distinct_columns(rows: &[Row]) -> Vec<Column> {
    let width = rows.first().map_or(0, |r| r.1.len());
    let mut out: Vec<Column> = Vec::new();
    for c in 0..width {
        let Some(first) = rows.first() else { break };
        if rows.iter().all(|r| r.1[c] == first.1[c]) {
            continue;
        }
        let same = out.iter_mut().find(|o| o.positions.first().is_some_and(|&p| rows.iter().all(|r| r.1[c] == r.1[p])));
        match same {
            Some(o) => o.positions.push(c),
            None => out.push(Column { positions: vec![c] }),
        }
    }
    out
}

fn groups(members: &[Term], rows: Vec<Row>, columns: Vec<Column>, sets: &Sets) -> Vec<Group> {
    let single =
        |row: &Row| Group { members: vec![row.0], binders: Vec::new(), guard: None, rule: members[row.0].clone(), example: (row.0, Vec::new()) };
    if rows.len() < 2 || columns.is_empty() {
        return rows.iter().map(single).collect();
    }
    if let Some(found) = cover(&rows, &columns, sets) {
        return vec![rule(members, &rows, &columns, found)];
    }
    // Not a whole product: hold the index with the fewest values, and look at its parts.
    let count = |c: &Column| rows.iter().map(|r| &r.1[c.positions[0]]).collect::<FxHashSet<_>>().len();
    let Some(held) = (0..columns.len()).min_by_key(|&c| count(&columns[c])) else { return Vec::new() };
    let at = columns[held].positions[0];
    if columns.len() < 2 || count(&columns[held]) == rows.len() {
        return rows.iter().map(single).collect();
    }
    let mut order: Vec<Arc<str>> = Vec::new();
    let mut parts: FxHashMap<Arc<str>, Vec<Row>> = FxHashMap::default();
    for row in rows {
        let key = row.1[at].clone();
        if !parts.contains_key(&key) {
            order.push(key.clone());
        }
        parts.entry(key).or_default().push(row);
    }
    let mut out = Vec::new();
    for key in order {
        let Some(part) = parts.remove(&key) else { continue };
        let columns = distinct_columns(&part);
        out.extend(groups(members, part, columns, sets));
    }
    out
}

/// For each column its set, and what the guard leaves out.
struct Cover {
    sets: Vec<(Set, Vec<Arc<str>>)>,
    /// Two columns that are never equal.
    apart: Option<(usize, usize)>,
}

fn cover(rows: &[Row], columns: &[Column], sets: &Sets) -> Option<Cover> {
    let value = |r: &Row, c: usize| r.1[columns[c].positions[0]].clone();
    let mut values: Vec<Vec<Arc<str>>> = Vec::with_capacity(columns.len());
    for c in 0..columns.len() {
        let mut seen = FxHashSet::default();
        values.push(rows.iter().map(|r| value(r, c)).filter(|v| seen.insert(v.clone())).collect());
    }
    let different: FxHashSet<Vec<Arc<str>>> = rows.iter().map(|r| (0..columns.len()).map(|c| value(r, c)).collect()).collect();
    if different.len() != rows.len() {
        return None;
    }
    let product = values.iter().map(Vec::len).fold(1usize, usize::saturating_mul);
    let mut apart = None;
    if product != rows.len() {
        let pairs = (0..columns.len()).flat_map(|a| (a + 1..columns.len()).map(move |b| (a, b)));
        apart = pairs.into_iter().find(|&(a, b)| {
            let (left, right): (FxHashSet<_>, FxHashSet<_>) = (values[a].iter().collect(), values[b].iter().collect());
            let k = left.len();
            left == right && k > 1 && product / k * (k - 1) == rows.len() && rows.iter().all(|r| value(r, a) != value(r, b))
        });
        apart?;
    }
    let sets = values.iter().map(|v| sets.cover(v)).collect::<Option<Vec<_>>>()?;
    Some(Cover { sets, apart })
}

fn rule(members: &[Term], rows: &[Row], columns: &[Column], cover: Cover) -> Group {
    let of = |r: &Row| -> Vec<Arc<str>> { columns.iter().map(|c| r.1[c.positions[0]].clone()).collect() };
    let all_different = |r: &Row| of(r).iter().collect::<FxHashSet<_>>().len() == columns.len();
    let example = rows.iter().take(1000).find(|r| all_different(r)).or(rows.first());
    let first = rows.first().map_or(0, |r| r.0);
    let mut rule = members[first].clone();
    let base = highest(&rule) + 1;
    let mut position = 0;
    rule.indices_mut(&mut |i| {
        if let Index::Element(_) = i {
            if let Some(c) = columns.iter().position(|c| c.positions.contains(&position)) {
                *i = Index::Bound(base + c as u32);
            }
            position += 1;
        }
    });
    let bound = |c: usize| Index::Bound(base + c as u32);
    let binders = cover.sets.iter().enumerate().map(|(c, (set, _))| Binder { variable: bound(c), set: set.clone() }).collect();
    let unequal = |a: Index, b: Index| Term::Relation("!=", Box::new(Term::Index(a)), Box::new(Term::Index(b)));
    let mut guards: Vec<Term> = cover.apart.into_iter().map(|(a, b)| unequal(bound(a), bound(b))).collect();
    for (c, (_, missing)) in cover.sets.iter().enumerate() {
        guards.extend(missing.iter().map(|m| unequal(bound(c), Index::Element(m.clone()))));
    }
    let guard = match guards.len() {
        0 | 1 => guards.pop(),
        _ => Some(Term::Logic("and", guards)),
    };
    let example = example.map_or((first, Vec::new()), |r| (r.0, of(r)));
    Group { members: rows.iter().map(|r| r.0).collect(), binders, guard, rule, example }
}

/// The largest number that a fold within binds.
fn highest(t: &Term) -> u32 {
    let own = match t {
        Term::Fold { binders, .. } => binders.iter().filter_map(|b| if let Index::Bound(n) = b.variable { Some(n) } else { None }).max(),
        _ => None,
    };
    t.children().into_iter().map(highest).max().into_iter().chain(own).max().unwrap_or(0)
}

/// Sums and products within a formula, written over sets where their parts follow one rule.
pub fn compress(t: &mut Term, sets: &Sets) {
    t.children_mut(&mut |c| compress(c, sets));
    let (xs, fold) = match t {
        Term::Sum(xs) => (xs, Fold::Sum),
        Term::Prod(xs) => (xs, Fold::Prod),
        _ => return,
    };
    // Signs stand before a fold.
    let bare: Vec<Term> = xs.iter().map(|x| if let Term::Neg(y) = x { y.as_ref().clone() } else { x.clone() }).collect();
    let signs: Vec<bool> = xs.iter().map(|x| matches!(x, Term::Neg(_))).collect();
    let mut out: Vec<(usize, Term)> = Vec::new();
    for negative in [false, true] {
        let at: Vec<usize> = (0..bare.len()).filter(|&k| signs[k] == negative).collect();
        let part: Vec<Term> = at.iter().map(|&k| bare[k].clone()).collect();
        for g in generalise(&part, sets) {
            let Some(&first) = g.members.first().and_then(|&m| at.get(m)) else { continue };
            let body = if g.binders.is_empty() {
                g.rule
            } else {
                Term::Fold { fold, binders: g.binders, guard: g.guard.map(Box::new), body: Box::new(g.rule) }
            };
            out.push((first, if negative { Term::Neg(Box::new(body)) } else { body }));
        }
    }
    out.sort_by_key(|o| o.0);
    let mut parts: Vec<Term> = out.into_iter().map(|o| o.1).collect();
    *t = match (parts.len(), fold) {
        (1, _) => parts.remove(0),
        (_, Fold::Sum) => Term::Sum(parts),
        _ => Term::Prod(parts),
    };
}

/// The exact shape of a formula without the elements in its indices, which go to `elements` in order.
fn skeleton(t: &Term, elements: &mut Vec<Arc<str>>) -> String {
    let mut out = String::new();
    write_skeleton(t, &mut out, elements);
    out
}

fn write_index(i: &Index, out: &mut String, elements: &mut Vec<Arc<str>>) {
    match i {
        Index::Element(e) => {
            out.push('□');
            elements.push(e.clone());
        }
        Index::Nested(base, inner) => {
            out.push_str(base);
            out.push('[');
            inner.iter().for_each(|x| write_index(x, out, elements));
            out.push(']');
        }
        Index::Bound(n) => out.push_str(&format!("#{n};")),
        Index::Variable(v) => out.push_str(&format!("${v};")),
    }
}

fn write_skeleton(t: &Term, out: &mut String, elements: &mut Vec<Arc<str>>) {
    let tag = match t {
        Term::Number(v) => format!("n{:x}", v.to_bits()),
        Term::Name(n) => {
            out.push_str(&format!("v{}\u{1}{}\u{1}", n.base, n.mark.as_deref().unwrap_or_default()));
            n.index.iter().for_each(|i| write_index(i, out, elements));
            String::new()
        }
        Term::Index(i) => {
            out.push('i');
            write_index(i, out, elements);
            String::new()
        }
        Term::Sum(_) => "+".into(),
        Term::Prod(_) => "*".into(),
        Term::Neg(_) => "-".into(),
        Term::Div(..) => "/".into(),
        Term::Pow(..) => "^".into(),
        Term::Call(f, _) => format!("c{f}"),
        Term::Fold { fold, binders, .. } => {
            let sets: Vec<String> = binders.iter().map(|b| format!("{:?}∈{:?}", b.variable, b.set)).collect();
            format!("f{fold:?}{}", sets.join(","))
        }
        Term::Integral { variable, .. } => format!("∫{variable}"),
        Term::Table { what, smooth, .. } => format!("t{what:?}{smooth}"),
        Term::Relation(op, ..) | Term::Logic(op, _) => op.to_string(),
        Term::Choice { .. } => "?".into(),
        Term::Tuple(_) => ",".into(),
        Term::Cut => "…".into(),
    };
    out.push_str(&tag);
    out.push('(');
    // A guard comes before its body in children, as in `indices_mut`.
    for c in t.children() {
        write_skeleton(c, out, elements);
    }
    out.push(')');
}

#[cfg(test)]
mod tests {
    use super::super::print::{Target, print};
    use super::super::term::Name;
    use super::*;

    fn sets(all: &[(&str, &[&str])]) -> Sets {
        let mut out = Sets::default();
        for (name, elements) in all {
            out.add(Set::Named((*name).into()), &elements.iter().map(|e| (*e).into()).collect::<Vec<Arc<str>>>());
        }
        out
    }

    fn v(base: &str, index: &[&str]) -> Term {
        Term::Name(Name { base: base.into(), mark: None, index: index.iter().map(|i| Index::Element((*i).into())).collect() })
    }

    fn shown(mut t: Term, sets: &Sets) -> String {
        compress(&mut t, sets);
        print(&t, Target::Ascii)
    }

    #[test]
    fn a_sum_over_a_whole_set_is_one_fold() {
        let s = sets(&[("R", &["a", "b", "c"])]);
        let all = Term::Sum(["a", "b", "c"].iter().map(|r| Term::Prod(vec![v("t", &[r, "b"]), v("w", &[r])])).collect());
        assert_eq!(shown(all, &s), "sum(#1 in R) t[#1, b]*w[#1]");
    }

    #[test]
    fn one_differing_member_stays_apart() {
        let s = sets(&[("R", &["a", "b", "c"])]);
        let terms = vec![v("w", &["a"]), v("w", &["b"]), Term::Prod(vec![Term::Number(2.0), v("w", &["c"])])];
        assert_eq!(shown(Term::Sum(terms), &s), "sum(#1 in R where #1 != c) w[#1] + 2*w[c]");
    }

    #[test]
    fn a_part_that_is_no_declared_set_is_written_out() {
        let s = sets(&[("R", &["a", "b", "c", "d", "e"])]);
        assert_eq!(shown(Term::Sum(vec![v("w", &["a"]), v("w", &["b"])]), &s), "w[a] + w[b]");
        assert_eq!(shown(Term::Sum(vec![v("w", &["L"]), v("w", &["H"])]), &s), "w[L] + w[H]");
    }

    #[test]
    fn off_the_diagonal_of_a_product() {
        let s = sets(&[("R", &["a", "b", "c"])]);
        let mut terms = Vec::new();
        for i in ["a", "b", "c"] {
            for j in ["a", "b", "c"] {
                if i != j {
                    terms.push(v("x", &[i, j]));
                }
            }
        }
        assert_eq!(shown(Term::Sum(terms.clone()), &s), "sum(#1 in R, #2 in R where #1 != #2) x[#1, #2]");
        terms.pop();
        // One pair fewer is no product: the first index is held.
        let parts = "sum(#1 in R where #1 != a) x[a, #1] + sum(#1 in R where #1 != b) x[b, #1] + x[c, a]";
        assert_eq!(shown(Term::Sum(terms), &s), parts);
    }

    #[test]
    fn families_are_generalised_with_their_inner_sums() {
        let s = sets(&[("R", &["a", "b", "c"]), ("G", &["x", "y"])]);
        let mut members = Vec::new();
        for g in ["x", "y"] {
            for r in ["a", "b", "c"] {
                let uses = Term::Sum(["a", "b", "c"].iter().map(|k| Term::Prod(vec![v("d", &[g, k]), v("t", &[k, r])])).collect());
                let mut m = Term::Tuple(vec![v("q", &[g, r]), uses]);
                compress(&mut m, &s);
                members.push(m);
            }
        }
        let found = generalise(&members, &s);
        assert_eq!(found.len(), 1);
        assert_eq!(print(&found[0].rule, Target::Ascii), "q[#2, #3], sum(#1 in R) d[#2, #1]*t[#1, #3]");
        assert_eq!(found[0].binders.iter().map(|b| b.set.clone()).collect::<Vec<_>>(), vec![Set::Named("G".into()), Set::Named("R".into())]);
        assert_eq!(found[0].members, (0..6).collect::<Vec<_>>());
    }

    #[test]
    fn a_wrong_number_breaks_a_family() {
        let s = sets(&[("R", &["a", "b", "c"])]);
        let members: Vec<Term> = [("a", 1.0), ("b", 1.0), ("c", 2.0)].iter().map(|(r, k)| Term::Prod(vec![Term::Number(*k), v("w", &[r])])).collect();
        let found = generalise(&members, &s);
        assert_eq!(found.len(), 2);
        assert!(found[0].guard.is_some());
    }
}
