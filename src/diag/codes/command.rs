//! Codes of commands and their arguments (C).

table! {
    "C001", Error, "no such command", "The word is no command.", "", "tasktrade sovle model.trade", "See `tasktrade --help`.";
    "C002", Error, "wrong usage", "The arguments do not fit the command.", "", "tasktrade solve", "See `tasktrade COMMAND --help`.";
    "C003", Error, "no such diagnostic", "`explain` got a code that no diagnostic has.", "", "tasktrade explain X999", "`tasktrade explain` lists them.";
    "C004", Error, "no such shock", "`shock` got neither the name of a shock nor a change.", "", "tasktrade shock m.trade", "Write `\"beta -10%\"`, or the name of a shock that the file declares.";
    "C005", Error, "no such sweep", "`sweep` got neither the name of a sweep nor a grid.", "", "tasktrade sweep m.trade", "Write `\"beta = 1.1..1.5 : 100\"`.";
    "C010", Error, "not a parameter", "A command would change something that the equilibrium determines.", "Only what is given from outside can be shocked, swept or set.", "shock w +1%", "Change a parameter, endowment or given price.";
    "C011", Error, "changed twice", "One parameter stands twice in a shock or sweep.", "Which change holds?", "shock \"beta -10%, beta = 1\"", "Combine the two.";
    "C012", Error, "a change to no number", "The new value of a parameter is no finite number.", "", "shock \"beta = 1/0\"", "Check the expression.";
    "C013", Error, "an incomplete order", "`--order` leaves out a shocked parameter.", "Each leg of the path moves one parameter.", "--order beta for a shock of beta and A", "Name each once.";
    "C014", Error, "nothing is moved", "A shock or an axis names no parameter of the model.", "An equilibrium compared with itself answers no question.", "shock \"beta[g] +1% for g in S where g != g\"", "Name a parameter that the model has.";
    "C015", Note, "a definition cut loose", "A parameter that was defined by others was given a value of its own.", "It follows the others no more, until `reset`.", "productivity = 1/A, then --set productivity[Foreign]=0.6", "Change what it follows instead, if that was meant.";
    "C016", Error, "a share of a rate", "A shock changes a tax rate by a percentage.", "`+10%` of a rate of 20 % is 22 % to some and 30 % to others.", "shock \"t +10%\" for a tariff t", "`t +10pp` adds ten points, `t = 0.3` sets the rate.";
    "C020", Error, "no number of points", "A range has a number of points that is no whole number of at least 1.", "", "beta = 1..2 : 0.5", "Write `: 100`.";
    "C021", Error, "a log grid through zero", "A grid in logs has an end that is not positive.", "Logs exist for positive numbers.", "beta = 0..1 : 10 log", "Move the end, or leave out `log`.";
    "C022", Error, "an end that is no number", "An end of a range has no finite value.", "", "beta = 1..1/0", "Check the expression.";
    "C023", Error, "too many points", "The product of the axes is more than 50 million.", "It would not fit in memory.", "three axes of 1000 points", "Use coarser axes.";
    "C024", Error, "not yet written", "The file format is not yet supported.", "", "--out F.parquet", "Write CSV.";
    "C025", Error, "columns of unlike lengths", "Points were given as columns of numbers that are not equally long.", "A row of the columns is a point.", "beta with 100 values, p with 99", "Give each parameter one value a point, or ask for the product of the axes.";
    "C026", Error, "an export without a language", "`export` needs the language to write in.", "", "export", "`export --mpsge` writes a GAMS program with an MPSGE model.";
    "C030", Error, "no model yet", "A question was asked at the prompt before any model is complete.", "Declarations wait until everything that they name is declared.", "solve", "`load FILE`, or declare the rest; `list waiting` shows what waits.";
    "C031", Error, "nothing to undo", "No earlier or later state of the session is kept.", "", "undo", "`undo` takes back changes of this session only.";
    "C032", Error, "nothing waits", "No typed declaration waits for another.", "", "drop", "`undo` takes back the last change.";
    "C033", Error, "which file?", "`load`, `reload` or `save` has no file.", "", "load", "Name it: `load examples/small_ho.trade`.";
    "C034", Error, "nothing is set", "All parameters have their declared values.", "", "reset", "`set NAME = EXPR` sets one.";
    "C035", Error, "an expression has no `=`", "The prompt evaluates expressions; `=` is part of commands and declarations.", "", "beta = 1.2", "`set beta = 1.2` changes a parameter, `let v = w / s` defines a quantity.";
    "C036", Error, "no such kind of name", "`list` got a word that is no kind.", "", "list prices", "`list` alone shows all kinds.";
    "C037", Error, "about what?", "`info` has no name.", "", "info", "`info beta`.";
    "C038", Error, "no shock to explain", "No shock was made since the model last changed.", "", "explain", "`shock beta -10%`, then `explain`.";
    "C039", Error, "the file would not read back", "The text to be saved would not be this model.", "A saved file must run.", "save elsewhere/m.trade with relative imports", "Save beside the file that was loaded.";
    "C040", Error, "plot what?", "`plot` has nothing to draw.", "", "plot", "`plot w, s against beta = 1.1..1.5`.";
    "C041", Error, "the wrong number of parameters", "Curves are drawn against one parameter, maps of regimes over two.", "", "plot w", "`plot w against beta`, `plot regimes over beta, L`.";
    "C042", Error, "which margin?", "The model has no offshored tasks, or several margins.", "", "plot margin", "Name the margin or the tasks.";
    "C043", Error, "no isocost diagram", "The country does not have two factors whose industries use nothing else.", "The diagram is plane.", "plot isocost in a model with three factors", "Ask for another picture.";
    "C044", Error, "no channels to draw", "Effects are drawn for one quantity with declared channels.", "Channels say how an effect is split.", "plot effects w against beta", "`channels of w { productivity = Omega, … }`.";
}
