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

/// Pieces that inputs are made of, good and bad.
const PIECES: [&str; 40] = [
    "shock",
    "set",
    "plot",
    "show",
    "why",
    "info",
    "list",
    "undo",
    "load",
    "sweep",
    "explain",
    "report",
    "good",
    "industry",
    "tasks",
    "channels of",
    "w",
    "beta",
    "L",
    "output[x]",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "=",
    "-10%",
    "+1",
    "1e308",
    "..",
    ":",
    ",",
    "against",
    "over",
    "\"",
    "/*",
    "///",
    "β̂ẇ\u{0}",
    "\\bet",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed, the prompt answers; completion and hints too.
    #[test]
    fn any_input_is_answered(list in prop::collection::vec(prop::collection::vec(0..PIECES.len(), 1..7), 1..6), noise in "\\PC{0,40}") {
        let options = Options::default();
        let never = AtomicBool::new(false);
        let ask = Asking { options: &options, interrupt: &never };
        let mut w = workspace();
        let mut inputs: Vec<String> = list.iter().map(|l| l.iter().map(|k| PIECES[*k]).collect::<Vec<_>>().join(" ")).collect();
        inputs.push(noise);
        for input in inputs {
            let _ = tasktrade::repl::input::ends(&input);
            for piece in tasktrade::repl::input::split(&input, &Workspace::is_command) {
                let _ = w.run(&piece, &ask);
            }
            for pos in 0..=input.len() {
                let (start, _) = tasktrade::repl::complete(&w, &input, pos);
                prop_assert!(start <= input.len());
            }
            let _ = tasktrade::repl::hint(&w, &input, Default::default());
        }
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

/// `reload` reads the file again: settings stay, a broken file changes nothing until it is mended.
#[test]
fn reload_follows_the_file() {
    let options = Options::default();
    let never = AtomicBool::new(false);
    let ask = Asking { options: &options, interrupt: &never };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.trade");
    let example = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/small_ho.trade")).expect("the example");
    std::fs::write(&path, &example).expect("written");
    let mut w = Workspace::default();
    assert!(w.open(&path, &ask).is_ok());
    assert!(w.run("set beta = 1.2", &ask).is_ok());
    let before = w.state.identity();
    std::fs::write(&path, example.replace("good y", "god y")).expect("written");
    assert!(w.run("reload", &ask).is_err());
    assert_eq!(w.state.identity(), before);
    std::fs::write(&path, example.replace("price p = 1.2", "price p = 1.25")).expect("written");
    let reply = w.run("reload", &ask).expect("mended");
    assert!(reply.text.contains("beta stays at 1.2"), "{}", reply.text);
    assert!(reply.text.contains("w 0."), "{}", reply.text);
    let value = w.run("p * 100, beta * 100", &ask).expect("values");
    assert!(value.text.contains("125") && value.text.contains("120"), "{}", value.text);
    assert!(w.run("undo", &ask).is_ok());
    assert_eq!(w.state.identity(), before);
}
