//! What is printed is what was meant: no two quantities of an answer share a letter, and the printed text and the LaTeX, read back, give the number.
#![cfg(feature = "symbolic")]

use crate::statics_help;

use statics_help::*;
use std::collections::BTreeMap;
use tasktrade::present::formula::{latex, plain};
use tasktrade::statics::atoms::Atoms;
use tasktrade::statics::derive::Derived;
use tasktrade::statics::effects::Effects;
use tasktrade::statics::shorten::Shown;
use tasktrade::statics::signs::Signed;

/// A reader of formulas as they are printed: `−γ(1 − θ_Hy λ_L)/(1 − γ)`, and of their LaTeX.
struct Reader<'a> {
    text: &'a str,
    letters: &'a BTreeMap<String, f64>,
    tex: bool,
}

impl Reader<'_> {
    fn skip(&mut self) {
        loop {
            let before = self.text;
            self.text = self.text.trim_start();
            if self.tex {
                for space in ["\\,", "\\!", "\\;"] {
                    self.text = self.text.strip_prefix(space).unwrap_or(self.text);
                }
            }
            if before == self.text {
                return;
            }
        }
    }

    fn eat(&mut self, word: &str) -> bool {
        self.skip();
        match self.text.strip_prefix(word) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> f64 {
        let minus = if self.tex { "-" } else { "−" };
        let mut total = if self.eat(minus) { -self.product() } else { self.product() };
        loop {
            if self.eat("+") {
                total += self.product();
            } else if self.eat(minus) {
                total -= self.product();
            } else {
                return total;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.power();
        loop {
            if !self.tex && self.eat("/") {
                value /= self.power();
                continue;
            }
            self.skip();
            let ends = self.text.is_empty() || self.text.starts_with(['+', '−', '-', ')', '}']) || self.text.starts_with("\\right");
            if ends {
                return value;
            }
            value *= self.power();
        }
    }

    fn power(&mut self) -> f64 {
        let base = self.factor();
        if self.tex {
            if self.text.starts_with("^{") && !self.text.starts_with("^{(") {
                let (digits, rest) = self.text["^{".len()..].split_once('}').expect("a closed exponent");
                self.text = rest;
                return base.powi(digits.parse().expect("a whole exponent"));
            }
            return base;
        }
        let mut exponent = String::new();
        while let Some(c) = self.text.chars().next() {
            match "⁰¹²³⁴⁵⁶⁷⁸⁹⁻".chars().position(|d| d == c) {
                Some(10) => exponent.push('-'),
                Some(d) => exponent.push_str(&d.to_string()),
                None => break,
            }
            self.text = &self.text[c.len_utf8()..];
        }
        if exponent.is_empty() { base } else { base.powi(exponent.parse().expect("a whole exponent")) }
    }

    fn factor(&mut self) -> f64 {
        self.skip();
        // The longest letter that fits: θ_Lx before θ.
        let found = self.letters.iter().filter(|l| self.text.starts_with(l.0.as_str())).max_by_key(|l| l.0.len());
        if let Some((letter, value)) = found {
            self.text = &self.text[letter.len()..];
            return *value;
        }
        if self.tex {
            for fraction in ["\\frac{", "\\tfrac{"] {
                if self.eat(fraction) {
                    let top = self.sum();
                    assert!(self.eat("}") && self.eat("{"), "a fraction at {}", self.text);
                    let bottom = self.sum();
                    assert!(self.eat("}"), "a closed fraction at {}", self.text);
                    return top / bottom;
                }
            }
            for (open, close) in [("\\left(", "\\right)"), ("{", "}")] {
                if self.eat(open) {
                    let value = self.sum();
                    assert!(self.eat(close), "{close} at {}", self.text);
                    return value;
                }
            }
        } else if self.eat("(") {
            let value = self.sum();
            assert!(self.eat(")"), "a closed bracket at {}", self.text);
            return value;
        }
        let end = self.text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.text.len());
        let (number, rest) = self.text.split_at(end);
        self.text = rest;
        number.parse().unwrap_or_else(|_| panic!("no letter or number at `{rest}`"))
    }
}

fn read(text: &str, letters: &BTreeMap<String, f64>, tex: bool) -> f64 {
    let mut reader = Reader { text, letters, tex };
    let value = reader.sum();
    reader.skip();
    assert!(reader.text.is_empty(), "`{}` is left of {text}", reader.text);
    value
}

/// Letters that stand for two quantities of one answer.
fn shared(atoms: &Atoms, used: &[u32], own: &[(String, String, String)]) -> Vec<String> {
    let mut out = Vec::new();
    for latex in [false, true] {
        let mut met: BTreeMap<String, String> = BTreeMap::new();
        let of_atoms = used.iter().filter_map(|a| atoms.get(*a)).map(|a| (a.name.clone(), if latex { a.latex.clone() } else { a.display.clone() }));
        let of_model = own.iter().map(|(name, shown, tex)| (name.clone(), if latex { tex.clone() } else { shown.clone() }));
        for (name, letter) in of_model.chain(of_atoms) {
            match met.insert(letter.clone(), name.clone()) {
                Some(other) if other != name => out.push(format!("{letter} is {other} and {name}")),
                _ => {}
            }
        }
    }
    out
}

/// Print and LaTeX names of the model's own quantities in a question.
fn own_letters(q: &Question) -> Vec<(String, String, String)> {
    let named = q.nodes.iter().enumerate().filter(|(_, n)| matches!(q.prepared.system.dag.node(**n), tasktrade::expr::Node::Sym(_)));
    named.map(|(n, _)| q.prepared.system.info(q.sym(n))).map(|i| (i.name.clone(), i.display.clone(), i.latex.clone())).collect()
}

/// What is wrong with a formula as it is printed: its text and its LaTeX, read back, do not give its number.
fn unread(what: &str, shown: &Shown, atoms: &Atoms, own: f64, error: f64) -> Vec<String> {
    let mut out = Vec::new();
    for tex in [false, true] {
        let letter = |a: u32| atoms.get(a).map(|x| if tex { x.latex.clone() } else { x.display.clone() }).expect("a letter");
        let print = |f| if tex { latex(f, atoms) } else { plain(f, atoms) };
        let mut letters: BTreeMap<String, f64> = shown.atoms().iter().map(|a| (letter(*a), atoms.values()[*a as usize])).collect();
        for (at, definition) in &shown.named {
            let value = read(&print(definition), &letters, tex);
            letters.insert(letter(*at), value);
        }
        let value = read(&print(&shown.formula), &letters, tex);
        if !((value - own).abs() <= 1e-9 * own.abs() + error) {
            out.push(format!("{what}: the {} reads {value:e}, not {own:e}", if tex { "LaTeX" } else { "text" }));
        }
    }
    out
}

fn check(what: &str, q: &Question, d: &Derived) -> Vec<String> {
    let out: Vec<String> = shared(&d.atoms, &d.shown.atoms(), &own_letters(q)).into_iter().map(|s| format!("{what}: {s}")).collect();
    if !out.is_empty() {
        return out;
    }
    unread(what, &d.shown, &d.atoms, d.value.expect("a number"), d.error.expect("its error"))
}

/// A sign's response, its conditions with their numbers, and what is proved: one letter, one meaning, in all of them.
fn check_sign(what: &str, q: &Question, s: &Signed) -> Vec<String> {
    let mut used = s.derived.shown.atoms();
    let sides = s.conditions.iter().flat_map(|c| [(&c.left, c.left_value), (&c.right, c.right_value)]);
    let formulas: Vec<_> = sides.chain(s.proofs.iter().map(|p| (&p.what, None))).collect();
    for (formula, _) in &formulas {
        used.extend(Shown::bare((*formula).clone()).atoms());
    }
    let mut out: Vec<String> = shared(&s.atoms, &used, &own_letters(q)).into_iter().map(|s| format!("{what}: {s}")).collect();
    if !out.is_empty() {
        return out;
    }
    out.extend(check(what, q, &s.derived));
    for (formula, value) in formulas {
        let mut shown = Shown::bare(formula.clone());
        // Conditions may use what the response names.
        shown.named = s.derived.shown.named.clone();
        let Some(value) = value else { continue };
        out.extend(unread(what, &shown, &s.atoms, value, 1e-9));
    }
    out
}

/// A split: multipliers, responses, contributions.
fn check_effects(what: &str, q: &Question, e: &Effects) -> Vec<String> {
    let mut parts: Vec<(&Shown, Option<f64>)> = e.form.terms.iter().map(|t| (&t.multiplier, t.value)).collect();
    for channel in &e.channels {
        parts.push((&channel.contribution, channel.value));
        parts.extend(channel.members.iter().map(|m| (&m.response, m.response_value)));
    }
    parts.extend(e.direct.iter().map(|d| (&d.0, d.1)));
    let used: Vec<u32> = parts.iter().flat_map(|p| p.0.atoms()).collect();
    let mut out: Vec<String> = shared(&e.form.atoms, &used, &own_letters(q)).into_iter().map(|s| format!("{what}: {s}")).collect();
    if !out.is_empty() {
        return out;
    }
    for (shown, value) in parts {
        if let Some(value) = value {
            out.extend(unread(what, shown, &e.form.atoms, value, 1e-9));
        }
    }
    out
}

/// Questions of each file of a folder: the first quantities against the first parameters.
fn printed(folder: &str, step: usize, each: usize) {
    let (mut failures, mut answers, mut signs) = (Vec::new(), 0, 0);
    for (n, file) in files(folder).iter().enumerate().step_by(step) {
        let Some(m) = Model::try_open(file) else { continue };
        for ask in questions(&m, 1000 + n as u64, each) {
            let (target, wrt) = ask.split_once(" wrt ").expect("wrt");
            let Some(q) = m.try_question(&[target, wrt]) else { continue };
            let Ok(d) = derive_of(&q, &ask) else { continue };
            answers += 1;
            failures.extend(check(&format!("{file}: {ask}"), &q, &d));
            if let Ok(s) = sign_of(&q, &ask) {
                signs += 1;
                failures.extend(check_sign(&format!("{file}: sign {ask}"), &q, &s));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(answers > 5 && signs > 5, "{answers} answers, {signs} signs");
}

/// Splits of every example that declares channels.
#[test]
fn splits_read_back() {
    let (mut failures, mut splits) = (Vec::new(), 0);
    for file in files("examples") {
        let Some(m) = Model::try_open(&file) else { continue };
        let economy = &m.session.economy;
        let Some(target) = economy.channels.first().and_then(|c| c.of.first()).map(|s| economy.info(*s).name.clone()) else { continue };
        for ask in questions(&m, 7, 2) {
            let Some((_, wrt)) = ask.split_once(" wrt ") else { continue };
            let Some(q) = m.try_question(&[&target, wrt]) else { continue };
            let Ok(e) = effects_of(&q, &target) else { continue };
            splits += 1;
            failures.extend(check_effects(&format!("{file}: effects {target} wrt {wrt}"), &q, &e));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(splits > 5, "{splits} splits");
}

#[test]
fn examples_read_back() {
    printed("examples", 1, 1);
}

#[test]
fn reference_models_read_back() {
    printed("tests/models", if effort() > 1 { 1 } else { 8 }, effort().div_ceil(2) as usize);
}

/// Sums of the user's own whose terms have one name, a parameter called like a letter of the program's: each has a letter of its own.
#[test]
fn letters_that_would_be_shared_are_numbered() {
    let m = Model::text(
        "parameter A0 = 2 in (0, inf)\nparameter gamma = 0.4 in (0, 1)\nvariable v in (0, inf) start 1\nvariable u in (0, inf) start 1\n\
         equation one: v = A0 + u^gamma\nequation two: u = A0 + 2 * v^gamma\n",
    );
    let q = m.question(&["v", "gamma"]);
    let d = derive_of(&q, "v wrt gamma").unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(check("shared", &q, &d), Vec::<String>::new());
    let m = Model::text(
        "parameter beta = 1.3 in (0, inf)\nparameter gamma = 1.2 in (0, inf)\nparameter D = 1 in (0, inf)\nschedule t(i) = 1 + gamma * i\n\
         country Home { endowment L = 100, H = 110 * D }\ncountry Abroad outside { price L = 0.5 }\nfactor L price w\nfactor H price s\n\
         tasks Ltasks of L { offshore Home -> Abroad cost beta * t(i) margin I bill Omega }\ngood y price = 1\nindustry y { technology ces(0.7) { L: 0.6, H: 0.4 } }\n",
    );
    for ask in ["w wrt gamma", "w wrt beta", "w wrt D"] {
        let (target, wrt) = ask.split_once(" wrt ").expect("wrt");
        let q = m.question(&[target, wrt]);
        let d = derive_of(&q, ask).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(check(ask, &q, &d), Vec::<String>::new());
    }
}

/// The log-linear form of every example: each row of its list of letters has a text of its own, and so has each letter's LaTeX.
#[test]
fn the_letters_of_a_form_are_told_apart() {
    let mut rows = 0;
    for file in crate::support::files("examples", "trade") {
        let [text, json, tex] = ["", "--json", "--latex"].map(|flag| {
            let args: Vec<String> = ["hats", &file.display().to_string(), flag].iter().filter(|a| !a.is_empty()).map(|a| a.to_string()).collect();
            crate::support::run::tasktrade(&args)
        });
        // What has no conditions has no form, and says so.
        let without = json.json["equations"].as_array().is_none_or(Vec::is_empty);
        assert_eq!(without, text.stdout.starts_with("No conditions:"), "{}: {}", file.display(), text.stdout);
        let typeset = if without { "No conditions:" } else { "align" };
        assert!(tex.stdout.contains(typeset) && !tex.stdout.contains("[U+"), "{}: {}", file.display(), tex.stdout);
        let unlike = |list: Vec<String>, what: &str| {
            let mut seen = list.clone();
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), list.len(), "{} has {what} twice in {list:?}", file.display());
            list.len()
        };
        let body = text.stdout.split_once("\nwhere\n").map_or("", |t| t.1).to_string();
        let list = body.lines().filter(|l| l.starts_with("  ") && !l.trim_start().starts_with("regime"));
        rows += unlike(list.filter_map(|l| l.trim().split("  ").next()).map(str::to_string).collect(), "a letter");
        let letters = json.json["where"].as_object().cloned().unwrap_or_default();
        unlike(letters.values().filter_map(|v| v["latex"].as_str()).map(str::to_string).collect(), "the LaTeX of a letter");
    }
    assert!(rows > 100, "{rows} letters");
}
