"""The language a cell is written in: arrays, equations, cells; frozen data that checks itself.

Imports SymPy only. A definition that reads an array before it is defined, repeats a name, or
does not fit in shape is refused when it is written, not when it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import sympy

SIZES = {
    "N": "number of positions",
    "D": "size of the input",
    "H": "hidden size",
    "K": "size of the output",
    "P": "size of the projection",
}


class DefinitionError(ValueError):
    """A cell is defined in a way that cannot be right."""


@dataclass(frozen=True)
class Text:
    """The same thing said in English and in Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class Array:
    """A named vector, matrix or bias.

    ``name`` is what the code calls it, ``base``, ``sub`` and ``sup`` are how it is typeset, and
    ``time`` is 0 for an array of this step, -1 for one of the step before, None for a parameter.
    """

    name: str
    shape: tuple[str, ...]
    title: Text
    base: str
    sub: str = ""
    sup: str = ""
    time: int | None = 0
    auxiliary: bool = False

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise DefinitionError(f"{self.name!r} cannot be a name in code")
        for size in self.shape:
            if size not in SIZES:
                raise DefinitionError(f"{self.name}: unknown size {size!r}; known: {sorted(SIZES)}")

    @property
    def symbol(self) -> sympy.Symbol:
        """The scalar that stands for one entry of the array in an elementwise expression."""
        return sympy.Symbol(self.name)

    def latex(self, accent: str = "", shift: int = 0) -> str:
        """Typeset the array, with an accent such as ``\\bar``, ``shift`` steps later."""
        base = f"{accent}{{{self.base}}}" if accent else self.base
        subscripts = [self.sub] if self.sub else []
        if self.time is not None:
            step = self.time + shift
            subscripts.append("t" if step == 0 else f"t{step:+d}")
        sup = f"^{{{self.sup}}}" if self.sup else ""
        return f"{base}{sup}_{{{','.join(subscripts)}}}" if subscripts else f"{base}{sup}"


@dataclass(frozen=True)
class Product:
    """One term ``W v + b`` or ``W v`` of an affine equation."""

    weight: Array
    vector: Array
    bias: Array | None

    @property
    def parameters(self) -> tuple[Array, ...]:
        """The weight, then the bias if there is one."""
        return (self.weight, self.bias) if self.bias else (self.weight,)


@dataclass(frozen=True)
class Affine:
    """A sum of terms ``W v + b`` or ``W v``."""

    products: tuple[Product, ...]


@dataclass(frozen=True)
class Elementwise:
    """A scalar SymPy expression that holds entry by entry; its arguments keep their order."""

    expression: sympy.Expr


@dataclass(frozen=True)
class Equation:
    """``out = right``, one line of a cell's definition."""

    out: Array
    right: Affine | Elementwise

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Names of the arrays that the right-hand side reads, in order.

        Weights and biases of an affine equation are not counted; a parameter in an elementwise
        expression is: it is a diagonal weight.
        """
        if isinstance(self.right, Affine):
            return tuple(p.vector.name for p in self.right.products)
        nodes = sympy.preorder_traversal(self.right.expression)
        return tuple(dict.fromkeys(n.name for n in nodes if isinstance(n, sympy.Symbol)))


@dataclass(frozen=True)
class Stack:
    """A parameter as frameworks store it: blocks of equal shape, one below the other.

    ``weight_ih`` of an LSTM stacks ``W_ii, W_if, W_ig, W_io``.
    """

    name: str
    title: Text
    blocks: tuple[Array, ...]

    def __post_init__(self) -> None:
        if len({b.shape for b in self.blocks}) != 1:
            raise DefinitionError(f"{self.name}: its blocks differ in shape")

    def __getitem__(self, gate: str) -> Array:
        """The block of a gate: ``weight_ih["f"]`` is ``W_if``."""
        return next(b for b in self.blocks if b.sub.endswith(gate))


@dataclass(frozen=True)
class State:
    """A state that a step reads as ``previous`` and leaves as ``next``."""

    previous: Array
    next: Array

    @property
    def name(self) -> str:
        """The state's own name, ``h`` or ``c``."""
        return self.next.name


@dataclass(frozen=True)
class Citation:
    """Where a definition comes from."""

    text: str
    doi: str = ""
    url: str = ""


@dataclass(frozen=True)
class Cell:
    """The whole definition of one cell. Everything else in the project is derived from it."""

    id: str
    title: Text
    number_prefix: str
    inputs: tuple[Array, ...]
    states: tuple[State, ...]
    stacks: tuple[Stack, ...]
    equations: tuple[Equation, ...]
    output: Array
    cite: tuple[Citation, ...]

    def __post_init__(self) -> None:
        known = {a.name: a for a in self._given()}
        if len(known) != len(list(self._given())):
            raise DefinitionError(f"{self.id}: a name is given twice")
        for equation in self.equations:
            where = f"{self.id}.{equation.out.name}"
            if equation.out.name in known:
                raise DefinitionError(f"{where}: already defined")
            for name in equation.reads:
                if name not in known:
                    raise DefinitionError(f"{where}: reads {name}, which is not defined before it")
            _check_shapes(where, equation, known)
            known[equation.out.name] = equation.out
        for state in self.states:
            if known.get(state.name) is None or state.next.shape != state.previous.shape:
                raise DefinitionError(f"{self.id}: state {state.name} is not carried on")
        if self.output.name not in {e.out.name for e in self.equations}:
            raise DefinitionError(f"{self.id}: no equation defines its output {self.output.name}")

    def _given(self) -> Iterator[Array]:
        yield from self.inputs
        yield from (s.previous for s in self.states)
        yield from self.parameters

    @property
    def parameters(self) -> tuple[Array, ...]:
        """Every parameter block, stack by stack."""
        return tuple(b for stack in self.stacks for b in stack.blocks)

    @cached_property
    def diagonal_weights(self) -> tuple[Array, ...]:
        """The parameters that meet an array entry by entry, ``w * c_prev``."""
        elementwise = (e for e in self.equations if isinstance(e.right, Elementwise))
        read = {name for e in elementwise for name in e.reads}
        return tuple(p for p in self.parameters if p.name in read)

    @property
    def biases(self) -> tuple[Array, ...]:
        """The parameters that are added."""
        return tuple(
            p for p in self.parameters if len(p.shape) == 1 and p not in self.diagonal_weights
        )

    @property
    def sources(self) -> tuple[Array, ...]:
        """What a step is given besides parameters: inputs, then previous states."""
        return (*self.inputs, *(s.previous for s in self.states))

    @property
    def exits(self) -> tuple[Array, ...]:
        """What a step hands on: its output and its next states, each once."""
        nexts = tuple(s.next for s in self.states)
        return nexts if self.output in nexts else (self.output, *nexts)

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """Every array by name: sources, parameters, then intermediates in order of definition."""
        given = {a.name: a for a in (*self.sources, *self.parameters)}
        return given | {e.out.name: e.out for e in self.equations}

    def equation(self, name: str) -> Equation:
        """The equation that defines ``name``."""
        return next(e for e in self.equations if e.out.name == name)


