//! Undoing gives back the state before, whatever was done.

use proptest::prelude::*;
use std::sync::atomic::AtomicBool;
use tasktrade::command::Options;
use tasktrade::repl::{Asking, Workspace};

/// Inputs that change the state, questions, and inputs that fail.
const INPUTS: [&str; 26] = [
    "shock beta -10%",
    "shock beta +5%, L +1",
    "shock cheaper_offshoring",
    "shock p = 1.25",
    "set beta = 1.2",
    "set p = 1.21",
    "set L = 90",
    "reset",
    "reset beta",
    "parameter beta = 1.4",
    "parameter extra = 2",
    "schedule t(i) = 1 + 2 * i",
    "let ratio = w / s",
    "good z price = 0.9  industry z { technology ces(0.6) { L: 0.5, H: 0.5 } }",
    "good q price = 1",
    "industry q { technology ces(0.6) { L: 0.5, H: 0.5 } }",
    "variable v",
    "equation e: v = 2 * w",
    "industry x { technology ces(0.8) { L: 0.3, H: 0.7 } }",
    "report { w }",
    "drop",
    "import technologies",
    "w / s",
    "show",
    "parameter beta = ",
    "set w = 1",
];

fn workspace() -> Workspace {
    let mut w = Workspace::default();
    let options = Options::default();
    let never = AtomicBool::new(false);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    w.open(&root.join("examples/small_ho.trade"), &Asking { options: &options, interrupt: &never }).expect("the example loads");
    w
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_takes_back_and_redo_brings_back(list in prop::collection::vec(0..INPUTS.len(), 1..8)) {
        let options = Options::default();
        let never = AtomicBool::new(false);
        let ask = Asking { options: &options, interrupt: &never };
        let mut w = workspace();
        let mut states = vec![w.state.identity()];
        for k in list {
            let before = w.state.identity();
            let result = w.run(INPUTS[k], &ask);
            let after = w.state.identity();
            // What fails, and what only asks, changes nothing.
            if result.is_err() || INPUTS[k] == "show" || INPUTS[k] == "w / s" {
                prop_assert_eq!(&before, &after, "{} left a trace", INPUTS[k]);
            } else if before != after {
                prop_assert!(w.run("undo", &ask).is_ok());
                prop_assert_eq!(&w.state.identity(), &before, "undo after {}", INPUTS[k]);
                prop_assert!(w.run("redo", &ask).is_ok());
                prop_assert_eq!(&w.state.identity(), &after, "redo after {}", INPUTS[k]);
            }
            if states.last() != Some(&after) {
                states.push(after);
            }
        }
        while states.len() > 1 {
            let last = states.pop();
            prop_assert_eq!(Some(w.state.identity()), last);
            let now = w.state.identity();
            // Something may have been done that changed nothing.
            while w.state.identity() == now && w.run("undo", &ask).is_ok() {}
        }
        prop_assert_eq!(Some(w.state.identity()), states.pop());
    }
}

/// A saved session is a file with the same parameter values.
#[test]
fn saved_files_read_back() {
    let options = Options::default();
    let never = AtomicBool::new(false);
    let ask = Asking { options: &options, interrupt: &never };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("again.trade");
    let mut w = workspace();
    for input in [
        "set beta = 1.1 + 1/7",
        "shock L +1%",
        "good z price = 0.9  industry z { technology ces(0.6) { L: 0.5, H: 0.5 } }",
        "set price[z] = 0.95",
        "set sigma[x] = 0.7",
    ] {
        assert!(w.run(input, &ask).is_ok(), "{input}");
    }
    assert!(w.run(&format!("save {}", path.display()), &ask).is_ok());
    let mut again = Workspace::default();
    assert!(again.open(&path, &ask).is_ok());
    let values = |w: &Workspace| -> Vec<(String, String)> {
        let e = &w.state.session.economy;
        let mut list: Vec<(String, String)> = e
            .syms
            .iter()
            .zip(e.parameter_values(&w.state.session.settings))
            .filter(|(i, _)| i.quantity.is_parameter())
            .map(|(i, v)| (i.name.clone(), format!("{v:?}")))
            .collect();
        list.sort();
        list
    };
    assert_eq!(values(&w), values(&again));
}
