//! Formulas and signs against the solver's derivatives and the theory's own answers.

#[allow(dead_code)]
#[path = "../equations_support/mod.rs"]
mod equations_support;
#[allow(dead_code)]
#[path = "../oracle/mod.rs"]
mod oracle;
#[allow(dead_code)]
#[path = "../statics_help/mod.rs"]
mod statics_help;
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

mod classics;
mod closed_forms;
mod core;
mod equations;
mod findings;
mod law;
mod letters;
mod own;
mod signs;
mod sound;
