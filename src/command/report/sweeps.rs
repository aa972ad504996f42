//! Every declared sweep as a table.

use super::{Draft, interrupted, words};
use crate::command::{Request, grid};
use crate::present::report::Swept;

pub fn tabulate(r: &mut Request, draft: &mut Draft) {
    let d = r.options.digits;
    for sweep in r.session.economy.sweeps.clone() {
        let name = sweep.name.to_string();
        let found = match grid::shown(r, r.session.economy.clone(), &sweep.axes) {
            Err(_) if interrupted(r) => return,
            Err(f) => {
                draft.fault(&f.diagnostics);
                Swept { name, failed: Some(words(&f.diagnostics)), ..Swept::default() }
            }
            Ok(s) => {
                let system = &s.prepared.system;
                let heads = grid::heads(&s);
                let head = s.points.axes.iter().chain(&heads).map(|x| system.info(*x).display.clone()).collect();
                let rows = (0..s.table.rows.len()).map(|k| grid::cells(&s, k, &heads, d)).collect();
                let all: usize = s.points.values.iter().map(Vec::len).product();
                let shown = s.table.rows.len();
                let more = if shown < all { format!("{shown} of {all} points; `sweep {name} --out F.csv` writes them all.") } else { String::new() };
                Swept { name, head, rows, more, failed: None }
            }
        };
        draft.page.sweeps.push(found);
        if interrupted(r) {
            return;
        }
    }
}
