"""Right implementations that share no code with the model of tolerances, for its evidence.

Each takes a case and a precision and gives all results as float64, or None where it does not
compute that layer or not in that precision.
"""

from __future__ import annotations

from right.loops import loops
from right.modules import modules
from right.naive import naive_forward_order, naive_permuted, naive_single_sums
from right.own import reference_itself

IMPLEMENTATIONS = {
    "torch.nn": modules,
    "torch, equation by equation": loops,
    "rnnref itself": reference_itself,
    "NumPy, sums in order": naive_forward_order,
    "NumPy, sums in a random order": naive_permuted,
    "NumPy, sums in float32": naive_single_sums,
}
