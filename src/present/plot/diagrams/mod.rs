//! Diagrams that the field draws.
