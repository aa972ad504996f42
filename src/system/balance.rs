use super::System;
use crate::expr::Sym;
pub struct Imbalance {
    pub over: Vec<usize>,
    pub under: Vec<Sym>,
}
pub fn balance(_s: &System) -> Result<(), Imbalance> {
    Ok(())
}
