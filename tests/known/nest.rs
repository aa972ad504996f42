//! Cost functions from cost shares: the weights that give these shares at these prices.

use super::rng::Rng;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    Leontief,
    /// The textbook production function: unit cost `Π (p/d)^d`.
    CobbDouglas,
    /// Unit cost `(Σ d p^(1-σ))^(1/(1-σ))`, at σ = 1 `Π p^d`.
    Ces(f64),
}

impl Form {
    fn sigma(self) -> f64 {
        match self {
            Form::Leontief => 0.0,
            Form::CobbDouglas => 1.0,
            Form::Ces(s) => s,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Input {
    Factor(usize),
    Good(usize),
    Nest(Nest),
}

#[derive(Clone, Debug)]
pub struct Nest {
    pub form: Form,
    /// Weight, share of the nest's cost at the equilibrium, input.
    pub inputs: Vec<(f64, f64, Input)>,
    /// Unit cost at the equilibrium's prices.
    pub cost: f64,
}

impl Nest {
    /// The nest with these shares whose unit cost is `level` where the form leaves that open.
    pub fn new(form: Form, inputs: Vec<(f64, Input)>, price: &dyn Fn(&Input) -> f64, level: f64) -> Nest {
        let sigma = form.sigma();
        let mean: f64 = inputs.iter().map(|(share, i)| share * price(i).ln()).sum::<f64>();
        let cost = match form {
            Form::CobbDouglas => (mean - inputs.iter().map(|(share, _)| share * share.ln()).sum::<f64>()).exp(),
            Form::Ces(1.0) => mean.exp(),
            _ => level,
        };
        let weight = |share: f64, p: f64| if sigma == 1.0 { share } else { share * (cost / p).powf(1.0 - sigma) };
        let inputs = inputs.into_iter().map(|(share, i)| (weight(share, price(&i)), share, i)).collect();
        Nest { form, inputs, cost }
    }

    /// Shares of total cost by factor or good, nests resolved.
    pub fn leaves(&self) -> Vec<(f64, &Input)> {
        let mut out = Vec::new();
        for (_, share, input) in &self.inputs {
            match input {
                Input::Nest(n) => out.extend(n.leaves().into_iter().map(|(s, i)| (s * share, i))),
                leaf => out.push((*share, leaf)),
            }
        }
        out
    }

    /// With weights that sum to 1, as demand has them; its unit cost follows.
    pub fn normalized(mut self) -> Nest {
        let sum: f64 = self.inputs.iter().map(|i| i.0).sum();
        let sigma = self.form.sigma();
        if sigma != 1.0 {
            self.inputs.iter_mut().for_each(|i| i.0 /= sum);
            self.cost *= sum.powf(-1.0 / (1.0 - sigma));
        }
        self
    }
}

/// An elasticity of any size; near 1 only 1 itself.
pub fn form(r: &mut Rng) -> Form {
    match r.whole(0, 7) {
        0 => Form::Leontief,
        1 => Form::CobbDouglas,
        2 => Form::Ces(1.0),
        3 => Form::Ces(r.number(0.05, 0.5)),
        4 => Form::Ces(r.number(0.5, 0.95)),
        5 => Form::Ces(r.number(1.05, 2.0)),
        6 => Form::Ces(r.number(2.0, 4.0)),
        _ => Form::Ces(r.number(4.0, 8.0)),
    }
}

/// Shares that sum to 1, spread over some decades.
pub fn shares(r: &mut Rng, n: usize, decades: f64) -> Vec<f64> {
    let raw: Vec<f64> = (0..n).map(|_| (0.2 + r.uniform()) * 10f64.powf(-decades * r.uniform())).collect();
    let sum: f64 = raw.iter().sum();
    let mut out: Vec<f64> = raw.iter().map(|x| x / sum).collect();
    let rest: f64 = out[1..].iter().sum();
    out[0] = 1.0 - rest;
    out
}
