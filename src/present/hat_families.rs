//! Rows of the log-linear form that follow one rule over goods, industries, factors or countries, printed once with an index.
//!
//! Two rows are of one family if they read alike once the elements of sets in their names are left out, and each element stands in the same
//! places: then the elements that differ are one index, or several that vary apart.

use super::equations::latex::{LINE, width};
use super::formula::broken_row;
use crate::algebra::Formula;
use crate::expr::Sym;
use crate::model::{Economy, naming};
use crate::statics::atoms::{Atoms, parts};
use crate::statics::hat::Measure;
use crate::statics::hats::{Line, LogLinear};
use crate::system::System;

/// Stands before and after an element in a text that is still open.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// A text without its elements, and the elements in order.
#[derive(Clone, Debug, PartialEq)]
struct Skeleton {
    text: String,
    elements: Vec<String>,
}

impl Skeleton {
    /// Takes the marked elements out of a text.
    fn of(marked: &str) -> Skeleton {
        let (mut text, mut elements) = (String::new(), Vec::new());
        let mut rest = marked;
        while let Some((before, after)) = rest.split_once(OPEN) {
            text.push_str(before);
            text.push(OPEN);
            let (element, after) = after.split_once(CLOSE).unwrap_or((after, ""));
            elements.push(element.to_string());
            rest = after;
        }
        text.push_str(rest);
        Skeleton { text, elements }
    }

    /// The text with other words in the places of its elements.
    fn with(&self, words: &[String]) -> String {
        let mut out = String::new();
        for (k, part) in self.text.split(OPEN).enumerate() {
            if k > 0 {
                out.push_str(words.get(k - 1).map_or("", String::as_str));
            }
            out.push_str(part);
        }
        out
    }
}

/// A row or several rows of one family.
pub struct Printed {
    /// The row in LaTeX, for `align`.
    pub row: String,
    pub names: Vec<String>,
}

/// The members of a family: which places hold which index, and what each index runs over together.
struct Family {
    members: Vec<usize>,
    /// By place: the number of its index, or `None` where all members agree.
    index: Vec<Option<usize>>,
    /// By index: its letter in LaTeX.
    letters: Vec<String>,
    /// By member, by index: the element.
    tuples: Vec<Vec<String>>,
}

/// Names written with their indices in marks, so that rows can be compared.
pub struct Writer<'a> {
    pub system: &'a System,
    pub economy: &'a Economy,
    pub form: &'a LogLinear,
}

