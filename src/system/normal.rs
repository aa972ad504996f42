//! The same economy in other units of money.

use super::{Condition, Equation, Quantity, Role, SetAside, System};
use crate::expr::{NodeId, Sym};

/// The system counted so that world income equals the sum of all endowments, whatever its own numeraire is; `None` where prices are given, or
/// where conditions of the model's own may be written in money.
///
/// The market set aside is the first one. Unknowns, equations and symbols are the system's own, but for the numeraire, whose price is an unknown.
/// Equilibria are those of the system with all prices multiplied by a common factor.
pub fn in_world_income(system: &System) -> Option<System> {
    let aside = system.set_aside.as_ref()?;
    let own = |e: &Equation| !matches!(e.condition, Condition::Market | Condition::ZeroProfit | Condition::Margin | Condition::Numeraire);
    if system.equations.iter().any(own) {
        return None;
    }
    let mut out = system.clone();
    out.equations.retain(|e| e.condition != Condition::Numeraire);
    out.equations.insert(aside.place.min(out.equations.len()), aside.equation.clone());
    for anchor in &system.anchors {
        let info = out.syms.get_mut(anchor.index())?;
        if system.equations.iter().all(|e| e.condition != Condition::Numeraire) {
            (info.role, info.quantity) = (Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: None }, Quantity::GoodPrice);
        }
    }
    out.anchors.clear();
    let place = out.equations.iter().position(|e| e.condition == Condition::Market && e.partner.is_some())?;
    let market = out.equations.remove(place);
    let price = out.dag.sym(market.partner?);
    let named: Vec<Sym> = (0..out.syms.len() as u32).map(Sym).filter(|s| out.info(*s).quantity == Quantity::Endowment).collect();
    let endowments: Vec<NodeId> = named.into_iter().map(|s| out.dag.sym(s)).collect();
    let right = out.dag.sum(&endowments);
    // Last, as the equation of a numeraire is: the order of the others is that of the conditions.
    out.equations.push(Equation {
        name: "world income".into(),
        condition: Condition::Numeraire,
        left: aside.scale,
        right,
        partner: market.partner,
        complementary: false,
        origin: None,
    });
    out.set_aside = Some(SetAside { equation: market, place, scale: aside.scale, price });
    Some(out)
}
