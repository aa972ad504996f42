//! What commodities and activities are called in the economy's own words.

use super::rows::*;
use crate::model::Economy;
use std::sync::Arc;

impl Accounts {
    /// The factor, good or task set that a commodity is.
    pub fn commodity_name(&self, economy: &Economy, id: CommodityId) -> Arc<str> {
        match self.commodity(id).what {
            What::Factor(f) => economy.factors[f].name.clone(),
            What::Good(g) | What::Variety { good: g, .. } | What::Composite(g) => economy.goods[g].name.clone(),
            What::Bundle(l) => economy.tasks[economy.lines[l].tasks].name.clone(),
        }
    }

    /// The same as an input's key: tasks are the factor that does them.
    pub fn input_name(&self, economy: &Economy, id: CommodityId) -> Arc<str> {
        match self.commodity(id).what {
            What::Bundle(l) => economy.factors[economy.tasks[economy.lines[l].tasks].factor].name.clone(),
            _ => self.commodity_name(economy, id),
        }
    }

    /// What an activity is: its industry, its tasks, demand, the world's trade.
    pub fn activity_name(&self, economy: &Economy, id: ActivityId) -> Arc<str> {
        match self.activity(id).what {
            Doing::Make(j) => economy.industries[j].name.clone(),
            Doing::Tasks(l) => economy.tasks[economy.lines[l].tasks].name.clone(),
            Doing::Ship { good, .. } | Doing::Blend { good, .. } => economy.goods[good].name.clone(),
            Doing::Consume => "demand".into(),
            Doing::Abroad(Trade::Buy) => "exports".into(),
            Doing::Abroad(Trade::Sell) => "imports".into(),
        }
    }
}
