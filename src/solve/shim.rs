use super::*;
#[derive(Clone, Debug)]
pub struct Border {
    pub at: f64,
    pub sym: Option<Sym>,
    pub to: Position,
    pub note: Option<String>,
}
#[derive(Clone, Debug)]
pub struct Interval {
    pub low: Option<Border>,
    pub high: Option<Border>,
}
pub fn holds(_p: &Problem, _s: &Solution, _q: Sym, _i: &AtomicBool) -> Interval {
    Interval { low: None, high: None }
}
#[derive(Clone, Debug)]
pub struct Derivatives;
impl Derivatives {
    pub fn get(&self, _s: Sym, _k: usize, _left: bool) -> f64 {
        0.0
    }
    pub fn one_sided(&self) -> bool {
        false
    }
    pub fn side_note(&self, _l: bool) -> Option<String> {
        None
    }
}
pub fn derivatives(_p: &Problem, _s: &Solution, _w: &[Sym]) -> Derivatives {
    Derivatives
}
#[derive(Clone, Debug)]
pub struct Switch {
    pub sym: Sym,
    pub from: Position,
    pub to: Position,
}
#[derive(Clone, Debug)]
pub struct Segment {
    pub from: f64,
    pub to: f64,
    pub start: Solution,
    pub end: Solution,
    pub switches: Vec<Switch>,
}
#[derive(Clone, Debug)]
pub struct Trace {
    pub segments: Vec<Segment>,
    pub end: Option<Solution>,
    pub reached: f64,
    pub note: Option<String>,
}
pub fn trace(_p: &Problem, s: &Solution, _f: &dyn Fn(f64) -> Vec<f64>, _i: &AtomicBool) -> Trace {
    Trace { segments: vec![], end: Some(s.clone()), reached: 1.0, note: None }
}
#[allow(clippy::too_many_arguments)]
pub fn sweep(
    _p: &Problem,
    _b: &Solution,
    _n: usize,
    _f: &dyn Fn(usize) -> Vec<f64>,
    _t: Option<usize>,
    _pr: &(dyn Fn(usize) + Sync),
    _i: &AtomicBool,
    _s: &mut dyn FnMut(usize, Solution),
) {
}
