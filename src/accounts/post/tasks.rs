//! Task lines: the tasks at home and abroad make a bundle, which the line's industries use in the factor's place.

use crate::accounts::{Abroad, Amount, Cuts, Doing, Level, Margin, Place, Poster, Price, Side, Stage, To, Wedge, What, Who};
use crate::model::Key;

pub fn post(p: &mut Poster) {
    for l in 0..p.economy.lines.len() {
        let line = p.economy.lines[l].clone();
        let factor = p.economy.tasks[line.tasks].factor;
        let Some(home) = p.accounts.factor(factor, line.origin) else { continue };
        let away: Option<Vec<_>> = line.places.iter().map(|place| p.accounts.factor(factor, place.destination)).collect();
        let Some(away) = away else { continue };
        let at = p.economy.quantity(Key::Margin(l));
        let labor: Vec<_> = (0..line.places.len()).map(|d| p.economy.quantity(Key::ForeignLabor(l, d))).collect();
        let [price, bill] = [Key::TaskPrice(l), Key::Bill(l)].map(|k| p.economy.quantity(k));
        let bundle = p.commodity(What::Bundle(l), Place::In(line.origin), Price::Cost(price), Some(line.span));
        let owner = p.agent(Who::Household(line.origin), None);
        let doing = p.activity(Doing::Tasks(l), owner, Level::Follows(bundle), Some(price), Some(line.span));
        // Of each unit of the bundle 1 − I is done at home and takes K(I) abroad; where tasks replace each other, more of the cheaper ones.
        let one = p.economy.dag.constant(1.0);
        let mut pieces = Vec::new();
        for (k, piece) in line.pieces.iter().enumerate() {
            let abroad = p.economy.quantity(Key::Step(l, k));
            let among = (1..piece.places.len()).map(|j| p.economy.quantity(Key::Cut(l, k, j - 1))).collect();
            pieces.push((piece.clone(), Cuts { abroad, among }));
        }
        let stay = if pieces.is_empty() {
            let margin = p.node(at);
            p.economy.dag.sub(one, margin)
        } else {
            let home = p.economy.quantity(Key::HomeTasks(l));
            p.node(home)
        };
        let per_unit = match line.substitution {
            None => stay,
            Some(rho) => {
                let wage = p.accounts.commodity(home).price.sym();
                let (bundle, wage) = (p.node(price), p.node(wage));
                let relative = p.economy.dag.div(bundle, wage);
                let towards = p.economy.dag.pow(relative, rho);
                p.economy.dag.mul(stay, towards)
            }
        };
        let home = p.entry(doing, home, Side::Takes, Amount::PerUnit(per_unit));
        let mut places = Vec::new();
        for ((place, away), labor) in line.places.iter().zip(away).zip(labor) {
            let per_unit = p.node(labor);
            let entry = p.entry(doing, away, Side::Takes, Amount::PerUnit(per_unit));
            if let Some(tariff) = &place.tariff {
                let rate = p.node(tariff.rate);
                let factor = p.economy.dag.sum(&[one, rate]);
                let (base, stage, to) = (Stage::Producer, Stage::Border, To::Agent(owner));
                p.wedge(entry, Wedge { base, stage, factor, rate: tariff.rate, to, origin: Some(tariff.span) });
            }
            places.push(Abroad { entry, cost: place.cost, labor });
        }
        p.entry(doing, bundle, Side::Gives, Amount::PerUnit(one));
        let tree = p.margin(Margin { line: l, at, home, places, task: line.task, pieces, stay, substitution: line.substitution, price, bill });
        p.takes(doing, tree);
    }
}
