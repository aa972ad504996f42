//! Codes of errors of the program itself (X).

table! {
    "X070", Error, "an internal error", "A part of tasktrade came to a state that it holds impossible and gave up; the message says where.", "No answer is better than one from a state that cannot be; a session goes on as it was before the command.", "none known", "Please report it with the model and the command.";
}
