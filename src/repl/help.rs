//! `help`: every command with its forms and an example that runs.

use super::state::failed;
use super::workspace::{Asking, Reply, Workspace};
use crate::diag::Diagnostic;
use crate::model::names::nearest;
use crate::model::reference;
use crate::present::fold::Columns;
use crate::present::table::{Align, Table};
use crate::session::Failure;

/// A command of the prompt.
pub struct Entry {
    pub name: &'static str,
    pub usage: &'static str,
    pub about: &'static str,
    /// More, a sentence a line.
    pub more: &'static str,
    /// What to type before the example, `;;` between inputs; then the example itself.
    pub before: &'static str,
    pub example: &'static str,
}

const fn entry(
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    more: &'static str,
    before: &'static str,
    example: &'static str,
) -> Entry {
    Entry { name, usage, about, more, before, example }
}

/// The commands in the order of `help`, a heading before each group.
pub const GROUPS: &[(&str, &[Entry])] = &[
    (
        "the model",
        &[
            entry(
                "load",
                "load FILE",
                "read a model in place of the present one",
                "Nothing changes if the file has errors; `reload` reads it again once it is mended.",
                "",
                "load examples/small_ho.trade",
            ),
            entry("reload", "reload", "read the file again; settings stay", "", "", "reload"),
            entry(
                "save",
                "save [FILE] [--settings]",
                "write the model as a file that runs, with the session's settings as its values",
                "Without FILE over the file that this session saved last, with declared values unless `--settings` asks for the others.\nThe text is read back before it is written.",
                "",
                "save my_model.trade",
            ),
            entry(
                "list",
                "list [KIND]",
                "declared names with values and labels",
                "KIND is parameters, sets, countries, factors, goods, industries, tasks, definitions, variables, functions, shocks, sweeps;\nand quantities, forms: what is built in, in the model's own names.",
                "",
                "list parameters",
            ),
            entry("info", "info NAME", "documentation, definition, value, and where a name is used", "", "", "info beta"),
            entry("check", "check", "count what determines what, check domains", "", "", "check"),
            entry("equations", "equations [--latex]", "the equilibrium system in the model's notation", "", "", "equations"),
            entry("fmt", "fmt", "the model's text in canonical layout", "", "", "fmt"),
            entry("drop", "drop [NAME]", "forget typed declarations that wait for what they name", "", "let v = 2 * later", "drop"),
        ],
    ),
    (
        "equilibrium",
        &[
            entry(
                "solve",
                "solve [--starts n] [--csv] [--latex]",
                "the equilibrium: all quantities, regime, residuals, checks",
                "`--starts n` looks for further equilibria from n scattered starting points and lists them with their index.",
                "",
                "solve --starts 5",
            ),
            entry(
                "run",
                "run [FILE] [--csv] [--latex]",
                "all that the file declares: report, shocks, sweeps; with FILE, load it first",
                "",
                "",
                "run",
            ),
            entry(
                "show",
                "show [QUANTITY, …] [--csv] [--latex]",
                "the report, or any quantities: declared, before the last shock, now, change",
                "",
                "shock beta -10%",
                "show w, s, w/s",
            ),
            entry(
                "regime",
                "regime",
                "which industries are active, how tasks are split, and over which parameter values that holds",
                "",
                "",
                "regime",
            ),
            entry("why", "why NAME", "what determines a quantity: its condition, with the terms in numbers", "", "", "why w"),
            entry(
                "sam",
                "sam [SHOCK | CHANGE, …] [--csv] [--latex]",
                "the social accounting matrix: rows receive, columns pay",
                "With a shock: before, after, and the change.",
                "",
                "sam",
            ),
            entry(
                "export",
                "export --mpsge [--out F.gms]",
                "the economy at its equilibrium as a program of GAMS with an MPSGE model",
                "Without tasks and equations of the file's own, which MPSGE does not know.",
                "load examples/protection.trade",
                "export --mpsge",
            ),
            entry("test", "test", "homogeneity, Walras' law or outside balance, derivatives against re-solves", "", "", "test"),
        ],
    ),
    (
        "changes",
        &[
            entry(
                "set",
                "set NAME = EXPR",
                "give a parameter another value for the session",
                "`set` alone lists what is set. `set NAME = {a, b}` declares a set, `set NAME = load \"F.csv\"` too.",
                "",
                "set beta = 1.2",
            ),
            entry("reset", "reset [NAME, …]", "back to declared values", "", "set beta = 1.2", "reset beta"),
            entry(
                "shock",
                "shock NAME | CHANGE, … [--order A, B] [--split all] [--csv] [--latex]",
                "change parameters, compare equilibria, split the change over channels",
                "`beta -10%` relative, `A = 1.5` sets, `L +1` adds, `rate +2pp` adds percentage points. The session moves to the new equilibrium.\nWith several parameters the change is split over them; `--order` moves one after the other, `--split all` gives the members of families.\n`shock NAME { … }` declares a shock.",
                "",
                "shock beta -30%",
            ),
            entry(
                "compare",
                "compare [NAME | CHANGE, …] [--csv] [--latex]",
                "shocks side by side: levels, changes, welfare",
                "A column each, beside the session's own equilibrium; all shocks of the model where none is named. The session stays where it is.",
                "",
                "compare beta -10%, beta -20%",
            ),
            entry(
                "explain",
                "explain [CODE]",
                "the last shock in plain sentences; with CODE, what a diagnostic means",
                "",
                "shock beta -10%",
                "explain",
            ),
            entry("undo", "undo", "take back the last change: shock, setting, declaration, load", "", "set beta = 1.2", "undo"),
            entry("redo", "redo", "bring back what was undone", "", "set beta = 1.2;;undo", "redo"),
            entry(
                "sweep",
                "sweep NAME | PARAMETER = a..b [: n] [log], … [--out F.csv]",
                "a grid of equilibria",
                "Several axes form their product. `sweep NAME { … }` declares a sweep.",
                "",
                "sweep beta = 1.1..1.5 : 9",
            ),
            entry(
                "plot",
                "plot QUANTITY, … against PARAMETER [= a..b [: n] [log]] | margin [TASKS] | effects QUANTITY against PARAMETER | isocost | regimes over A, B | FAMILY, … over SET  [--svg F] [--pdf F] [--png F] [--dark] [--title T] [--size WxH]",
                "pictures in the terminal, as SVG, PDF, PNG",
                "`margin` draws cost and wage over tasks, `isocost` (or `lerner`) the Lerner–Pearce diagram, `regimes over` a map.",
                "",
                "plot w, s against beta = 1.1..1.5",
            ),
        ],
    ),
    (
        "comparative statics",
        &[
            entry("elasticities", "elasticities [--all] [--csv] [--latex]", "the table d ln(unknown) / d ln(parameter)", "", "", "elasticities"),
            entry("hats", "hats [--latex]", "the log-linear form of the model", "", "", "hats"),
            entry(
                "derive",
                "derive QUANTITY wrt PARAMETER [holding …] | in terms of …",
                "a closed form, checked against the solver",
                "Needs the algebra engine.",
                "",
                "derive w wrt beta",
            ),
            entry(
                "effects",
                "effects QUANTITY wrt PARAMETER",
                "the channels of an effect, as formula and number",
                "Needs the algebra engine.",
                "",
                "effects w wrt beta",
            ),
            entry(
                "sign",
                "sign QUANTITY wrt PARAMETER | QUANTITY when PARAMETER falls",
                "a sign that is proved, or the exact condition for it",
                "Needs the algebra engine.",
                "",
                "sign w when beta falls",
            ),
        ],
    ),
    (
        "the session",
        &[
            entry(
                "report",
                "report --html FILE",
                "a page of its own: model, equilibrium, formulas, pictures",
                "`report { … }` declares what `run` and `show` print.",
                "",
                "report --html report.html",
            ),
            entry(
                "log",
                "log on FILE.md | off",
                "write questions and answers to a page",
                "The page is Markdown; one that is there goes on. `source` reads what was typed in it.",
                "",
                "log on session.md",
            ),
            entry(
                "source",
                "source FILE",
                "answer the inputs of a file, up to the first that fails",
                "A file of inputs as they are typed, or a page that `log` wrote.",
                "log on session.md;;w;;log off",
                "source session.md",
            ),
            entry("resume", "resume", "bring back what was typed at a prompt that was killed", "", "", "resume"),
            entry("help", "help [COMMAND | NAME]", "this, or all about one", "", "", "help shock"),
            entry("exit", "exit", "leave; so do `quit` and Ctrl-D", "", "", "exit"),
            entry("quit", "quit", "leave", "", "", "quit"),
        ],
    ),
];

