//! Codes of the model's economics (M).

table! {}
