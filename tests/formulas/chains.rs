//! Definitions that take each other twice: what is told of them costs no more than they are long.
#![cfg(feature = "symbolic")]

use crate::statics_help::Model;
use std::fmt::Write;

/// A capital stock from year to year, each taken twice from the one before.
fn stock(years: usize) -> Model {
    let list: Vec<String> = (1..=years).map(|t| t.to_string()).collect();
    Model::text(&format!(
        "set Year = {{{}}} ordered\nparameter a = 0.3\nparameter d = 0.1\n\
         let k[t in Year] = if t == first(Year) then 1 else k[t - 1]^a + (1 - d) * k[t - 1]\nreport {{ k[{years}] }}\n",
        list.join(", ")
    ))
}

#[test]
fn a_short_chain_has_its_formula() {
    let m = stock(6);
    let d = m.derive("k[6] wrt a").unwrap_or_else(|d| panic!("{d:?}"));
    assert!(d.value.is_some() && d.solver_value.is_some());
}

/// Written out, the formula of sixty years is 2^60 terms long.
#[test]
fn a_long_chain_is_asked_for_in_steps() {
    let m = stock(60);
    let d = m.derive("k[60] wrt a").expect_err("too long");
    assert_eq!(d.code, "A059", "{d:?}");
    assert!(d.title.contains("by the solver the elasticity is") && d.help.as_ref().is_some_and(|h| h.contains("in terms of")), "{d:?}");
}

/// The same in an equation that is straight in what moves, with a negative term in each definition.
#[test]
fn a_straight_chain_too() {
    let mut text = String::from("parameter a = 2\nvariable x in (0, inf) start 1\nlet b0 = x - a / 4\n");
    for i in 1..=40 {
        let _ = writeln!(text, "let b{i} = b{} * 0.5 + b{0} * 0.5 - 0.1", i - 1);
    }
    let m = Model::text(&format!("{text}equation e: b40 = a\nreport {{ x }}\n"));
    let d = m.derive("x wrt a").expect_err("too long");
    assert_eq!(d.code, "A059", "{d:?}");
}