/// All commands.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    GROUPS.iter().flat_map(|(_, list)| list.iter())
}

pub fn find(name: &str) -> Option<&'static Entry> {
    all().find(|e| e.name == name)
}

pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|e| e.name)
}

/// The list of commands, a command's page, or what `info` says of a name.
pub fn answer(workspace: &Workspace, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
    let wanted = argument.trim().trim_matches('`');
    let text = if wanted.is_empty() {
        overview(ask.options.columns)
    } else if let Some(e) = find(wanted) {
        page(e)
    } else if let Some((_, what)) = TOPICS.iter().find(|(t, _)| *t == wanted) {
        // `demand` declares tastes and is a quantity too.
        let too = reference::find(wanted).map_or_else(String::new, |e| built_in(workspace, e));
        format!("{what}\n{too}")
    } else if workspace.is_name(wanted) {
        return super::views::info(&workspace.state, wanted, ask);
    } else if let Some(e) = reference::find(wanted.split(['[', '(']).next().unwrap_or(wanted)) {
        built_in(workspace, e)
    } else {
        let declared = &workspace.state.session.economy.names.order;
        let mut known: Vec<&str> = names().chain(TOPICS.iter().map(|t| t.0)).collect();
        known.extend(declared.iter().map(|n| n.as_ref()));
        let built_in = [reference::QUANTITIES, reference::FUNCTIONS, reference::FORMS].into_iter().flatten().flat_map(|e| e.names);
        known.extend(built_in.copied().filter(|n| n.len() > 1));
        let near = nearest(wanted, known.into_iter()).map(|n| format!("did you mean `help {n}`?"));
        let meant = reference::meant(&workspace.state.session.economy, wanted);
        let help = meant
            .or(near)
            .unwrap_or_else(|| "`help` lists the commands, `list` the names of the model, `list quantities` what is built in".to_string());
        return Err(failed(&workspace.state, Diagnostic::new("C001", format!("there is no command or name `{wanted}`")).help(help)));
    };
    Ok(Reply { text, ..Reply::default() })
}

