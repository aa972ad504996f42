//! The numeric engine: from an equilibrium system to its solution, derivatives, regime borders, grids.
