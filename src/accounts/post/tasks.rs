//! Task lines: the tasks at home and abroad make a bundle, which the line's industries use in the factor's place.

use crate::accounts::{Amount, Doing, Level, Margin, Place, Poster, Price, Side, Stage, To, Wedge, What, Who};
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
        // Of each unit of the bundle 1 − I is done at home and takes K(I) abroad; where tasks replace each other, more of the cheaper ones.
        let one = p.economy.dag.constant(1.0);
        let steps: Vec<_> = line.steps.iter().enumerate().map(|(k, s)| (*s, p.economy.quantity(Key::Step(l, k)))).collect();
        let stay = if steps.is_empty() {
            let margin = p.node(at);
            p.economy.dag.sub(one, margin)
        } else {
            let home = p.economy.quantity(Key::HomeTasks(l));
            p.node(home)
        };
        let labor = p.node(abroad);
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
        let away = p.entry(doing, away, Side::Takes, Amount::PerUnit(labor));
        if let Some(tariff) = &line.tariff {
            let rate = p.node(tariff.rate);
            let factor = p.economy.dag.sum(&[one, rate]);
            let (base, stage, to) = (Stage::Producer, Stage::Border, To::Agent(owner));
            p.wedge(away, Wedge { base, stage, factor, rate: tariff.rate, to, origin: Some(tariff.span) });
        }
        p.entry(doing, bundle, Side::Gives, Amount::PerUnit(one));
        let tree = p.margin(Margin {
            line: l,
            at,
            home,
            away,
            task: line.task,
            cost: line.cost,
            steps,
            stay,
            substitution: line.substitution,
            abroad,
            price,
            bill,
        });
        p.takes(doing, tree);
    }
}
