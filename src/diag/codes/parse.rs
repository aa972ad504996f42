//! Codes of the text (P): what cannot be read as a declaration, an expression or an argument.

table! {
    "P001", Error, "unexpected text",
    "At this place the language allows other words than the one found.",
    "A declaration that cannot be read is left out; the rest of the file is still checked.",
    "  factor L prize w",
    "Write one of the forms that the message lists: `factor L price w`.";

    "P002", Error, "no declaration begins here",
    "A file is a list of declarations, each beginning with its own word (`parameter`, `good`, `industry`, …).",
    "Text that belongs to no declaration would otherwise be skipped in silence.",
    "  beta = 1.3",
    "Begin with the word of the declaration: `parameter beta = 1.3`.";

    "P003", Error, "a bracket is not closed",
    "A `(`, `[` or `{` has no partner, or one of another kind.",
    "Where a block ends decides which attributes belong to which country or industry.",
    "  country Home { endowment L = 100",
    "Close it: `country Home { endowment L = 100 }`.";

    "P004", Error, "a string is not closed",
    "A string begins with `\"` and ends with `\"` on the same line.",
    "What follows would be read as part of the label.",
    "  good x \"cloth",
    "Close it: `good x \"cloth\"`.";

    "P005", Error, "a comment is not closed",
    "A comment that begins with `/*` ends with `*/`.",
    "Everything after it would be ignored in silence.",
    "  /* benchmark year 2005",
    "Close it with `*/`, or begin the line with `//`.";

    "P006", Error, "a character that the language does not use",
    "The character is no letter, digit, operator or bracket of the language; text pasted from a paper often brings such ones.",
    "Characters that look alike (`−` and `-`) would otherwise change a formula unseen.",
    "  let d = a − b",
    "Type the character that the message offers: `let d = a - b`.";

    "P007", Error, "a number is not complete",
    "A number needs a digit on both sides of its point.",
    "`1.1..1.5` is a range; with `1.` as a number its reading would depend on a blank.",
    "  parameter sigma = .5",
    "Write `parameter sigma = 0.5`.";

    "P008", Error, "a reserved word as a name",
    "Words that begin a declaration, and `in for where if then else`, cannot be names.",
    "A reserved word always begins something, so that one mistake does not hide the next.",
    "  parameter good = 3",
    "Choose another name: `parameter goods = 3`.";

    "P009", Error, "an attribute stands twice",
    "Attributes come in any order, each at most once.",
    "Of two values only one could hold.",
    "  good x price p = 1 price = 2",
    "Keep one: `good x price p = 1`.";

    "P010", Error, "`log` is not a function here",
    "The natural logarithm is written `ln`; `log` means base 10 to some and base e to others.",
    "A formula must not depend on the reader's habit.",
    "  let u = log(c)",
    "Write `ln(c)`, or `ln(c) / ln(10)` for base 10.";

    "P011", Error, "comparisons in a chain",
    "A comparison has two sides; `0 < a < 1` is two comparisons.",
    "Other languages read a chain in different ways.",
    "  assume 0 < sigma < 1",
    "Write two: `assume sigma > 0` and `assume sigma < 1`; in a guard, `0 < a and a < 1`.";

    "P012", Error, "nesting is too deep",
    "Brackets, powers, signs and conditions may stand within each other 256 levels deep.",
    "The bound keeps the tool from running out of stack on a malformed or generated file.",
    "  let a = ((((… 300 brackets …))))",
    "Name parts of the expression with `let`.";

    "P013", Error, "a text is too long",
    "One declaration takes more steps to read than the tool allows, or a file has more than 4 GiB.",
    "The bound keeps a malformed file from holding the session.",
    "  let a = 1 + 1 + … (tens of millions of terms)",
    "Split the declaration, or put the numbers in a table.";

    "P014", Error, "a comparison where a number is needed",
    "A comparison stands in a guard (`where`), after `if`, or in `assume`; everywhere else a number is needed, and there a comparison.",
    "There are no truth values in equations, so nothing could be solved.",
    "  let a = (b < c) * 2",
    "Write `let a = if b < c then 2 else 0`, with b and c parameters or indices.";

    "P015", Error, "a part is missing",
    "The declaration can be read but lacks a part it cannot do without.",
    "Without it the economics is not determined.",
    "  tasks T of L { offshore Home -> Abroad margin I }",
    "Add what the message names: `offshore Home -> Abroad cost beta * t(i) margin I`.";

    "P016", Error, "the file is not UTF-8",
    "The bytes at the given offset are no UTF-8 text.",
    "Reading them with a guessed encoding would change names and labels.",
    "  a file saved as Latin-1 with `é` in a label",
    "Save the file as UTF-8.";

    "P017", Note, "more of the same",
    "So many declarations are broken that only the first are shown.",
    "A file of another kind, or a bracket lost near the top, makes everything after it wrong.",
    "  a spreadsheet given as a model",
    "Correct the first ones and check again.";

    "P018", Error, "an escape that strings do not have",
    "In a string, `\\` stands before `\"`, `\\`, `n` or `t`.",
    "The label would print otherwise than it is written.",
    "  good x \"a\\b\"",
    "Write `\\\\` for a backslash.";

    "P019", Error, "a number out of range",
    "The number is larger than the tool can hold (about 1.8e308).",
    "It would be read as infinity.",
    "  parameter A = 1e999",
    "Change the unit, or write `inf` where an interval has no end.";

    "P020", Error, "not yet in the language",
    "The words are set aside for a construct that this version does not have.",
    "Reading it as something else would solve another model than the one written.",
    "  tariff x from Foreign to Home = 10%",
    "Leave the construct out, or write its conditions with `variable` and `equation`.";

    "P021", Error, "a nest out of place",
    "An input's value is a weight, or a nest with a weight before it: `VA: 0.7 * ces(1.2) { H: 0.6, K: 0.4 }`.",
    "A nest is no number, so it can only be the last factor.",
    "  ces(0.5) { VA: ces(1.2) { H: 0.6, K: 0.4 } * 0.7 }",
    "Put the weight first.";

    "P022", Error, "a binder is needed",
    "`sum` and `prod` run over the elements of a set, which the binder names.",
    "Without it there is nothing to run over.",
    "  let total = sum(a)",
    "Write `sum(g in S) a[g]`; to add a few numbers use `+`.";
}
