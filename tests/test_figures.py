"""The pictures of the site: a cell is drawn as it is defined, a curve is the reference's."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sympy

from derivations.calculus import counts
from derivations.cells import CELLS
from derivations.functions import sigmoid, tanh
from derivations.notation import Affine, Cell, Elementwise
from derivations.proofs import gate_limits
from derivations.proofs.indices import Entries, J
from derivations.proofs.normal import residual

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "docs" / "tools"))

from drawings import cells, curves, mathtext  # noqa: E402
from drawings.chart import Chart, ticks  # noqa: E402
from drawings.diagram import Graph, Node  # noqa: E402
from drawings.kit import Kit  # noqa: E402
from drawings.registry import PICTURES, panels  # noqa: E402
from drawings.words import WORDS  # noqa: E402
from formulas import UnknownNameError, read_ledger  # noqa: E402

sys.path.pop()  # tests/ has a `claims` of its own

SVG = "{http://www.w3.org/2000/svg}"
LEDGER = read_ledger(ROOT)
KITS = {lang: Kit(lang, LEDGER, ROOT / "docs/data") for lang in ("en", "zh")}
RECORDS = ("language_model", "encoder_decoder", "sunspots", "gradient_norms")
every_picture = pytest.mark.parametrize("name", PICTURES)
every_language = pytest.mark.parametrize("lang", KITS)
every_cell = pytest.mark.parametrize("name", cells.GRAPHS)


def drawn(name: str, lang: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in panels(name, KITS[lang])]


def texts(svg: ET.Element) -> list[str]:
    return ["".join(t.itertext()) for tag in ("text", "title", "desc") for t in svg.iter(tag)]


# Words and weight.


@every_picture
@every_language
def test_words_are_of_the_language(name: str, lang: str) -> None:
    """English has no Chinese letter; Chinese no English word but names and what stands in TeX."""
    found = [text for svg in drawn(name, lang) for text in texts(svg)]
    assert found
    if lang == "en":
        assert not [t for t in found if re.search("[\u3000-\u9fff\uff00-\uffef]", t)]
        return
    foreign = re.findall(r"[A-Za-z]{4,}", " ".join(found).replace("sigmoid", ""))
    assert set(foreign) <= {"LSTM", "tanh"}
    assert re.search("[\u4e00-\u9fff]", " ".join(found))


@every_picture
def test_both_languages_show_the_same(name: str) -> None:
    """All but words: the same numbers of the same elements."""
    shapes = [
        [
            sorted(e.tag for e in svg.iter() if e.tag not in ("tspan", "text"))
            for svg in drawn(name, lang)
        ]
        for lang in KITS
    ]
    assert shapes[0] == shapes[1]


@every_picture
@every_language
def test_pictures_are_light_and_without_colours(name: str, lang: str) -> None:
    found = panels(name, KITS[lang])
    assert sum(len(svg.encode()) for svg in found) < 40_000
    for svg in found:
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|fill=|stroke=|\bnan\b", svg)
        assert "\n" not in svg


@every_picture
@every_language
def test_pictures_say_what_they_show(name: str, lang: str) -> None:
    for svg in drawn(name, lang):
        assert svg.get("role") == "img"
        title, about = (svg.find(tag).text for tag in ("title", "desc"))
        assert title
        assert "$" not in title
        assert len(about) > 15


def test_classes_are_styled() -> None:
    css = (ROOT / "docs/assets/css/pictures.css").read_text("utf-8")
    used = {
        c
        for name in PICTURES
        for s in panels(name, KITS["en"])
        for c in re.findall('class="([^"]*)"', s)
    }
    styled = set(re.findall(r"\.([a-z][\w-]*)", css))
    assert {c for each in used for c in each.split()} - styled <= {"symbol", "thin"}


def test_every_word_is_used() -> None:
    tools = ROOT / "docs/tools/drawings"
    code = "".join(p.read_text("utf-8") for p in tools.glob("*.py") if p.stem != "words")
    data = "".join(p.read_text("utf-8") for p in (ROOT / "docs/data/examples").glob("*.json"))
    made = {f"{name}{end}" for name in cells.GRAPHS for end in ("", ".about")}
    made |= {"forward counts", "backward counts"}
    assert [w for w in WORDS if f'"{w}"' not in code + data and w not in made] == []


def test_unknown_names_are_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="unknown figure 'lstm_cel'; did you mean lstm_cell"):
        panels("lstm_cel", KITS["en"])


# Cells: the graph computes what the definition says.


@every_cell
def test_a_cell_names_its_symbols_and_no_other(name: str) -> None:
    """All arrays of a step, but the pre-activations inside the boxes of the gates."""
    graph, cell = cells.GRAPHS[name], CELLS[cells.GRAPHS[name].cell]
    hidden = {f"a_{n.array}" for n in graph.nodes.values() if n.kind == "gate"}
    steps = {n for n, a in cell.arrays.items() if a.time is not None}
    known = {n: mathtext.plain(a.latex()) for n, a in cell.arrays.items()}
    (svg,) = drawn(name, "en")
    shown = [part for t in svg.iter("text") if "symbol" in t.get("class", "") for part in parts(t)]
    parameters = {p for n in graph.nodes.values() for p in n.parameters}
    assert sorted(shown) == sorted(known[n] for n in (steps - hidden) | parameters)


def parts(text: ET.Element) -> list[str]:
    """``Whn, bhn`` is two symbols, ``an,t`` is one."""
    return re.split(", ", "".join(text.itertext()).replace("\u200b", ""))


@every_cell
def test_a_cell_computes_its_definition(name: str) -> None:
    """Every array that a node stands for, from the wires that lead to it."""
    graph = cells.GRAPHS[name]
    cell = CELLS[graph.cell]
    seen = {n.array for n in graph.nodes.values() if n.array}
    hidden = {f"a_{n.array}" for n in graph.nodes.values() if n.kind == "gate"}
    assert seen | hidden == {n for n, a in cell.arrays.items() if a.time is not None}
    for key, node in graph.nodes.items():
        if node.array and node.kind != "source":
            assert value(graph, cell, key) == defined(cell, node), key


def value(graph: Graph, cell: Cell, key: str) -> object:
    """What a node makes of what its wires bring."""
    node = graph.nodes[key]
    read = [reached(graph, cell, w.source) for w in graph.wires if w.target == key]
    if node.kind == "gate":
        return node.label, {str(r) for r in read}
    if node.kind == "map":
        return set(node.parameters), {str(r) for r in read}
    if node.label == "+" and not all(isinstance(r, sympy.Expr) for r in read):
        return {p for r in read for p in (r[0] if isinstance(r, tuple) else set())}
    if node.kind == "function":
        (argument,) = read
        return tanh(argument)
    one, *others = read
    combined = {"×": sympy.Mul, "+": sympy.Add, "$1−$": lambda v: 1 - v}[node.label]
    return sympy.expand(combined(one, *others))


def reached(graph: Graph, cell: Cell, key: str) -> object:
    """An array by its name; else what the node makes."""
    node = graph.nodes[key]
    if node.array:
        return cell.arrays[node.array].symbol
    return (set(node.parameters), set()) if node.kind == "source" else value(graph, cell, key)


def defined(cell: Cell, node: Node) -> object:
    """The same from the definition."""
    right = cell.equation(node.array).right
    if node.kind == "gate":
        inner = cell.equation(f"a_{node.array}")
        function = {r"\sigma": sigmoid, r"\tanh": tanh}[node.label]
        assert isinstance(inner.right, Affine)
        assert isinstance(right, Elementwise)
        assert right.expression == function(inner.out.symbol)
        return node.label, set(inner.reads)
    if isinstance(right, Affine):
        given = {p.name for product in right.products for p in product.parameters}
        return (given, set(cell.equation(node.array).reads)) if node.kind == "map" else given
    return right.expression if node.kind == "function" else sympy.expand(right.expression)


@every_cell
def test_wires_are_level_or_upright_and_branches_are_on_wires(name: str) -> None:
    """A dot lies on a wire from the same node."""
    graph = cells.GRAPHS[name]
    lines = {
        w: [w.branch or graph.nodes[w.source].at, *w.via, graph.nodes[w.target].at]
        for w in graph.wires
    }
    for w, line in lines.items():
        wide = 16 if graph.nodes[w.target].kind == "gate" else 0.1
        for (x, y), (u, v) in pairwise(line):
            assert abs(x - u) <= wide or abs(y - v) < 0.1, (w, line)
        if w.branch:
            others = [o for k, o in lines.items() if k.source == w.source and k != w]
            assert any(_on(w.branch, a, b) for other in others for a, b in pairwise(other)), w


def _on(p: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> bool:
    lengths = [float(np.hypot(q[0] - r[0], q[1] - r[1])) for q, r in ((a, p), (p, b), (a, b))]
    return abs(lengths[0] + lengths[1] - lengths[2]) < 1e-9


# Curves.


@pytest.mark.parametrize("gate", ["f", "i", "o", "z"])
def test_limits_are_the_proved_ones(gate: str) -> None:
    """The ends of a curve are what `gate_limits` says, at the values held."""
    state = "h" if gate in "oz" else "c"
    cell = CELLS["gru_reset_after" if gate == "z" else "lstm"]
    values = curves.gru_over_z() if gate == "z" else curves.lstm_over(gate, state)
    held = {**curves.HELD, **curves.HELD_GRU} if gate == "z" else dict(curves.HELD)
    c = held["f"] * held["c_prev"] + held["i"] * held["g"]
    held["s"] = float(np.tanh(c))
    for end, limit in ((0, 0), (-1, 1)):
        # An expression of the definition, with the gate put in, in plain numbers.
        right = cell.equation(state).right.expression.subs(gate, limit).subs(held)
        assert values[end] == pytest.approx(float(right), abs=2e-3)
    assert (np.diff(values) > 0).all() or (np.diff(values) < 0).all()


def test_labels_of_limits_are_the_proved_ones() -> None:
    """What `gate_limits` says that a state tends to is what the label says."""
    for (gate, state), labels in curves.LIMITS.items():
        cell = CELLS["gru_reset_after" if gate == "z" else "lstm"]
        for limit, label in zip((0, 1), labels, strict=True):
            stated = Entries(cell).scalar(read_label(label), J)
            assert residual(gate_limits.array(cell, state, {gate: limit}), stated) == 0, label


def read_label(label: str) -> sympy.Expr:
    plain = label.replace(r"\odot", "*").replace(r"\tanh", "tanh")
    plain = re.sub(r"([a-z])_(?:t|\{t(-1)?\})", lambda m: m[1] + ("_prev" if m[2] else ""), plain)
    plain = plain.replace("tanh(c)", "s")  # its name in the definition
    return sympy.sympify(plain, {n: sympy.Symbol(n) for n in "ifgocszhn"})


def test_curves_pass_through_the_functions() -> None:
    """Spot values, read off the drawing: sigmoid(0) = 1/2, its slope 1/4; tanh(0) = 0, slope 1."""
    left, right = drawn("activations", "en")
    for svg, low, values in ((left, 0, (0.25, 0.5)), (right, -1, (1.0, 0.0))):
        slope, function = [p for p in svg.iter("path") if "line" in p.get("class").split()]
        chart = Chart("", "", x=ticks(-6, 6), y=ticks(low, 1), over="")
        for path, height in zip((slope, function), values, strict=True):
            x, y = chart.at(0, height)
            assert f"L{x:.1f} {y:.1f}L" in path.get("d")


@pytest.mark.parametrize("cell", ["rnn_tanh", "gru_reset_after", "lstm"])
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_counts_are_the_derived_ones(cell: str, way: str) -> None:
    """The polynomial of the data at a size, against the derived one at T = B = 1."""
    data = json.loads((ROOT / "docs/data/counts.json").read_text("utf-8"))["cells"][cell][way]
    exact = getattr(counts, way)(CELLS[cell])[counts.MULTIPLICATIONS]
    at = {counts.T: 1, counts.B: 1, counts.SIZE["H"]: 96, counts.SIZE["D"]: 96}
    assert curves.multiplications(data, 96) == exact.subs(at)


def test_results_are_read_off_the_records() -> None:
    """Spot values of the records, where the drawings must have them."""
    records = {n: KITS["en"].read(f"examples/{n}")["results"] for n in RECORDS}
    bars = drawn("language_model", "en")[1]
    assert f"{records['language_model']['lstm']['test']:.2f}" in texts(bars)
    heights = [float(bar.get("height")) for bar in bars.iter("rect")]
    bits = [row["test"] for row in records["language_model"]["ngrams"]]
    assert heights[0] / heights[1] == pytest.approx(bits[0] / bits[1], rel=2e-3)
    last = [
        run["curve"][-1]["held_out"]
        for run in records["encoder_decoder"]["runs"]
        if run["handed_over"] == "h alone"
    ]
    assert f"mean at the end: {100 * np.mean(last):.1f} %" in texts(
        drawn("encoder_decoder", "en")[1]
    )
    points = list(drawn("sunspots", "en")[1].iter("circle"))
    series = dict(
        zip(*(records["sunspots"]["series"][k] for k in ("years", "values")), strict=True)
    )
    ordinates = [float(point.get("cy")) for point in points]
    observed = [series[year] for year in range(1955, 2009)]
    assert np.corrcoef(ordinates, observed)[0, 1] == pytest.approx(-1, abs=1e-6)
    curve = records["gradient_norms"]["curves"][0]
    assert (curve["cell"], curve["scale"]) == ("rnn", 0.5)
    path = next(
        p.get("d")
        for p in drawn("gradient_norms", "en")[0].iter("path")
        if p.get("class") == "line c1"
    )
    ys = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", path)]
    logs = np.log10(curve["measured"]["mean"][: len(ys) - 1])  # the last point is at the edge
    assert np.corrcoef(ys[:-1], logs)[0, 1] == pytest.approx(-1, abs=1e-5)


def test_a_curve_is_cut_at_the_edge_of_the_plane() -> None:
    chart = Chart("", "", x=ticks(0, 2), y=ticks(0, 1), over="")
    assert chart.line([0, 1, 2], [0.5, 1.5, 0.5], "c1") == chart.at(2, 0.5)
    pieces = re.findall(r'class="line c1" d="([^"]*)"', chart.svg())
    assert len(pieces) == 2
    (x, top), (back, _) = chart.at(0.5, 1), chart.at(1.5, 1)
    assert pieces[0].endswith(f"L{x:.1f} {top:.1f}")
    assert pieces[1].startswith(f"M{back:.1f} {top:.1f}")


# Mathematics in labels.


def test_scripts() -> None:
    assert mathtext.plain(r"h^{(2)}_{t-1}") == "h(2)t−1"
    assert mathtext.plain(r"\sigma_{\max}") == "σmax"
    text = mathtext.spans("a $x_t$ b", 10)
    assert text.startswith("a <tspan")
    assert text.endswith("</tspan> b")
    down, back = (float(v) for v in re.findall(r'dy="([-\d.]+)"', text))
    assert down == -back > 0


@pytest.mark.parametrize("wrong", [r"$\foo$", "$x"])
def test_unknown_mathematics_is_refused(wrong: str) -> None:
    with pytest.raises(mathtext.TexError):
        mathtext.spans(wrong, 10)
