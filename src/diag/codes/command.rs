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
    "C020", Error, "no number of points", "A range has a number of points that is no whole number of at least 1.", "", "beta = 1..2 : 0.5", "Write `: 100`.";
    "C021", Error, "a log grid through zero", "A grid in logs has an end that is not positive.", "Logs exist for positive numbers.", "beta = 0..1 : 10 log", "Move the end, or leave out `log`.";
    "C022", Error, "an end that is no number", "An end of a range has no finite value.", "", "beta = 1..1/0", "Check the expression.";
    "C023", Error, "too many points", "The product of the axes is more than 50 million.", "It would not fit in memory.", "three axes of 1000 points", "Use coarser axes.";
    "C024", Error, "not yet written", "The file format is not yet supported.", "", "--out F.parquet", "Write CSV.";
}