impl Writer<'_> {
    fn marked(&self, name: &str, own: &str) -> String {
        let (base, index) = parts(name);
        if index.is_empty() {
            return own.to_string();
        }
        let latex = naming::pretty_base(base).1;
        let latex = if latex.contains('_') { format!("{{{latex}}}") } else { latex };
        let elements: Vec<String> = index.iter().map(|i| format!("{OPEN}{}{CLOSE}", i.trim_matches('"'))).collect();
        format!("{latex}_{{{}}}", elements.join(""))
    }

    fn atom(&self, at: u32, atoms: &Atoms) -> String {
        atoms.get(at).map_or_else(String::new, |a| self.marked(&a.name, &a.latex))
    }

    fn change(&self, sym: Sym) -> String {
        let info = self.system.info(sym);
        let measure = self.form.measures.iter().find(|m| m.0 == sym).map_or(Measure::Log, |m| m.1);
        let (base, index) = parts(&info.name);
        if index.is_empty() {
            return super::formula::change_of(info, measure).1;
        }
        let sub = self.marked(&info.name, &info.latex);
        match measure {
            Measure::Margin => format!("\\frac{{d{sub}}}{{1-{sub}}}"),
            Measure::Plain => format!("d{sub}"),
            Measure::Log => {
                let latex = naming::pretty_base(base).1;
                let tail = sub.strip_prefix(latex.as_str()).map(str::to_string);
                match tail {
                    Some(tail) if latex.chars().count() == 1 || latex.starts_with('\\') && !latex.contains('{') => format!("\\hat{{{latex}}}{tail}"),
                    _ => format!("d\\ln {sub}"),
                }
            }
        }
    }

    fn side(&self, terms: &[(Formula, Sym)]) -> Vec<String> {
        let atoms = &self.form.atoms;
        let mut out = Vec::new();
        for (n, (coefficient, sym)) in terms.iter().enumerate() {
            let minus = crate::statics::shorten::negative(coefficient);
            let size = if minus { crate::statics::shorten::turned(coefficient.clone()) } else { coefficient.clone() };
            out.extend(super::formula::term_pieces(&size, &|a| self.atom(a, atoms), &self.change(*sym), minus, n == 0));
        }
        if out.is_empty() {
            out.push("0".into());
        }
        out
    }

    /// The rows of a group, families first where their first member stood; `alone` prints a row of no family.
    pub fn rows(&self, lines: &[Line], alone: &dyn Fn(&Line) -> String) -> Vec<Printed> {
        const BETWEEN: &str = "\u{3}";
        const SIDES: &str = "\u{4}";
        let skeletons: Vec<Skeleton> =
            lines.iter().map(|l| Skeleton::of(&[self.side(&l.left).join(BETWEEN), self.side(&l.right).join(BETWEEN)].join(SIDES))).collect();
        let mut done = vec![false; lines.len()];
        let mut out = Vec::new();
        for k in 0..lines.len() {
            if done[k] {
                continue;
            }
            let alike: Vec<usize> = (k..lines.len()).filter(|m| !done[*m] && skeletons[*m].text == skeletons[k].text).collect();
            let family = if alike.len() > 1 { self.family(alike, &skeletons) } else { None };
            let Some(family) = family else {
                done[k] = true;
                out.push(Printed { row: alone(&lines[k]), names: vec![lines[k].name.clone()] });
                continue;
            };
            let text = skeletons[k].with(&self.words(&skeletons[k].elements, Some(&family)));
            let mut sides = text.split(SIDES).map(|s| s.split(BETWEEN).map(str::to_string).collect::<Vec<_>>());
            let (left, right) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
            let clause = self.clause(&family);
            let mut row = broken_row(&left, &right);
            let last = row.rsplit(" \\\\\n").next().unwrap_or_default();
            row.push_str(&if width(last) + width(&clause) + 4 <= LINE {
                format!(" \\qquad {clause}")
            } else {
                format!(" \\\\\n    &\\qquad {clause}")
            });
            for m in &family.members {
                done[*m] = true;
            }
            out.push(Printed { row, names: family.members.iter().map(|m| lines[*m].name.clone()).collect() });
        }
        out
    }

    /// Element words as they stand in subscripts: letters of a family's indices in their places.
    fn words(&self, elements: &[String], family: Option<&Family>) -> Vec<String> {
        let all_short = elements.iter().all(|e| e.chars().count() <= 1);
        elements
            .iter()
            .enumerate()
            .map(|(place, e)| match family.and_then(|f| f.index.get(place).copied().flatten().and_then(|i| f.letters.get(i))) {
                Some(letter) => letter.to_string(),
                None if all_short || e.chars().count() == 1 => naming::latex_text(e),
                None => format!("\\mathrm{{{}}}\\,", naming::latex_text(e)),
            })
            .collect()
    }

    /// The family of rows that read alike, if the places at which they differ fall into indices.
    fn family(&self, alike: Vec<usize>, skeletons: &[Skeleton]) -> Option<Family> {
        let first = &skeletons[*alike.first()?];
        let column = |place: usize| -> Vec<&String> { alike.iter().filter_map(|m| skeletons[*m].elements.get(place)).collect() };
        let mut index = vec![None; first.elements.len()];
        let mut columns: Vec<Vec<&String>> = Vec::new();
        for place in 0..first.elements.len() {
            let own = column(place);
            if own.len() != alike.len() {
                return None;
            }
            if own.iter().all(|e| *e == own[0]) {
                continue;
            }
            let at = columns.iter().position(|c| *c == own).unwrap_or_else(|| {
                columns.push(own);
                columns.len() - 1
            });
            index[place] = Some(at);
        }
        // More than three indices that vary apart are no rule that anyone reads.
        if columns.is_empty() || columns.len() > 3 {
            return None;
        }
        let mut letters: Vec<String> = Vec::new();
        for c in &columns {
            letters.push(self.letter(c, &letters)?);
        }
        let tuples = (0..alike.len()).map(|m| columns.iter().filter_map(|c| c.get(m).map(|e| (*e).clone())).collect()).collect();
        Some(Family { members: alike, index, letters, tuples })
    }

    /// A letter for an index by what it runs over: countries r, factors f, goods and industries g.
    fn letter(&self, elements: &[&String], taken: &[String]) -> Option<String> {
        let e = self.economy;
        let all = |is: &dyn Fn(&str) -> bool| elements.iter().all(|x| is(x));
        let pool: &[&str] = if all(&|x| e.countries.iter().any(|c| c.name.as_ref() == x)) {
            &["r", "q", "n"]
        } else if all(&|x| e.factors.iter().any(|f| f.name.as_ref() == x)) {
            &["f", "k"]
        } else if all(&|x| e.goods.iter().any(|g| g.name.as_ref() == x) || e.industries.iter().any(|j| j.name.as_ref() == x)) {
            &["g", "h", "j"]
        } else {
            &["i", "m", "l"]
        };
        let names = |l: &str| {
            e.names.entries.contains_key(l)
                || e.countries.iter().any(|c| c.name.as_ref() == l)
                || e.goods.iter().any(|g| g.name.as_ref() == l)
                || e.factors.iter().any(|f| f.name.as_ref() == l)
        };
        let free = pool.iter().chain(&["a", "b", "c", "d", "u", "v"]).find(|l| !taken.iter().any(|t| t == **l) && !names(l));
        free.map(|l| (*l).to_string())
    }

    /// What the indices run over: each its own set where all combinations are there, else the list of combinations.
    fn clause(&self, f: &Family) -> String {
        let word = |e: &String| if e.chars().count() == 1 { naming::latex_text(e) } else { format!("\\mathrm{{{}}}", naming::latex_text(e)) };
        let sets: Vec<Vec<&String>> = (0..f.letters.len())
            .map(|i| {
                let mut set: Vec<&String> = Vec::new();
                for t in f.tuples.iter().filter_map(|t| t.get(i)) {
                    if !set.contains(&t) {
                        set.push(t);
                    }
                }
                set
            })
            .collect();
        let list = |set: &[&String]| set.iter().map(|e| word(e)).collect::<Vec<_>>().join(", ");
        if sets.iter().map(Vec::len).product::<usize>() == f.tuples.len() {
            let parts: Vec<String> = f.letters.iter().zip(&sets).map(|(l, s)| format!("{l} \\in \\{{{}\\}}", list(s))).collect();
            return parts.join(",\\; ");
        }
        // Every pair of different elements is common enough to have its own clause.
        if let [a, b] = f.letters.as_slice()
            && sets[0].iter().all(|e| sets[1].contains(e))
            && f.tuples.len() == sets[0].len() * (sets[0].len() - 1)
            && sets[0].len() == sets[1].len()
            && f.tuples.iter().all(|t| t[0] != t[1])
        {
            return format!("{a} \\neq {b} \\in \\{{{}\\}}", list(&sets[0]));
        }
        let tuples: Vec<String> = f.tuples.iter().map(|t| format!("({})", t.iter().map(word).collect::<Vec<_>>().join(", "))).collect();
        let tuples = if f.letters.len() == 1 { f.tuples.iter().map(|t| t.iter().map(word).collect::<String>()).collect() } else { tuples };
        const SHOWN: usize = 8;
        let more = if tuples.len() > SHOWN { ", \\dots" } else { "" };
        format!("({}) \\in \\{{{}{more}\\}}", f.letters.join(", "), tuples.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
    }

    /// The letters with their meanings, those of one rule once.
    pub fn letters(&self, used: &[u32]) -> Vec<(String, String)> {
        let atoms: Vec<_> = used.iter().filter_map(|a| self.form.atoms.get(*a)).collect();
        let skeletons: Vec<Skeleton> = atoms
            .iter()
            .map(|a| {
                let index = parts(&a.name).1;
                let meaning = mark_words(&a.meaning, &index);
                Skeleton::of(&format!("{}\u{4}{meaning}", self.marked(&a.name, &a.latex)))
            })
            .collect();
        let mut done = vec![false; atoms.len()];
        let mut out = Vec::new();
        for k in 0..atoms.len() {
            if done[k] {
                continue;
            }
            let alike: Vec<usize> = (k..atoms.len()).filter(|m| !done[*m] && skeletons[*m].text == skeletons[k].text).collect();
            let family = if alike.len() > 2 { self.family(alike, &skeletons) } else { None };
            match family {
                Some(family) => {
                    let words = self.words(&skeletons[k].elements, Some(&family));
                    let text = skeletons[k].with(&words);
                    let (symbol, _) = text.split_once('\u{4}').unwrap_or((text.as_str(), ""));
                    // In the sentence the letters stand in math.
                    let places = skeletons[k].text.split('\u{4}').next().unwrap_or_default().matches(OPEN).count();
                    let spoken: Vec<String> = skeletons[k]
                        .elements
                        .iter()
                        .enumerate()
                        .map(|(place, e)| match family.index.get(place).copied().flatten().and_then(|i| family.letters.get(i)) {
                            Some(l) if place >= places => format!("\u{5}{l}\u{5}"),
                            _ => e.clone(),
                        })
                        .collect();
                    let said = skeletons[k].with(&spoken);
                    // Words and letters by turns.
                    let pieces = said.split_once('\u{4}').map_or("", |x| x.1).split('\u{5}').enumerate();
                    let meaning: String =
                        pieces.map(|(k, piece)| if k % 2 == 0 { super::formula::latex_words(piece) } else { format!("${piece}$") }).collect();
                    for m in &family.members {
                        done[*m] = true;
                    }
                    out.push((symbol.to_string(), meaning));
                }
                None => {
                    done[k] = true;
                    out.push((atoms[k].latex.clone(), super::formula::latex_words(&atoms[k].meaning)));
                }
            }
        }
        out
    }
}

/// Marks the elements that a sentence names, as words of their own.
fn mark_words(text: &str, elements: &[String]) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let bare = word.trim_end_matches([',', ';', '.']);
        let tail = word.get(bare.len()..).unwrap_or_default();
        if elements.iter().any(|e| e.trim_matches('"') == bare) {
            out.push(format!("{OPEN}{bare}{CLOSE}{tail}"));
        } else {
            out.push(word.to_string());
        }
    }
    out.join(" ")
}
