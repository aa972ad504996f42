//! Codes of algebra and comparative statics (A).

table! {}
