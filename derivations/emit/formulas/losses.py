"""The formulas of a loss: its definition, the lines that compute it, and its derivatives.

Imports notation, the language of losses and the printing of index expressions.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.emit.formulas.model import Formula, Reason, aligned, plain
from derivations.emit.index_printing import LATEX, TEXT, Operations, entry, written
from derivations.losses.language import Line, Loss
from derivations.notation import Text

Steps = dict[str, tuple[Reason, ...]]


def loss_formulas(loss: Loss, steps: Steps) -> tuple[Formula, ...]:
    """Every formula of a loss in reading order; ``steps`` holds the proofs by id."""
    title = Text(f"{loss.title.en}: definition", f"{loss.title.zh}：定义")

    def whole(language: Operations) -> list[tuple[str, str]]:
        return [_sides(loss, line, language) for line in loss.paper]

    latex, text = aligned(whole(LATEX)), plain(whole(TEXT))
    kinds: dict[str, Sequence[Line]] = {
        "definition": loss.forward,
        "vjp": loss.backward,
        "jvp": loss.jvp,
        "second": loss.backward_jvp,
    }
    return (
        Formula(loss.id, loss.id, "loss", title, latex, text, (), steps.get(loss.id, ())),
        *(_formula(loss, line, kind, steps) for kind, lines in kinds.items() for line in lines),
    )


def _formula(loss: Loss, line: Line, kind: str, steps: Steps) -> Formula:
    id = f"{loss.id}.{line.out.name}"
    title = Text(line.out.title.en[0].upper() + line.out.title.en[1:], line.out.title.zh)
    latex, text = (" = ".join(_sides(loss, line, language)) for language in (LATEX, TEXT))
    shape, reasons = line.out.shape, steps.get(id, ())
    return Formula(id, loss.id, kind, title, latex, text, shape, reasons, line.assumes)


def _sides(loss: Loss, line: Line, language: Operations) -> tuple[str, str]:
    return entry(line.out, language), written(line.right, loss.arrays, language)
