//! Determinants of cost shares: written out for two goods, by a letter of their own for more.

use crate::algebra::Formula;
use crate::statics::atoms::{Atom, Measures, Range, dressed};
use crate::statics::hat::Hats;

/// Goods up to which a determinant is written out.
const WRITTEN: usize = 2;

/// A block of factors and of goods made of them, with θ by factor and good.
pub struct Block {
    pub factors: Vec<usize>,
    pub goods: Vec<usize>,
    /// By place of factor, by place of good.
    pub theta: Vec<Vec<Formula>>,
    /// Names, for letters.
    pub factor_names: Vec<String>,
    pub good_names: Vec<String>,
}

impl Block {
    pub fn entry(&self, f: usize, k: usize) -> Formula {
        self.theta.get(f).and_then(|r| r.get(k)).cloned().unwrap_or_else(Formula::zero)
    }

    /// The determinant of some factors' shares in some goods, by their places, zeros left out.
    pub fn written(&self, rows: &[usize], columns: &[usize]) -> Formula {
        let Some((first, others)) = columns.split_first() else { return Formula::one() };
        // All shares of two factors add up to 1: θ_Lx θ_Ky − θ_Kx θ_Ly = θ_Lx − θ_Ly.
        if let ([f, g], [last]) = (rows, others)
            && self.factors.len() == 2
            && [first, last].iter().all(|k| !self.entry(*f, **k).is_zero() && !self.entry(*g, **k).is_zero())
        {
            return self.entry(*f, *first).minus(self.entry(*f, *last));
        }
        // Along the good with most zeros a determinant is shortest; the first good will do for shares that are all there.
        let terms = rows.iter().enumerate().filter_map(|(n, f)| {
            let share = self.entry(*f, *first);
            if share.is_zero() {
                return None;
            }
            let left: Vec<usize> = rows.iter().copied().filter(|r| r != f).collect();
            let minor = self.written(&left, others);
            let product = share.times(minor);
            Some(if n % 2 == 1 { crate::statics::arrange::turned(product) } else { product }).filter(|p| !p.is_zero())
        });
        Formula::sum(terms)
    }

    /// The same, under a letter where it is long.
    pub fn minor(&self, hats: &mut Hats, rows: &[usize], columns: &[usize]) -> Formula {
        let written = self.written(rows, columns);
        if columns.len() <= WRITTEN || written.size() <= 8 {
            return written;
        }
        let all = rows.len() == self.factors.len() && columns.len() == self.goods.len();
        let names = |list: &[usize], of: &[String]| list.iter().filter_map(|n| of.get(*n).cloned()).collect::<Vec<String>>();
        let (factors, goods) = (names(rows, &self.factor_names), names(columns, &self.good_names));
        let meaning = format!("determinant of the cost shares of {} in {}", factors.join(", "), goods.join(", "));
        let value = written.eval(&hats.atoms.values());
        let (display, latex) = if all {
            ("|θ|".to_string(), "|\\theta|".to_string())
        } else {
            let index: Vec<String> = factors.iter().chain(goods.iter().filter(|_| columns.len() < self.goods.len())).cloned().collect();
            let (d, l) = dressed("θ", "\\theta", &index);
            (format!("|{d}|"), format!("|{l}|"))
        };
        let name = format!("minor[{}]", factors.iter().chain(&goods).cloned().collect::<Vec<_>>().join(", "));
        let atom = Atom { name, display, latex, meaning, value, range: Range::Any, measures: Measures::Other };
        Formula::atom(hats.atoms.intern(atom))
    }
}

/// All choices of `size` out of `all`, in order.
pub fn choices(all: &[usize], size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut out = Vec::new();
    for (n, first) in all.iter().enumerate() {
        let rest = all.get(n + 1..).unwrap_or_default();
        for mut more in choices(rest, size - 1) {
            more.insert(0, *first);
            out.push(more);
        }
    }
    out
}
