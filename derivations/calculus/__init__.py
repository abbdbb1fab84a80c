"""From a cell to its derivatives: local ones, the two sweeps, Jacobian blocks, through time."""
