"""The cells as graphs. A test computes what a graph says and compares it with the definition."""

from __future__ import annotations

from drawings.diagram import Graph, Node, Wire, draw_graph
from drawings.kit import Kit
from drawings.svg import Drawing

RNN = Graph(
    cell="rnn_tanh",
    size=(470, 272),
    body=(58, 8, 408, 222),
    nodes={
        "x": Node("source", (222, 248), array="x"),
        "h_prev": Node("source", (46, 108), array="h_prev"),
        "biases": Node("source", (222, 46), parameters=("b_ih", "b_hh")),
        "W_hh": Node("map", (122, 108), parameters=("W_hh",)),
        "W_ih": Node("map", (222, 182), parameters=("W_ih",)),
        "+": Node("operation", (222, 108), "+", array="a"),
        "tanh": Node("function", (336, 108), r"\tanh", array="h"),
        "h": Node("exit", (426, 108)),
    },
    wires=(
        Wire("x", "W_ih"),
        Wire("h_prev", "W_hh"),
        Wire("W_hh", "+"),
        Wire("W_ih", "+"),
        Wire("biases", "+"),
        Wire("+", "tanh"),
        Wire("tanh", "h"),
    ),
    names={
        "x": (222, 264, "middle"),
        "h_prev": (40, 113, "end"),
        "b_ih": (214, 36, "end"),
        "b_hh": (230, 36, "start"),
        "a": (269, 99, "middle"),
        "h": (432, 113, "start"),
    },
)

LSTM = Graph(
    cell="lstm",
    size=(556, 392),
    body=(56, 18, 506, 352),
    nodes={
        "x": Node("source", (78, 372), array="x"),
        "h_prev": Node("source", (46, 292), array="h_prev"),
        "c_prev": Node("source", (46, 58), array="c_prev"),
        "f": Node("gate", (118, 214), r"\sigma", array="f"),
        "i": Node("gate", (212, 214), r"\sigma", array="i"),
        "g": Node("gate", (306, 214), r"\tanh", array="g"),
        "o": Node("gate", (400, 214), r"\sigma", array="o"),
        "f c": Node("operation", (118, 58), "×"),
        "i g": Node("operation", (259, 132), "×"),
        "+": Node("operation", (259, 58), "+", array="c"),
        "tanh": Node("function", (466, 98), r"\tanh", array="s"),
        "o s": Node("operation", (466, 158), "×", array="h"),
        "c": Node("exit", (522, 58)),
        "h": Node("exit", (522, 292)),
    },
    wires=(
        Wire("h_prev", "o", ((386, 292),)),
        Wire("x", "o", ((78, 326), (414, 326))),
        *(
            wire
            for gate, at in (("f", 118), ("i", 212), ("g", 306))
            for wire in (
                Wire("h_prev", gate, branch=(at - 14, 292)),
                Wire("x", gate, branch=(at + 14, 326)),
            )
        ),
        Wire("c_prev", "f c"),
        Wire("f", "f c"),
        Wire("i", "i g", ((212, 132),)),
        Wire("g", "i g", ((306, 132),)),
        Wire("f c", "+"),
        Wire("i g", "+"),
        Wire("+", "c"),
        Wire("+", "tanh", branch=(466, 58)),
        Wire("tanh", "o s"),
        Wire("o", "o s", ((400, 158),)),
        Wire("o s", "h", ((466, 292),)),
    ),
    names={
        "x": (78, 387, "middle"),
        "h_prev": (40, 297, "end"),
        "c_prev": (40, 63, "end"),
        "f": (127, 146, "start"),
        "i": (203, 164, "end"),
        "g": (315, 164, "start"),
        "o": (391, 178, "end"),
        "s": (475, 136, "start"),
        "c": (528, 63, "start"),
        "h": (528, 297, "start"),
    },
)

GRU = Graph(
    cell="gru_reset_after",
    size=(556, 432),
    body=(56, 18, 506, 392),
    nodes={
        "x": Node("source", (70, 412), array="x"),
        "h_prev": Node("source", (46, 54), array="h_prev"),
        "z": Node("gate", (134, 272), r"\sigma", array="z"),
        "r": Node("gate", (228, 272), r"\sigma", array="r"),
        "v": Node("map", (318, 272), array="v", parameters=("W_hn", "b_hn")),
        "u": Node("map", (404, 272), array="u", parameters=("W_in", "b_in")),
        "r v": Node("operation", (318, 204), "×"),
        "+": Node("operation", (404, 204), "+", array="a_n"),
        "tanh": Node("function", (468, 164), r"\tanh", array="n"),
        "1 - z": Node("operation", (318, 104), "$1−$"),
        "z h": Node("operation", (134, 54), "×"),
        "n": Node("operation", (468, 104), "×"),
        "sum": Node("operation", (468, 54), "+", array="h"),
        "h": Node("exit", (522, 54)),
    },
    wires=(
        Wire("h_prev", "z h"),
        Wire("z h", "sum"),
        Wire("n", "sum"),
        Wire("sum", "h"),
        Wire("z", "z h"),
        Wire("z", "1 - z", branch=(134, 104)),
        Wire("1 - z", "n"),
        Wire("tanh", "n"),
        Wire("+", "tanh", ((468, 204),)),
        Wire("r v", "+"),
        Wire("u", "+"),
        Wire("r", "r v", ((228, 204),)),
        Wire("v", "r v"),
        Wire("h_prev", "v", ((70, 332), (318, 332)), branch=(70, 54)),
        Wire("h_prev", "z", branch=(120, 332)),
        Wire("h_prev", "r", branch=(214, 332)),
        Wire("x", "u", ((70, 366), (404, 366))),
        Wire("x", "z", branch=(148, 366)),
        Wire("x", "r", branch=(242, 366)),
    ),
    names={
        "x": (70, 427, "middle"),
        "h_prev": (40, 59, "end"),
        "z": (143, 174, "start"),
        "r": (237, 236, "start"),
        "v": (327, 238, "start"),
        "u": (413, 238, "start"),
        "a_n": (437, 196, "middle"),
        "n": (477, 136, "start"),
        "h": (528, 59, "start"),
    },
)

GRAPHS = {"rnn_cell": RNN, "lstm_cell": LSTM, "gru_cell": GRU}


def draw(name: str, kit: Kit) -> list[Drawing]:
    """The picture of a cell."""
    graph = GRAPHS[name]
    drawing = Drawing(*graph.size, kit.say(name), kit.say(f"{name}.about"))
    symbols = kit.symbols(graph.cell)
    tex = {symbol.name: symbol.latex for symbol in symbols}
    words = {s.name: s.title[kit.lang].removesuffix(" gate") for s in symbols}
    draw_graph(drawing, graph, tex, words)
    return [drawing]
