"""The registry of losses, as that of cells: checks, generated modules and pages loop over it."""

from __future__ import annotations

from derivations.losses import cross_entropy, squared_error
from derivations.losses.language import Loss

LOSSES: dict[str, Loss] = {
    loss.id: loss for loss in (cross_entropy.CROSS_ENTROPY, squared_error.SQUARED_ERROR)
}