fn overview(columns: Columns) -> String {
    let mut out = String::new();
    for (group, list) in GROUPS {
        out.push_str(group);
        out.push('\n');
        let mut table = Table::new(&[Align::Left, Align::Left]);
        for e in list.iter().filter(|e| e.name != "quit") {
            table.row([e.name.to_string(), e.about.to_string()]);
        }
        out.push_str(&table.within(2, columns));
    }
    out.push_str("Anything else is an expression at the current equilibrium (`w/s`, `real(w)`), or a declaration that adds to or replaces part of the model (`parameter beta = 1.5`). `help COMMAND` has forms and an example, `list quantities` what is built in.\n");
    out
}

/// A built-in quantity, function or form, with the model's own names where it has some.
fn built_in(workspace: &Workspace, e: &reference::Entry) -> String {
    let mut out = format!("{}\n  {}\n", e.form, e.about);
    for line in e.more.lines() {
        out.push_str(&format!("  {line}\n"));
    }
    if let [_, others @ ..] = e.names
        && !others.is_empty()
    {
        out.push_str(&format!("  also written {}\n", others.join(", ")));
    }
    let here = reference::example(&workspace.state.session.economy, e);
    if here != e.form {
        out.push_str(&format!("  here: {here}\n"));
    }
    out
}

fn page(e: &Entry) -> String {
    let mut out = format!("{}\n  {}\n", e.usage, e.about);
    for line in e.more.lines() {
        out.push_str(&format!("  {line}\n"));
    }
    for input in e.before.split(";;").filter(|s| !s.is_empty()) {
        out.push_str(&format!("  first: {input}\n"));
    }
    out.push_str(&format!("  example: {}\n", e.example));
    out
}

/// Words that begin declarations, in a line each.
const TOPICS: &[(&str, &str)] = &[
    ("parameter", "parameter NAME = EXPR [in INTERVAL] [\"label\"]   what is given from outside, such as `parameter beta = 1.3 in (0, inf)`"),
    ("country", "country NAME [\"label\"] [mark \"*\"] [outside] { endowment L = 100, H = 60  productivity = EXPR  price L = EXPR }"),
    ("factor", "factor NAME [\"label\"] [price SYMBOL] [specific to INDUSTRY]"),
    (
        "good",
        "good NAME [\"label\"] [price [SYMBOL] [= EXPR]] [numeraire] [nontraded] [differentiated(σ) [weights b[from, to]]]\n  a value is a given world price; `differentiated`: each country's variety is a good of its own",
    ),
    (
        "differentiated",
        "good NAME differentiated(σ) [weights b[from, to]] | differentiated(home: σ, imports: σ)   Armington's goods, told apart by origin",
    ),
    ("iceberg", "iceberg GOOD from A to B = EXPR [for …]   units shipped per unit that arrives"),
    ("tariff", "tariff GOOD from A to B = RATE [on fob] [for …]   paid by B's users on the price at its border, to B's household"),
    ("export", "export tax GOOD from A to B = RATE [for …]   on the producer's price, to A's household"),
    ("industry", "industry NAME [in COUNTRY, …] { [makes GOOD]  technology FORM  [productivity EXPR]  [markup EXPR] }"),
    ("technology", "FORM is leontief {…}, cobb_douglas {…}, ces(σ) {…} of factors, goods and nests; `technology NAME(args) = FORM` names one"),
    ("tasks", "tasks NAME of FACTOR { offshore A -> B cost EXPR [in x, y] [margin SYMBOL] [bill SYMBOL] }   in the cost, `i` is the task"),
    ("schedule", "schedule t(i) = EXPR   a cost that rises over the tasks i in [0, 1]; or `table {0: 1, 1: 3}`"),
    ("demand", "demand FORM [in COUNTRY]   the tastes of one household a country"),
    ("numeraire", "numeraire EXPR   the price that others are measured in"),
    ("let", "let NAME = EXPR [\"label\"]   a definition"),
    ("equation", "equation NAME: EXPR = EXPR   with `variable NAME`: what the primitives lack"),
    ("variable", "variable NAME [in INTERVAL] [start EXPR] [\"label\"]   determined by an `equation`"),
    ("channels", "channels of V, … { NAME = QUANTITY, … }   how effects on V are split"),
    ("import", "import schedules | import \"file.trade\" [as m]"),
    ("function", "function f(a, b) = EXPR"),
    ("assume", "assume EXPR > EXPR   what `sign` may use"),
];