def _check_shapes(where: str, equation: Equation, known: dict[str, Array]) -> None:
    out = equation.out
    if isinstance(equation.right, Elementwise):
        for name in equation.reads:
            if known[name].shape != out.shape:
                found = known[name].shape
                raise DefinitionError(f"{where}: {name} has shape {found}, not {out.shape}")
        return
    for p in equation.right.products:
        for parameter in p.parameters:
            if parameter.name not in known:
                raise DefinitionError(f"{where}: {parameter.name} is in no stack")
        wanted = ((*out.shape, *p.vector.shape), out.shape)
        if any(a.shape != shape for a, shape in zip(p.parameters, wanted, strict=False)):
            plus = f" plus {p.bias.name} {p.bias.shape}" if p.bias else ""
            raise DefinitionError(
                f"{where}: {p.weight.name} {p.weight.shape} times {p.vector.name} {p.vector.shape}"
                f"{plus} does not give {out.shape}"
            )


def affine(out: Array, *terms: tuple[Array, Array, Array | None]) -> Equation:
    """``out = W v + b + ...`` from terms ``(W, v, b)``; a term ``W v`` is ``(W, v, None)``."""
    return Equation(out, Affine(tuple(Product(*term) for term in terms)))


def elementwise(out: Array, expression: sympy.Expr) -> Equation:
    """``out = expression``, entry by entry."""
    return Equation(out, Elementwise(expression))


def vector(
    name: str, en: str, zh: str, size: str = "H", base: str = "", auxiliary: bool = False
) -> Array:
    """A vector of this step, typeset by ``base`` (its name, if left out)."""
    return Array(name, (size,), Text(en, zh), base or name, auxiliary=auxiliary)


def previous(array: Array) -> Array:
    """The same array one step earlier: ``h`` becomes ``h_prev``."""
    title = Text(f"previous {array.title.en}", f"前一步{array.title.zh}")
    return replace(array, name=f"{array.name}_prev", title=title, time=-1, auxiliary=False)


def preactivations(gates: dict[str, Text]) -> dict[str, Array]:
    """For each gate ``g`` the array ``a_g`` that its nonlinearity is applied to."""
    return _for_each_gate("a", "pre-activation of the {}", "{}的预激活值", gates)


def linear_parts(gates: dict[str, Text]) -> dict[str, Array]:
    """For each gate ``g`` the array ``u_g``: what input and hidden state give to ``a_g``."""
    return _for_each_gate("u", "affine part of the {}", "{}的仿射部分", gates)


def _for_each_gate(base: str, en: str, zh: str, gates: dict[str, Text]) -> dict[str, Array]:
    return {
        gate: Array(
            f"{base}_{gate}",
            ("H",),
            Text(en.format(title.en), zh.format(title.zh)),
            base=base,
            sub=gate,
            auxiliary=True,
        )
        for gate, title in gates.items()
    }


def stack(
    name: str, letter: str, side: str, gates: dict[str, Text], shape: tuple[str, ...]
) -> Stack:
    """A stacked parameter with a block for each gate: ``stack("weight_ih", "W", "i", ...)``.

    ``letter`` is ``"W"`` for matrices, ``"w"`` for diagonal weights, ``"b"`` for biases; ``side``
    is ``"i"``, ``"h"`` or ``"c"``: what they read.
    """
    what = Text("bias", "偏置") if letter == "b" else Text("weights", "权重")
    from_, of = {
        "i": (Text("from the input", "输入"), Text("input side", "输入侧")),
        "h": (Text("from the hidden state", "隐状态"), Text("recurrent side", "循环侧")),
        "c": (Text("from the cell state", "细胞状态"), Text("peephole side", "窥孔侧")),
    }[side]

    def title(gate: Text) -> Text:
        if letter != "b":
            return Text(f"weights {from_.en} to the {gate.en}", f"{from_.zh}到{gate.zh}的权重")
        return Text(f"bias of the {gate.en}, {of.en}", f"{gate.zh}的偏置（{of.zh}）")

    blocks = tuple(
        Array(f"{letter}_{side}{gate}", shape, title(name), letter, sub=f"{side}{gate}", time=None)
        for gate, name in gates.items()
    )
    stacked = Text("stacked ", "堆叠") if len(gates) > 1 else Text("", "")
    whole = Text(f"{stacked.en}{what.en}, {of.en}", f"{of.zh}的{stacked.zh}{what.zh}")
    return Stack(name, whole, blocks)
