"""The ledger of claims: what the source document states, and what became of it.

Each module holds the claims on one subject as ``CLAIMS``. They import the definitions, the proofs
and SymPy.
"""

from derivations.proofs.claims import (
    applications,
    definitions,
    directions,
    expressive_power,
    feedforward,
    forward_pass,
    frameworks,
    gated_gradients,
    gradient_clipping,
    gradients,
    gru_and_lstm,
    gru_cell,
    gru_gates,
    gru_gradients,
    history,
    jacobians,
    lstm_gates,
    lstm_limits,
    lstm_vanishing,
    memory,
    norms,
    program,
    recurrence,
    sequences,
    spectra,
    through_time,
    unrolling,
)
from derivations.proofs.claims.claim import Claim

SUBJECTS = (
    definitions,
    recurrence,
    unrolling,
    sequences,
    feedforward,
    memory,
    through_time,
    gradients,
    jacobians,
    norms,
    spectra,
    lstm_gates,
    lstm_limits,
    gated_gradients,
    lstm_vanishing,
    gru_gradients,
    directions,
    forward_pass,
    gru_cell,
    gru_gates,
    gru_and_lstm,
    expressive_power,
    gradient_clipping,
    program,
    frameworks,
    applications,
    history,
)

CLAIMS: tuple[Claim, ...] = tuple(claim for subject in SUBJECTS for claim in subject.CLAIMS)
