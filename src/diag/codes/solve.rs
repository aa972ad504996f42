//! Codes of the search for an equilibrium (S).

table! {}
