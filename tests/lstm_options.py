"""LSTMs with options as plain attributes, for what reads a layer's settings and nothing else."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import rnnref


@dataclass(frozen=True)
class Optional(rnnref.LSTM):
    """Peepholes, coupled gates and clips, by the names of the layer's options."""

    _: KW_ONLY
    peepholes: bool = False
    coupled: bool = False
    gate_clip: float | None = None
    cell_clip: float | None = None
    activations: tuple[str, ...] = ("sigmoid", "tanh", "tanh")

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        H, gates = self.hidden_size, 3 if self.coupled else 4
        plain = rnnref.LSTM(self.input_size, H, self.num_layers, bias=self.bias)
        shapes = {name: (gates * H, *shape[1:]) for name, shape in plain.parameter_shapes.items()}
        if self.peepholes:
            shapes |= {f"weight_ch_l{n}": ((gates - 1) * H,) for n in range(self.num_layers)}
        return shapes


OPTIONS = {
    "peepholes": Optional(3, 4, peepholes=True),
    "coupled": Optional(3, 4, coupled=True),
    "peepholes, coupled": Optional(3, 4, 2, peepholes=True, coupled=True),
    "activations": Optional(3, 4, activations=("softsign", "tanh", "softsign")),
    "clips": Optional(3, 4, peepholes=True, gate_clip=0.4, cell_clip=0.5),
}
