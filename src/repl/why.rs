//! `why NAME`: the condition that determines a quantity, its terms in numbers, and what is determined with it.

use super::state::{State, failed};
use super::workspace::{Asking, Reply};
use crate::diag::Diagnostic;
use crate::expr::Node;
use crate::present::equations::{self, Kind, Why};
use crate::present::fold::Columns;
use crate::present::json;
use crate::present::number::Digits;
use crate::present::table::{Align, Table};
use crate::session::Failure;
use crate::syntax::parser;
use serde_json::{Map, Value, json};

/// Quantities of a block that are named.
const NAMED: usize = 8;

pub fn answer(state: &State, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
    let mut session = state.scratch();
    if argument.trim().is_empty() {
        return Err(failed(state, Diagnostic::new("C037", "why what?").help("as in `why w`")));
    }
    let file = session.add_text("why", argument);
    let expression = parser::parse_expr(file, argument).map_err(|d| session.failure(d))?;
    let (economy, node) = session.resolve(|r, scope| r.expr(&expression, scope).ok()).map_err(|d| session.failure(d))?;
    let name = node.and_then(|n| if let Node::Sym(s) = economy.dag.node(n) { Some(economy.info(*s).name.clone()) } else { None });
    let Some(name) = name else {
        return Err(failed(
            state,
            Diagnostic::new("C037", "only a quantity with a name has a condition of its own")
                .help("give the expression a name: `let v = …`; `w/s` alone evaluates it"),
        ));
    };
    let (prepared, solution) = state.solved_with(economy, &session, ask.interrupt).map_err(|d| session.failure(d))?;
    let found = prepared.system.find(&name).and_then(|s| equations::why(&prepared.system, &prepared.economy, &solution.values, s));
    let Some(why) = found else {
        return Err(failed(state, Diagnostic::new("C037", format!("nothing is known of `{name}`"))));
    };
    Ok(Reply {
        text: text(&why, ask.options.digits, ask.options.columns),
        json: body(&why),
        sources: state.session.sources.clone(),
        ..Reply::default()
    })
}

fn text(why: &Why, d: Digits, columns: Columns) -> String {
    let meaning = if why.meaning.is_empty() { String::new() } else { format!("   {}", why.meaning) };
    let mut out = format!("{} = {}{meaning}\n", why.display, d.value(why.value));
    match why.kind {
        Kind::Given => out.push_str("  given from outside: `set` or `shock` changes it\n"),
        Kind::Definition => out.push_str(&format!("  by definition {}\n", why.text)),
        Kind::Condition => out.push_str(&format!("  by {}: {}\n", why.condition, why.text)),
    }
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right]);
    let heads = if why.left.is_empty() { ("", "with") } else { ("left", "right") };
    for (list, head) in [(&why.left, heads.0), (&why.right, heads.1)] {
        for (k, (term, value)) in list.iter().enumerate() {
            table.row([if k == 0 { head.to_string() } else { String::new() }, term.clone(), d.value(*value)]);
        }
    }
    out.push_str(&table.within(4, columns));
    let others: Vec<&str> = why.block.iter().map(String::as_str).filter(|b| *b != why.display).collect();
    if !others.is_empty() {
        let more = if others.len() > NAMED { format!(", … ({} in all)", others.len()) } else { String::new() };
        out.push_str(&format!("  determined together with {}{more}\n", others.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ")));
    }
    if let Some(note) = &why.note {
        out.push_str(&format!("  {note}\n"));
    }
    out
}

fn body(why: &Why) -> Map<String, Value> {
    let terms = |list: &[(String, f64)]| Value::Array(list.iter().map(|(t, v)| json!({"term": t, "value": json::number(*v)})).collect());
    let mut out = Map::new();
    out.insert("name".into(), json!(why.name));
    out.insert("value".into(), json::number(why.value));
    out.insert("condition".into(), json!(why.condition));
    out.insert("text".into(), json!(why.text));
    out.insert("left".into(), terms(&why.left));
    out.insert("right".into(), terms(&why.right));
    out.insert("block".into(), json!(why.block));
    out
}
