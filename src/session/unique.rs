//! Whether theory says that an equilibrium is the only one.
//!
//! Three sufficient conditions are looked at, in the order in which they are cheap to say:
//! - every good has a given price: production maximises the value of output at the prices that producers receive, whatever is demanded;
//! - one household, or several with the same homothetic tastes at the same prices, and no relative distortion: the equilibrium maximises that
//!   household's utility over a convex set, and consumption there is unique;
//! - one factor a country, no intermediate goods, demand with elasticities of at least 1: factors are gross substitutes (Scarf and Wilson 2005).

use crate::expr::eval::evaluate_one;
use crate::model::{Economy, Input, Nest, Shape};

/// Relative differences below this are rounding.
const EQUAL: f64 = 1e-12;

/// What theory says of the number of equilibria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// There is one at most, and why.
    Proved(&'static str),
    /// There may be several; `why` is what the conditions fail by.
    Open {
        why: String,
        /// Whether indices of all equilibria sum to 1: a closed economy with convex technologies and constant markups.
        index_theorem: bool,
    },
}

impl Uniqueness {
    pub fn is_proved(&self) -> bool {
        matches!(self, Uniqueness::Proved(_))
    }
}

/// Judges an economy at parameter values by symbol.
pub fn uniqueness(e: &Economy, values: &[f64]) -> Uniqueness {
    if !e.variables.is_empty() || !e.equations.is_empty() {
        return Uniqueness::Open { why: "the model has equations of its own".into(), index_theorem: false };
    }
    let value = |node| evaluate_one(&e.dag, node, &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN));
    let markups: Vec<f64> = e.industries.iter().map(|j| j.markup.map_or(1.0, |m| values.get(m.index()).copied().unwrap_or(f64::NAN))).collect();
    let constant = markups.iter().all(|m| m.is_finite());
    let taxed = e.levies();
    let outside = e.goods.iter().any(|g| g.given.is_some()) || e.countries.iter().any(|c| c.outside);
    let open = |why: &str| Uniqueness::Open { why: why.into(), index_theorem: constant && !outside && !taxed };
    if !constant {
        return open("markups depend on the equilibrium");
    }
    if taxed {
        return open("taxes at borders part the prices of buyers from those of sellers");
    }
    if !e.goods.is_empty() && e.goods.iter().all(|g| g.given.is_some()) {
        return Uniqueness::Proved("given prices: production maximises the value of output");
    }
    let uses_goods = e.industries.iter().any(|j| names_goods(&j.form));
    let first = markups.first().copied().unwrap_or(1.0);
    let alike = markups.iter().all(|m| (m - first).abs() <= EQUAL * first);
    let undistorted = alike && ((first - 1.0).abs() <= EQUAL || !uses_goods && !outside);
    let inside: Vec<usize> = e.inside().collect();
    let tastes: Vec<Option<&Nest>> = inside.iter().map(|r| e.households.get(*r).and_then(Option::as_ref).map(|h| &h.form)).collect();
    let same_tastes = tastes.windows(2).all(|w| matches!((w[0], w[1]), (Some(a), Some(b)) if same(a, b, &value)));
    let one_price = inside.len() == 1 || e.goods.iter().all(|g| g.one_price());
    if tastes.iter().all(Option::is_some) && same_tastes && one_price && undistorted {
        return Uniqueness::Proved("one homothetic taste, no relative distortion");
    }
    let plain = |n: &Nest| n.inputs.iter().all(|i| !matches!(i.what, Input::Nest(_)));
    let substitutes = |n: &Nest| plain(n) && (n.shape == Shape::CobbDouglas || n.shape == Shape::Ces && value(n.sigma) >= 1.0);
    let one_factor = inside.iter().all(|r| e.countries[*r].endowments.iter().flatten().count() == 1);
    let simple = !outside && !uses_goods && e.lines.is_empty() && alike && (first - 1.0).abs() <= EQUAL;
    let plain_goods = e.goods.iter().all(|g| !g.differentiated && !g.bordered);
    if simple && plain_goods && one_factor && tastes.iter().all(|t| t.is_some_and(&substitutes)) {
        return Uniqueness::Proved("factors are gross substitutes");
    }
    open(if !undistorted {
        "markups distort relative prices"
    } else if !one_price {
        "households pay different prices for goods that are not traded, or come from elsewhere"
    } else {
        "tastes differ between households"
    })
}

/// Whether goods are among the inputs.
fn names_goods(nest: &Nest) -> bool {
    nest.inputs.iter().any(|i| match &i.what {
        Input::Good(_) => true,
        Input::Factor(_) => false,
        Input::Nest(inner) => names_goods(inner),
    })
}

/// Whether two forms are the same function at these values.
fn same(a: &Nest, b: &Nest, value: &dyn Fn(crate::expr::NodeId) -> f64) -> bool {
    let equal = |x: f64, y: f64| (x - y).abs() <= EQUAL * x.abs().max(y.abs());
    let input = |x: &Input, y: &Input| match (x, y) {
        (Input::Factor(x), Input::Factor(y)) | (Input::Good(x), Input::Good(y)) => x == y,
        (Input::Nest(x), Input::Nest(y)) => same(x, y, value),
        _ => false,
    };
    a.shape == b.shape
        && equal(value(a.sigma), value(b.sigma))
        && a.inputs.len() == b.inputs.len()
        && a.inputs.iter().zip(&b.inputs).all(|(x, y)| equal(value(x.weight), value(y.weight)) && input(&x.what, &y.what))
}
