//! Industries: inputs in nests, one good made; a markup is a wedge between cost and the producer's price that the owners earn.

use crate::accounts::{ActivityId, Amount, Doing, EntryId, Level, Poster, Side, Stage, To, Tree, TreeId, Wedge, Who};
use crate::expr::Sym;
use crate::model::{Input, Key, Nest};

pub fn post(p: &mut Poster) {
    for j in 0..p.economy.industries.len() {
        let industry = p.economy.industries[j].clone();
        let [level, cost] = [Key::Activity(j), Key::UnitCost(j)].map(|k| p.economy.quantity(k));
        let owner = p.agent(Who::Household(industry.country), None);
        let making = p.activity(Doing::Make(j), owner, Level::Free(level), Some(cost), Some(industry.span));
        let own: Vec<_> = [p.economy.countries[industry.country].productivity, industry.productivity].into_iter().flatten().collect();
        let own: Vec<_> = own.into_iter().map(|s| p.node(s)).collect();
        if !own.is_empty() {
            let productivity = p.economy.dag.prod(&own);
            p.productivity(making, productivity);
        }
        let takes = nest(p, making, j, &industry.form);
        p.takes(making, takes);
        let Some(good) = p.accounts.sold(industry.good, industry.country) else { continue };
        let one = p.economy.dag.constant(1.0);
        let made = p.entry(making, good, Side::Gives, Amount::PerUnit(one));
        if let Some(rate) = industry.markup {
            let factor = p.node(rate);
            p.wedge(made, Wedge { base: Stage::Cost, stage: Stage::Producer, factor, rate, to: To::Agent(owner), origin: Some(industry.span) });
        }
        let gives = p.tree(Tree::Leaf(made));
        p.gives(making, gives);
    }
}

/// Work that counts for more than its hours: of each unit used only the part 1/A is taken from the market, as if goods melted the other way.
fn augmented(p: &mut Poster, entry: EntryId, j: usize, factor: usize) {
    let industry = &p.economy.industries[j];
    let country = &p.economy.countries[industry.country];
    let of = |list: &[(usize, Sym)]| list.iter().find(|(f, _)| *f == factor).map(|a| a.1);
    let own: Vec<Sym> = [of(&country.augmentations), of(&industry.augmentations)].into_iter().flatten().collect();
    let Some(&rate) = own.first() else { return };
    let own: Vec<_> = own.into_iter().map(|s| p.node(s)).collect();
    let all = p.economy.dag.prod(&own);
    let one = p.economy.dag.constant(1.0);
    let factor = p.economy.dag.div(one, all);
    p.wedge(entry, Wedge { base: Stage::Producer, stage: Stage::Border, factor, rate, to: To::Burnt, origin: None });
}

fn nest(p: &mut Poster, by: ActivityId, j: usize, form: &Nest) -> TreeId {
    let country = p.economy.industries[j].country;
    let mut parts = Vec::new();
    for input in &form.inputs {
        let (name, commodity) = match &input.what {
            Input::Nest(inner) => {
                parts.push((input.weight, nest(p, by, j, inner)));
                continue;
            }
            Input::Factor(f) => {
                let own = p.economy.line_of(*f, j).map_or_else(|| p.accounts.factor(*f, country), |l| p.bundle(l));
                (p.economy.factors[*f].name.clone(), own)
            }
            Input::Good(g) => (p.economy.goods[*g].name.clone(), p.accounts.bought(*g, country)),
        };
        let Some(commodity) = commodity else { continue };
        let entry = match p.accounts.entry_of(by, commodity, Side::Takes) {
            Some(entry) => entry,
            None => {
                let used = p.economy.quantity(Key::InputPerUnit(name, j));
                let used = p.node(used);
                let entry = p.entry(by, commodity, Side::Takes, Amount::PerUnit(used));
                if let Input::Factor(f) = &input.what {
                    augmented(p, entry, j, *f);
                }
                entry
            }
        };
        parts.push((input.weight, p.tree(Tree::Leaf(entry))));
    }
    let price = form.name.clone().map(|name| p.economy.quantity(Key::NestPrice(name, j)));
    p.tree(Tree::Nest { name: form.name.clone(), shape: form.shape, sigma: form.sigma, parts, price })
}
