//! Codes of commands and their arguments (C).

table! {}
