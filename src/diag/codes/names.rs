//! Codes of names and their resolution (N).

table! {}
