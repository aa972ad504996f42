//! Task lines: the tasks at home and abroad make a bundle, which the line's industries use in the factor's place.

use crate::accounts::{Amount, Doing, Level, Margin, Place, Poster, Price, Side, What, Who};
use crate::model::Key;

pub fn post(p: &mut Poster) {
    for l in 0..p.economy.lines.len() {
        let line = p.economy.lines[l].clone();
        let factor = p.economy.tasks[line.tasks].factor;
        let (Some(home), Some(away)) = (p.accounts.factor(factor, line.origin), p.accounts.factor(factor, line.destination)) else { continue };
        let [at, abroad, price, bill] = [Key::Margin(l), Key::ForeignLabor(l), Key::TaskPrice(l), Key::Bill(l)].map(|k| p.economy.quantity(k));
        let bundle = p.commodity(What::Bundle(l), Place::In(line.origin), Price::Cost(price), Some(line.span));
        let owner = p.agent(Who::Household(line.origin), None);
        let doing = p.activity(Doing::Tasks(l), owner, Level::Follows(bundle), Some(price), Some(line.span));
        // Of each unit of the bundle 1 − I is done at home and takes K(I) abroad.
        let one = p.economy.dag.constant(1.0);
        let margin = p.node(at);
        let stay = p.economy.dag.sub(one, margin);
        let labor = p.node(abroad);
        let home = p.entry(doing, home, Side::Takes, Amount::PerUnit(stay));
        let away = p.entry(doing, away, Side::Takes, Amount::PerUnit(labor));
        p.entry(doing, bundle, Side::Gives, Amount::PerUnit(one));
        let tree = p.margin(Margin { line: l, at, home, away, task: line.task, cost: line.cost, abroad, price, bill });
        p.takes(doing, tree);
    }
}
