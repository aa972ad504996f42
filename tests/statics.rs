//! Closed forms through the algebra worker.
#![cfg(feature = "symbolic")]

mod statics_help;
use statics_help::*;

#[test]
fn scratch() {
    let file = std::env::var("TT_FILE").unwrap_or("examples/small_ho.trade".into());
    let asks = std::env::var("TT_ASK").unwrap_or("w wrt beta".into());
    let model = Model::open(&file);
    for ask in asks.split(';') {
        println!("== {ask}");
        let t0 = std::time::Instant::now();
        let d = model.derive(ask);
        println!("  {:?}", t0.elapsed());
        match d {
            Ok(d) => {
                println!("  {} = {}   value {:?} solver {:?}", ask, d.shown.text(&d.atoms), d.value, d.solver_value);
                for (a, f) in &d.shown.named {
                    println!("     {} := {}", d.atoms.name(*a), d.atoms.text(f));
                }
                for a in d.shown.atoms() {
                    let a = d.atoms.get(a).unwrap();
                    println!("     {:24} {:10} {:20} {} = {}", a.name, a.display, a.latex, a.meaning, a.value);
                }
            }
            Err(d) => println!("  ERROR {d:?}"),
        }
    }
}
