//! The price level: given prices anchor it; otherwise one normalisation is added and one market set aside.

use super::Lowering;
use crate::accounts::{AgentId, Doing, Supply};
use crate::expr::{Node, NodeId, Sym};
use crate::system::{Condition, Equation, Quantity, Role, SetAside};

impl Lowering<'_> {
    pub fn anchor(&mut self) {
        let given: Vec<Sym> = self.economy.goods.iter().filter_map(|g| g.given).collect();
        let outside: Vec<Sym> = self.economy.countries.iter().flat_map(|c| c.prices.iter().flatten().copied()).collect();
        self.system.anchors = given.into_iter().chain(outside).collect();
        if !self.system.anchors.is_empty() || self.economy.industries.is_empty() {
            return;
        }
        let good = self.economy.goods.iter().position(|g| g.numeraire);
        let value = self.economy.numeraire.clone();
        if let Some(g) = good {
            let place = self.economy.sole_country();
            let price = self.economy.good_price(g, place);
            self.system.anchors.push(price);
            self.set_aside(price);
        } else if let Some(value) = value {
            match *self.economy.dag.node(value.node) {
                Node::Sym(s) if matches!(self.economy.info(s).role, Role::Unknown { .. }) => {
                    let info = &mut self.economy.syms[s.index()];
                    (info.role, info.quantity) = (Role::Parameter(1.0), Quantity::Numeraire);
                    self.system.anchors.push(s);
                    self.set_aside(s);
                }
                _ => self.normalise(value.node, value.name, value.span),
            }
        }
    }

    /// An expression is 1; the first factor market of the first household is set aside, and its price is the equation's partner.
    fn normalise(&mut self, node: NodeId, name: String, span: crate::source::Span) {
        let accounts = self.accounts;
        let spends = |agent: AgentId| accounts.activities().any(|(_, a)| a.owner == agent && a.what == Doing::Consume);
        let earners = || accounts.agents().filter(|(_, a)| a.income.is_some()).map(|(id, _)| id);
        let Some(first) = earners().find(|a| spends(*a)).or_else(|| earners().next()) else { return };
        let owned = accounts.endowments().find(|(_, e)| e.agent == first && e.amount != Supply::Elastic);
        let Some(price) = owned.map(|(_, e)| accounts.commodity(e.commodity).price.sym()) else { return };
        self.set_aside(price);
        let info = crate::model::parameter_info(
            format!("numeraire[{name}]"),
            Quantity::Numeraire,
            Role::Parameter(1.0),
            "value of the numeraire".into(),
            Some(span),
        );
        let level = self.economy.new_sym(info);
        self.system.anchors.push(level);
        let right = self.node(level);
        self.system.equations.push(Equation {
            name: format!("numeraire {name}"),
            condition: Condition::Numeraire,
            left: node,
            right,
            partner: Some(price),
            complementary: false,
            origin: Some(span),
        });
    }

    fn set_aside(&mut self, price: Sym) {
        let Some(at) = self.system.equations.iter().position(|e| e.condition == Condition::Market && e.partner == Some(price)) else { return };
        let equation = self.system.equations.remove(at);
        let incomes: Vec<Sym> = self.accounts.agents().filter_map(|(_, a)| a.income).collect();
        let incomes: Vec<NodeId> = incomes.into_iter().map(|s| self.node(s)).collect();
        let scale = self.economy.dag.sum(&incomes);
        let price = self.node(price);
        self.system.set_aside = Some(SetAside { equation, place: at, scale, price });
    }
}
