//! Consumption: a household's spending on goods is an activity of its own.

use crate::accounts::{ActivityId, Amount, Doing, Level, Poster, Side, Tree, TreeId, Who};
use crate::model::{Input, Key, Nest};

pub fn post(p: &mut Poster) {
    for r in p.economy.inside().collect::<Vec<_>>() {
        let owner = p.agent(Who::Household(r), Some(p.economy.countries[r].span));
        let Some(household) = p.economy.households.get(r).cloned().flatten() else { continue };
        let cost = p.economy.quantity(Key::Expenditure(r));
        let consuming = p.activity(Doing::Consume, owner, Level::Whole, Some(cost), Some(household.span));
        let tastes = nest(p, consuming, r, &household.form);
        p.takes(consuming, tastes);
    }
}

fn nest(p: &mut Poster, by: ActivityId, r: usize, form: &Nest) -> TreeId {
    let mut parts = Vec::new();
    for input in &form.inputs {
        let commodity = match &input.what {
            Input::Nest(inner) => {
                parts.push((input.weight, nest(p, by, r, inner)));
                continue;
            }
            Input::Good(g) => p.accounts.bought(*g, r).map(|c| (c, Key::Demand(*g, r))),
            // Tastes are over goods; leisure is not in the language.
            Input::Factor(_) => None,
        };
        let Some((commodity, key)) = commodity else { continue };
        let entry = match p.accounts.entry_of(by, commodity, Side::Takes) {
            Some(entry) => entry,
            None => {
                let wanted = p.economy.quantity(key);
                let wanted = p.node(wanted);
                p.entry(by, commodity, Side::Takes, Amount::Whole(wanted))
            }
        };
        parts.push((input.weight, p.tree(Tree::Leaf(entry))));
    }
    // Countries of one taste and one set of prices share the nests inside, so these have no names of their own.
    p.tree(Tree::Nest { name: form.name.clone(), shape: form.shape, sigma: form.sigma, parts, price: None })
}
