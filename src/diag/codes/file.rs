//! Codes of files (F).

table! {}
