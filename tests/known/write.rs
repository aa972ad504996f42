//! The program of the language that says an economy, and the names and values of its equilibrium.

use super::nest::{Form, Input, Nest};
use super::rng::Rng;
use super::{Industry, Known};

impl Known {
    /// The program with numeraire number `numeraire`, its declarations in the order of the seed `order`, with a `report` or without.
    pub fn program(&self, numeraire: usize, order: u64, report: bool) -> String {
        let mut parts = self.declarations();
        if !self.open {
            let (name, _) = &self.numeraires[numeraire % self.numeraires.len()];
            parts.push(format!("numeraire {name}"));
        }
        Rng::new(order).shuffle(&mut parts);
        if report {
            let names: Vec<String> = self.values(numeraire).into_iter().map(|v| v.0).collect();
            parts.push(format!("report {{ {} }}", names.join(", ")));
        }
        format!("model known_{}\n{}\n", self.seed, parts.join("\n"))
    }

    /// Names and values of the equilibrium under that numeraire: factor prices, goods' prices, margins, activities.
    pub fn values(&self, numeraire: usize) -> Vec<(String, f64)> {
        let unit = if self.open { 1.0 } else { self.numeraires[numeraire % self.numeraires.len()].1 };
        let mut out = Vec::new();
        for c in self.inside() {
            out.extend((0..self.factors).map(|f| (self.place(&format!("w{f}"), c), self.countries[c].wage[f] / unit)));
        }
        if !self.open {
            for (g, good) in self.goods.iter().enumerate().filter(|(_, g)| !g.nontraded) {
                out.push((format!("price[g{g}]"), good.price[0] / unit));
            }
        }
        for (g, good) in self.goods.iter().enumerate().filter(|(_, g)| g.nontraded) {
            out.extend(self.inside().into_iter().map(|c| (self.indexed("price", &format!("g{g}"), c), good.price[c] / unit)));
        }
        out.extend(self.tasks.iter().enumerate().map(|(k, t)| (format!("M{k}"), t.margin)));
        out.extend(self.industries.iter().map(|i| (self.indexed("activity", &name(i), i.country), i.output)));
        out
    }

    /// `w0`, or `w0[C1]` where there are several countries.
    pub fn place(&self, name: &str, country: usize) -> String {
        if self.inside().len() == 1 { name.to_owned() } else { format!("{name}[C{country}]") }
    }

    pub fn indexed(&self, name: &str, of: &str, country: usize) -> String {
        if self.inside().len() == 1 { format!("{name}[{of}]") } else { format!("{name}[{of}, C{country}]") }
    }

    fn declarations(&self) -> Vec<String> {
        let mut parts = Vec::new();
        for (c, country) in self.countries.iter().enumerate() {
            let list = |values: &[f64]| values.iter().enumerate().map(|(f, v)| format!("F{f} = {v:?}")).collect::<Vec<_>>().join(", ");
            parts.push(match country.outside {
                true => format!("country C{c} outside {{ price {} }}", list(&country.wage)),
                false => format!("country C{c} {{ productivity = {:?} endowment {} }}", country.productivity, list(&country.endowment)),
            });
        }
        parts.extend((0..self.factors).map(|f| format!("factor F{f} price w{f}")));
        for (g, good) in self.goods.iter().enumerate() {
            let given = if self.open && !good.nontraded { format!(" price = {:?}", good.price[0]) } else { String::new() };
            parts.push(format!("good g{g}{given}{}", if good.nontraded { " nontraded" } else { "" }));
        }
        for (k, t) in self.tasks.iter().enumerate() {
            parts.push(format!(
                "tasks T{k} of F{} {{ offshore C{} -> C{} cost {:?} * (1 + {:?} * i) margin M{k} bill O{k} }}",
                t.factor, t.from, t.to, t.level, t.slope
            ));
        }
        for i in &self.industries {
            let makes = if i.other { format!("makes g{} ", i.good) } else { String::new() };
            let productivity = if i.productivity == 1.0 { String::new() } else { format!(" productivity {:?}", i.productivity) };
            let markup = if i.markup == 1.0 { String::new() } else { format!(" markup {:?}", i.markup) };
            parts.push(format!("industry {} in C{} {{ {makes}technology {}{productivity}{markup} }}", name(i), i.country, form(&i.technology, 0)));
        }
        for (taste, c) in self.tastes.iter().zip(self.inside()) {
            parts.push(format!("demand {} in C{c}", form(taste, 4)));
        }
        parts
    }
}

/// The industry's name: its good's, or that of another technique.
pub fn name(i: &Industry) -> String {
    if i.other { format!("a{}", i.good) } else { format!("g{}", i.good) }
}

fn form(nest: &Nest, depth: usize) -> String {
    let head = match nest.form {
        Form::Leontief => "leontief".to_owned(),
        Form::CobbDouglas => "cobb_douglas".to_owned(),
        Form::Ces(s) => format!("ces({s:?})"),
    };
    let mut nests = 0;
    let inputs: Vec<String> = nest
        .inputs
        .iter()
        .map(|(weight, _, input)| match input {
            Input::Factor(f) => format!("F{f}: {weight:?}"),
            Input::Good(g) => format!("g{g}: {weight:?}"),
            Input::Nest(inner) => {
                nests += 1;
                format!("N{depth}{nests}: {weight:?} * {}", form(inner, depth + 1))
            }
        })
        .collect();
    format!("{head} {{ {} }}", inputs.join(", "))
}
