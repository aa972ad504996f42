//! Formulas and signs against the solver's derivatives and the theory's own answers.

#[allow(dead_code)]
#[path = "../equations_support/mod.rs"]
mod equations_support;
#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../support/start.rs"]
mod start;
#[path = "../statics_help/mod.rs"]
mod statics_help;
#[path = "../support/mod.rs"]
mod support;

mod built_in;
mod chains;
mod classics;
mod closed_forms;
mod core;
mod equations;
mod findings;
mod law;
mod letters;
mod own;
mod paper;
mod places;
mod signs;
mod sound;
mod tasks;
