//! Equality of trees as the formatter must keep it: spans and brackets do not count.

use super::tree::*;
use std::sync::Arc;

/// Structural equality that ignores spans, [`ExprKind::Paren`] and the spelling of numbers.
pub trait Same {
    fn same(&self, other: &Self) -> bool;
}

impl<T: Same> Same for Vec<T> {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
    }
}

impl<T: Same> Same for Option<T> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Same> Same for Box<T> {
    fn same(&self, other: &Self) -> bool {
        (**self).same(&**other)
    }
}

impl<T: Same> Same for &T {
    fn same(&self, other: &Self) -> bool {
        (**self).same(*other)
    }
}

macro_rules! tuples {
    ($(($($type:ident $index:tt),+))*) => { $(impl<$($type: Same),+> Same for ($($type,)+) {
        fn same(&self, other: &Self) -> bool {
            $(self.$index.same(&other.$index))&&+
        }
    })* };
}
tuples! { (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4) }

macro_rules! plain {
    ($($type:ty),*) => { $(impl Same for $type {
        fn same(&self, other: &Self) -> bool {
            self == other
        }
    })* };
}
plain!(bool, Arc<str>, Fold, Comparison, Relation, BorderKind, Points);

macro_rules! structs {
    ($($type:ident { $($field:ident),* })*) => { $(impl Same for $type {
        fn same(&self, other: &Self) -> bool {
            $(self.$field.same(&other.$field))&&*
        }
    })* };
}
structs! {
    Name { text, quoted }
    Text { text }
    File { declarations }
    Declaration { doc, kind }
    Head { name, family }
    Load { file, by, column, wide }
    Family { binders, guard }
    Binder { variable, set }
    Item { value, family }
    Country { head, label, mark, outside, endowments, prices, productivity, augmentations }
    Entry { key, value, family }
    Tasks { name, label, factor, lines, margin, bill, substitution }
    Offshore { from, to, cost, industries, margin, bill, substitution, family }
    Good { head, label, price, numeraire, nontraded, differentiated }
    Differentiated { origins, weights }
    Border { kind, good, from, to, rate, on_fob, family }
    Price { symbol, value }
    Industry { head, label, countries, makes, technology, productivity, augmentations, markup }
    Form { kind }
    Input { key, weight, nest, family }
    Interval { low, high, low_open, high_open }
    Change { target, by, family }
    Axis { target, grid }
}

macro_rules! enums {
    ($($type:ident { $($tuple:ident ( $($place:ident),+ ))* ; $($variant:ident { $($field:ident),+ })* })*) => {
        $(impl Same for $type {
            fn same(&self, other: &Self) -> bool {
                match self {
                    $($type::$tuple($($place),+) => {
                        let left = ($($place,)+);
                        matches!(other, $type::$tuple($($place),+) if left.same(&($($place,)+)))
                    })*
                    $($type::$variant { $($field),+ } => {
                        let left = ($($field,)+);
                        matches!(other, $type::$variant { $($field),+ } if left.same(&($($field,)+)))
                    })*
                    #[allow(unreachable_patterns)]
                    _ => std::mem::discriminant(self) == std::mem::discriminant(other),
                }
            }
        })*
    };
}
enums! {
    ImportPath { Library(a) File(a); }
    SetExpr { Named(a) Listed(a); }
    Members { Listed(a) Loaded(a); }
    ScheduleBody { Formula(a); Table { smooth, rows } Steps { rows } Loaded { points, load } }
    FormKind { ; Nest { shape, normalized, inputs } Named { name, arguments } }
    Shape { Ces(a) General(a); }
    Origins { One(a); Two { home, imports } }
    By { Percent(a) Set(a) Add(a) Points(a); }
    Grid { List(a); Range { from, to, points, log } }
    Kind {
        Country(a) Tasks(a) Good(a) Industry(a) Border(a);
        Model { name, label }
        Import { path, alias }
        Parameter { name, value, interval, label }
        Set { name, elements, ordered }
        Function { name, arguments, body }
        Technology { name, arguments, form }
        Schedule { name, task, arguments, body }
        Factor { name, label, price, specific }
        Demand { form, countries }
        Numeraire { value }
        Variable { name, interval, start, label }
        Equation { name, left, relation, right, complements }
        Let { name, value, label }
        Report { items }
        Channels { of, channels }
        Assume { left, comparison, right }
        Shock { name, changes }
        Sweep { name, axes }
    }
}

impl Expr {
    /// Whether both say the same, up to spans, brackets and the spelling of numbers.
    pub fn same(&self, other: &Expr) -> bool {
        Same::same(self, other)
    }
}

impl File {
    /// Whether both have the same declarations in the same order, up to spans, brackets and the spelling of numbers.
    pub fn same(&self, other: &File) -> bool {
        Same::same(self, other)
    }
}

impl Same for Expr {
    fn same(&self, other: &Self) -> bool {
        use ExprKind::*;
        match (&self.bare().kind, &other.bare().kind) {
            (Number(a, _), Number(b, _)) | (Percent(a, _), Percent(b, _)) => a.to_bits() == b.to_bits(),
            (Name(a), Name(b)) => a.same(b),
            (Index(a, b), Index(c, d)) | (Call(a, b), Call(c, d)) => {
                std::mem::discriminant(&self.bare().kind) == std::mem::discriminant(&other.bare().kind) && a.same(c) && b.same(d)
            }
            (Negate(a), Negate(b)) | (Not(a), Not(b)) => a.same(b),
            (Sum(a), Sum(b)) | (Product(a), Product(b)) => a.same(b),
            (And(a), And(b)) | (Or(a), Or(b)) => a.same(b),
            (Power(a, b), Power(c, d)) => a.same(c) && b.same(d),
            (Compare(o, a, b), Compare(p, c, d)) => o == p && a.same(c) && b.same(d),
            (Fold { fold, family, body }, Fold { fold: f, family: g, body: b }) => fold == f && family.same(g) && body.same(b),
            (If { condition, then, otherwise }, If { condition: c, then: t, otherwise: o }) => condition.same(c) && then.same(t) && otherwise.same(o),
            (Table(a), Table(b)) => a.same(b),
            (Load(a), Load(b)) => a.as_ref().same(b.as_ref()),
            _ => false,
        }
    }
}
