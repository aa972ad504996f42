//! Codes of balance, counting and determination (T).

table! {}
