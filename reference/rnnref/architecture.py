"""What a network of cells is made of: settings, parameters, shapes. Imports NumPy and rnnref.

Nothing here knows an equation; those are in the generated module that ``_code`` names.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any, Generic

import numpy as np
import numpy.typing as npt

from rnnref import checks, hints, network_checks
from rnnref.arrays import Array
from rnnref.checks import Axis, Like, Shape
from rnnref.direction import Direction
from rnnref.errors import ArgumentValueError
from rnnref.parametrized import Parametrized
from rnnref.records import S
from rnnref.spans import backwards, spans
from rnnref.stack import Stack

# How many gates are stacked in the parameters of a layer, and whose that number is.
OWNERS = {1: "an RNN's", 3: "a GRU's", 4: "an LSTM's"}


@dataclass(frozen=True, repr=False)
class Architecture(Parametrized, Generic[S]):
    """Layers of the cell that a subclass names, in one direction or both."""

    input_size: int
    hidden_size: int
    num_layers: int = 1
    _: KW_ONLY
    bias: bool = True
    bidirectional: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        where = type(self).__name__
        for name in ("input_size", "hidden_size", "num_layers"):
            value = checks.size(where, name, getattr(self, name))
            object.__setattr__(self, name, value)
        for name in ("bias", "bidirectional"):
            network_checks.flag(where, name, getattr(self, name))
        dropout = network_checks.dropout(where, self.dropout, self.num_layers)
        object.__setattr__(self, "dropout", dropout)

    @property
    @abstractmethod
    def _kind(self) -> str:
        """The kind of cell, as `rnnref.conventions` names it."""

    def __repr__(self) -> str:
        """The sizes, and those settings that are not the usual ones."""
        usual, sizes = type(self)(self.input_size, self.hidden_size), ("input_size", "hidden_size")
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        shown = (
            f"{name}={value!r}"
            for name, value in values.items()
            if name in sizes or value != getattr(usual, name)
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    @property
    @abstractmethod
    def _state(self) -> type[S]:
        """The NamedTuple of its states, in the order of the generated functions' arguments."""

    @property
    def _output(self) -> Axis:
        """The features of the output in one direction."""
        return self._hidden

    @property
    def _hidden(self) -> Axis:
        return Axis("hidden_size", self.hidden_size)

    @property
    def _features(self) -> Axis:
        """The features of the output in all directions."""
        name, size = self._output
        return Axis(f"2·{name}", size and 2 * size) if self.bidirectional else self._output

    @property
    def _gates(self) -> int:
        """How many blocks of ``hidden_size`` rows each parameter has."""
        return len(self._code.GATES)

    @property
    def _cells(self) -> list[str]:
        """The end of the names of the parameters of each layer and direction, in order."""
        ends = ("", "_reverse") if self.bidirectional else ("",)
        return [f"_l{n}{end}" for n in range(self.num_layers) for end in ends]

    @property
    def _fields(self) -> list[str]:
        """The parameters of a cell, without those that it lacks."""
        return [f for f in self._code.Params._fields if self.bias or not f.startswith("bias")]

    @property
    def _wanted(self) -> dict[str, Shape]:
        gates = "" if self._gates == 1 else f"{self._gates}·"
        rows = Axis(f"{gates}hidden_size", self._gates * self.hidden_size)
        peepholes = Axis(
            f"{self._gates - 1}·hidden_size", (self._gates - 1) * self.hidden_size
        )  # every gate but the candidate has one
        found: dict[str, Shape] = {}
        for cell in self._cells:
            first = cell.startswith("_l0")
            axes: dict[str, Shape] = {
                "weight_ih": (
                    rows,
                    Axis("input_size", self.input_size) if first else self._features,
                ),
                "weight_hh": (rows, self._output),
                "bias_ih": (rows,),
                "bias_hh": (rows,),
                "weight_hr": (self._output, self._hidden),
                "weight_ch": (peepholes,),
            }
            found |= {field + cell: axes[field] for field in self._fields}
        return found

    def _state_shapes(self, B: int) -> list[Shape]:
        """The shape of each array of a state."""
        count = len(self._cells)
        name = "2·num_layers" if self.bidirectional else "num_layers"
        cells = Axis("1" if count == 1 else name, count)
        last = {"h": self._output, "c": self._hidden}
        return [(cells, Axis("B", B), last[field]) for field in self._state._fields]

    def init_state(self, batch_size: int, dtype: npt.DTypeLike = np.float64) -> S:
        """The state of zeros that ``forward`` starts from if it is given none.

        Args:
            batch_size: number of sequences B.
            dtype: float32, float64, longdouble or their complex kin.

        Returns:
            A state of new arrays, each (num_layers, B, size), or (2·num_layers, B, size) if
            bidirectional.

        Raises:
            ArgumentTypeError: if ``batch_size`` is not an int.
            ArgumentValueError: if ``batch_size`` is less than 1.
            DtypeError: if ``dtype`` is none of the above.

        >>> import rnnref
        >>> rnnref.GRU(input_size=3, hidden_size=2).init_state(batch_size=1)
        State(h=array([[[0., 0.]]]))
        """
        where = self._where("init_state")
        batch = checks.size(where, "batch_size", batch_size)
        as_dtype = checks.dtype(where, dtype)
        shapes = self._state_shapes(batch)
        return self._states(np.zeros(checks.sizes(axes), as_dtype) for axes in shapes)

    def _each(
        self, where: str, name: str, state: object, T: int, B: int, like: Like
    ) -> list[Array]:
        """The arrays of a state, its gradient or tangent; zeros for None."""
        if state is None:
            return list(self.init_state(B, like.dtype))

        def hint(got: tuple[int, ...], wanted: Shape) -> str:
            return hints.state(got, len(self._cells), T, B)

        return checks.state(where, name, state, self._state, self._state_shapes(B), like, hint)

    def _kept(self, where: str, masks: object, rng: object, T: int, B: int) -> Array | None:
        """The masks that are given, or drawn; None for no dropout."""
        given = [name for name, value in (("masks", masks), ("rng", rng)) if value is not None]
        if not given:
            return None
        if len(given) == 2:
            said = "masks and rng are both given, but rng would draw the masks"
            checks.fail(ArgumentValueError, where, said, "give one of them")
        if self.dropout == 0:
            said = f"{given[0]} must be left out where dropout is 0: nothing is dropped"
            checks.fail(ArgumentValueError, where, said, "dropout is a setting of the layer")
        between = Axis("num_layers - 1", self.num_layers - 1)
        axes = (between, Axis("T", T), Axis("B", B), self._features)
        if rng is not None:
            uniform = checks.generator(where, rng).random(checks.sizes(axes))
            return np.asarray(uniform >= self.dropout)
        kept = network_checks.masks(where, masks, axes)
        if self.dropout == 1 and kept.any():
            said = "masks must be False everywhere where dropout is 1"
            checks.fail(ArgumentValueError, where, said, "what is kept is divided by 1 - dropout")
        return kept

    def _stack(
        self,
        params: dict[str, Array],
        T: int,
        lengths: Array | None,
        masks: Array | None,
        every: int | None = None,
    ) -> Stack:
        """The network on arrays of T steps; its spans are cut at each multiple of ``every`` too."""
        forwards = spans(T, lengths, every)
        ways = (forwards, backwards(forwards)) if self.bidirectional else (forwards,)
        cells = iter(self._stacked(params))
        layers = tuple(
            tuple(Direction(self._code, next(cells), way) for way in ways)
            for _ in range(self.num_layers)
        )
        return Stack(layers, None if masks is None else self._scales(masks, params))

    def _scales(self, masks: Array, params: Mapping[str, Array]) -> Array:
        """What dropout multiplies by: ``1 / (1 - dropout)`` where something is kept, else 0."""
        number = next(iter(params.values())).dtype.type
        kept = number(1) - number(self.dropout)
        return np.asarray(np.where(masks, 1 / kept if kept else number(0), number(0)))

    def _stacked(self, params: Mapping[str, Array]) -> list[Any]:
        """The parameters as the generated module takes them, cell by cell; absent ones zeros."""
        dtype = next(iter(params.values())).dtype
        gates = {"weight_ch": self._gates - 1}
        zeros = {
            field: np.zeros(gates.get(field, self._gates) * self.hidden_size, dtype)
            for field in self._code.Params._fields
        }
        return [
            self._code.Params(*(params.get(f + cell, zero) for f, zero in zeros.items()))
            for cell in self._cells
        ]

    def _named(self, params: Iterable[Any]) -> dict[str, Array]:
        """The parameters of each cell, by name."""
        pairs = zip(self._cells, params, strict=True)
        return {field + cell: getattr(p, field) for cell, p in pairs for field in self._fields}

    def _whose(self, got: tuple[int, ...], wanted: Shape) -> str:
        """Whose parameter it may be that has this shape."""
        gates, rest = divmod(got[0] if got else 0, self.hidden_size)
        columns = tuple(axis.size for axis in wanted[1:])
        if rest == 0 and gates in OWNERS and gates != self._gates and got[1:] == columns:
            return f"{gates}·hidden_size: is it {OWNERS[gates]}?"
        return super()._whose(got, wanted)

    def _states(self, arrays: Iterable[Array]) -> S:
        return self._state(*arrays)
