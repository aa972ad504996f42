//! From the economy as declared to its rows, one file a construct.

mod border;
mod factor;
mod good;
mod household;
mod industry;
mod origin;
mod tasks;
mod world;

use super::poster::Poster;
use super::rows::Accounts;
use crate::model::{Economy, Key};

/// Unknowns are numbered before what follows from them, by country and good: forms list changes in that order.
fn levels(p: &mut Poster) {
    for r in p.economy.inside().collect::<Vec<_>>() {
        for g in 0..p.economy.goods.len() {
            for j in p.economy.makers(g, r).collect::<Vec<_>>() {
                p.economy.quantity(Key::Activity(j));
            }
        }
    }
}

/// Posts an economy without errors. Equations of the user's own post nothing.
pub fn post(economy: &mut Economy) -> Accounts {
    let mut p = Poster::new(economy);
    levels(&mut p);
    factor::post(&mut p);
    good::post(&mut p);
    tasks::post(&mut p);
    industry::post(&mut p);
    household::post(&mut p);
    world::post(&mut p);
    border::revenues(&mut p);
    p.close()
}
