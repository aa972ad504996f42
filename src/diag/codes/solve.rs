//! Codes of solving (S).

table! {
    "S001", Error, "there is no equilibrium", "The conditions cannot hold together at these parameters; the message says what shows it.", "A solver that reported the nearest point would report a wrong answer.", "a one-good economy whose foreign labor is so cheap that demand for tasks is unbounded", "Move the parameter back: `regime` and `sweep` show where equilibria end.";
    "S002", Error, "no equilibrium was found", "The search ended without a solution and without evidence that there is none.", "The message names the block and the equations that are violated most.", "strong increasing returns in the model's own equations", "Give variables a `start`, check units and signs of the equations named.";
    "S003", Error, "the path of a shock ends", "Between the old and the new parameters the equilibrium ceases to exist or jumps.", "An exact split needs a path of equilibria.", "shock beta -80% past the last equilibrium", "Shock by less.";
    "S004", Error, "no derivatives at a turning point", "Two equilibria meet at these parameters; on one side of them there are both, on the other neither.", "Equilibria move at an infinite rate there, so that no number and no formula describes a small change.", "derive x wrt c where x + 1/x = 2 c, at c = 1", "Ask at values further inside, or follow the equilibrium with `sweep`.";
    "S010", Error, "a technology without numbers", "`general(σ)` has shares and elasticities but no weights.", "Equilibria need numbers; formulas do not.", "technology general(0.5) {L, H}", "Use `derive`, `effects`, `sign`, `hats`, or give weights.";
    "S011", Error, "the system cannot be set up", "The equations do not form a system that can be evaluated.", "Something is defined in terms of itself or has no value.", "let a = b, let b = a", "Mend what the message names.";
    "S130", Error, "interrupted", "The computation was stopped by the user.", "What was finished before is kept where it was asked to be written.", "Ctrl-C during a sweep", "Start it again.";
}
