"""Calls that networks must refuse: settings, lengths, masks, truncation, second order."""

from __future__ import annotations

import numpy as np
import torch
from rnnref import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    NonFiniteError,
    ParameterNameError,
    ShapeError,
)

from malformed.case import B, Bad, T

SETTINGS = [
    Bad(
        "no layers",
        lambda c: c.build(num_layers=0),
        ArgumentValueError,
        "{kind}: num_layers must be an int of at least 1, got 0",
    ),
    Bad("half a layer", lambda c: c.build(num_layers=1.5), ArgumentTypeError, "got 1.5 (float)"),
    Bad("layers are a bool", lambda c: c.build(num_layers=True), ArgumentTypeError, "(bool)"),
    Bad("layers by size", lambda c: c.build(num_layers=[5, 5]), ArgumentTypeError, "(list)"),
    Bad(
        "bias is a number",
        lambda c: c.build(bias=0),
        ArgumentTypeError,
        "{kind}: bias must be True or False, got 0",
    ),
    Bad("bias is None", lambda c: c.build(bias=None), ArgumentTypeError, "got None"),
    Bad(
        "directions by number",
        lambda c: c.build(bidirectional=2),
        ArgumentTypeError,
        "{kind}: bidirectional must be True or False, got 2",
    ),
    Bad(
        "directions by a bool of NumPy",
        lambda c: c.build(bidirectional=np.True_),
        ArgumentTypeError,
        "bidirectional must be True or False, got np.True_",
    ),
    Bad(
        "dropout is text",
        lambda c: c.build(num_layers=2, dropout="0.5"),
        ArgumentTypeError,
        "{kind}: dropout must be a number from 0 to 1, got '0.5' (str)",
    ),
    Bad("dropout is None", lambda c: c.build(dropout=None), ArgumentTypeError, "got None"),
    Bad("dropout is a bool", lambda c: c.build(dropout=True), ArgumentTypeError, "True (bool)"),
    Bad(
        "dropout is negative",
        lambda c: c.build(num_layers=2, dropout=-0.1),
        ArgumentValueError,
        "from 0 to 1, got -0.1",
    ),
    Bad(
        "dropout in percent",
        lambda c: c.build(num_layers=2, dropout=50),
        ArgumentValueError,
        "from 0 to 1, got 50; is it a percentage? write 0.5",
    ),
    Bad(
        "dropout is NaN",
        lambda c: c.build(num_layers=2, dropout=float("nan")),
        ArgumentValueError,
        "from 0 to 1, got nan",
    ),
    Bad(
        "dropout with one layer",
        lambda c: c.build(dropout=0.5),
        ArgumentValueError,
        "{kind}: dropout must be 0 where num_layers is 1, got 0.5; it acts between layers",
    ),
]

PARAMETERS = [
    Bad(
        "parameters of one layer for two",
        lambda c: c.build(num_layers=2).forward(c.params, c.x),
        ParameterNameError,
        "it lacks weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1; with fewer layers",
    ),
    Bad(
        "parameters of one direction for two",
        lambda c: c.build(bidirectional=True).forward(c.params, c.x),
        ParameterNameError,
        "it lacks weight_ih_l0_reverse, ; with fewer layers or directions?",
    ),
    Bad(
        "biases for none",
        lambda c: c.build(bias=False).forward(c.params, c.x),
        ParameterNameError,
        "it has 'bias_ih_l0', 'bias_hh_l0'; is it from a network with bias=True",
    ),
    Bad(
        "second layer that reads the input",
        lambda c: c.net(weight_ih_l1=np.ones((c.W.shape[0], 3))),
        ShapeError,
        "weight_ih_l1 must be ({rows}, 2·hidden_size) = ({n}, 10), got ({n}, 3)",
    ),
    Bad(
        "second layer that reads one direction",
        lambda c: c.net(weight_ih_l1=np.ones((c.W.shape[0], 5))),
        ShapeError,
        "2·hidden_size) = ({n}, 10), got ({n}, 5)",
    ),
    Bad(
        "state of one layer for two",
        lambda c: c.net(c.state),
        ShapeError,
        "state.h must be (2·num_layers, B, hidden_size) = (4, 2, 5), got (1, 2, 5); "
        "its first axis counts layers and directions, here 4",
    ),
    Bad(
        "tape of one layer for two",
        lambda c: c.build(num_layers=2).backward(c.tape, c.d_y),
        ArgumentValueError,
        "num_layers=2; got the tape of {kind}(",
    ),
    Bad(
        "gradient of one direction",
        lambda c: c.deep.backward(c.net()[-1], c.d_y),
        ShapeError,
        "d_y must be (T, B, 2·hidden_size) = (7, 2, 10), got (7, 2, 5)",
    ),
]

LENGTHS = [
    Bad(
        "length of zero",
        lambda c: c.net(lengths=np.array([7, 0])),
        ArgumentValueError,
        "{kind}.forward: lengths must be from 1 to T = 7, got 0 at [1]",
    ),
    Bad("length below zero", lambda c: c.net(lengths=[-1, 7]), ArgumentValueError, "got -1 at [0]"),
    Bad("length beyond T", lambda c: c.net(lengths=[7, 8]), ArgumentValueError, "got 8 at [1]"),
    Bad("length beyond all", lambda c: c.net(lengths=[7, 2**70]), ArgumentValueError, "at [1]"),
    Bad(
        "a length for each step",
        lambda c: c.net(lengths=np.ones(T, int)),
        ShapeError,
        "lengths must be (B,) = (2,), got (7,)",
    ),
    Bad("no length at all", lambda c: c.net(lengths=[]), ShapeError, "= (2,), got (0,)"),
    Bad("lengths in a column", lambda c: c.net(lengths=np.ones((B, 1), int)), ShapeError, "(2, 1)"),
    Bad(
        "one length for all",
        lambda c: c.net(lengths=7),
        ArgumentTypeError,
        "lengths must be a numpy.ndarray (B,) = (2,), got int",
    ),
    Bad(
        "lengths are floats",
        lambda c: c.net(lengths=np.array([7.0, 3.0])),
        DtypeError,
        "lengths must be of an integer dtype, got float64; nothing is cast in silence",
    ),
    Bad(
        "lengths are a list of floats",
        lambda c: c.net(lengths=[7, 3.0]),
        ArgumentTypeError,
        "lengths must be of ints, got 3.0 (float) among them",
    ),
    Bad(
        "lengths are a nested list", lambda c: c.net(lengths=[[7, 3]]), ArgumentTypeError, "(list)"
    ),
    Bad("lengths are bools", lambda c: c.net(lengths=[True, True]), ArgumentTypeError, "(bool)"),
    Bad(
        "a mask for lengths",
        lambda c: c.net(lengths=np.ones((T, B), bool)),
        DtypeError,
        "integer dtype, got bool",
    ),
    Bad(
        "lengths are a tensor",
        lambda c: c.net(lengths=torch.tensor([7, 3])),
        ArgumentTypeError,
        "got torch.Tensor on cpu; convert it: lengths.detach().cpu().numpy()",
    ),
]

MASKS = [
    Bad(
        "masks and a generator",
        lambda c: c.net(masks=c.masks, rng=c.rng),
        ArgumentValueError,
        "{kind}.forward: masks and rng are both given; give one of them",
    ),
    Bad(
        "masks without dropout",
        lambda c: c.layer.forward(c.params, c.x, masks=c.masks),
        ArgumentValueError,
        "masks must be left out where dropout is 0: nothing is dropped",
    ),
    Bad(
        "a generator without dropout",
        lambda c: c.layer.forward(c.params, c.x, rng=c.rng),
        ArgumentValueError,
        "rng must be left out where dropout is 0",
    ),
    Bad(
        "a seed for a generator",
        lambda c: c.net(rng=3),
        ArgumentTypeError,
        "{kind}.forward: rng must be a numpy.random.Generator, got int; np.random.default_rng(3)",
    ),
    Bad(
        "masks are numbers",
        lambda c: c.net(masks=2.0 * c.masks),
        DtypeError,
        "masks must be of bools, True where kept, got float64; they are not scaled",
    ),
    Bad(
        "masks are a list",
        lambda c: c.net(masks=c.masks.tolist()),
        ArgumentTypeError,
        "got list; convert it: np.asarray(masks, dtype=bool)",
    ),
    Bad(
        "a mask for every layer",
        lambda c: c.net(masks=np.concatenate([c.masks, c.masks])),
        ShapeError,
        "masks must be (num_layers - 1, T, B, 2·hidden_size) = (1, 7, 2, 10), got (2, 7, 2, 10)",
    ),
    Bad("one mask for all steps", lambda c: c.net(masks=c.masks[:, :1]), ShapeError, "(1, 1, 2,"),
    Bad(
        "masks without their first axis",
        lambda c: c.net(masks=c.masks[0]),
        ShapeError,
        "(1, 7, 2, 10), got (7, 2, 10)",
    ),
    Bad(
        "something kept where all is dropped",
        lambda c: c.build(num_layers=2, dropout=1).forward(
            c.build(num_layers=2).init_params(c.rng), c.x, masks=c.masks[..., :5]
        ),
        ArgumentValueError,
        "masks must be False everywhere where dropout is 1; divided by 1 - dropout",
    ),
]

TRUNCATION = [
    Bad(
        "pieces of no steps",
        lambda c: c.layer.truncated_backward(c.tape, 0, c.d_y),
        ArgumentValueError,
        "{kind}.truncated_backward: steps must be an int of at least 1, got 0",
    ),
    Bad(
        "pieces of half steps",
        lambda c: c.layer.truncated_backward(c.tape, 2.5, c.d_y),
        ArgumentTypeError,
        "steps must be an int of at least 1, got 2.5 (float)",
    ),
    Bad(
        "gradient in place of steps",
        lambda c: c.layer.truncated_backward(c.tape, c.d_y),
        ArgumentTypeError,
        "steps must be an int of at least 1, got numpy.ndarray",
    ),
    Bad(
        "no gradient to truncate",
        lambda c: c.layer.truncated_backward(c.tape, 2),
        ArgumentValueError,
        "d_y and d_state are both None",
    ),
    Bad(
        "truncation in both directions",
        lambda c: c.deep.truncated_backward(c.net()[-1], 2, np.ones((T, B, 10))),
        ArgumentValueError,
        "{kind}.truncated_backward: bidirectional must be False; of later ones",
    ),
]

SECOND_ORDER = [
    Bad(
        "gradients that do not move",
        lambda c: c.layer.backward_jvp(c.tape, c.d_y),
        ArgumentValueError,
        "{kind}.backward_jvp: all tangents are None",
    ),
    Bad(
        "no gradient that could move",
        lambda c: c.layer.backward_jvp(c.tape, x_dot=c.x),
        ArgumentValueError,
        "d_y, d_state and their tangents are all None",
    ),
    Bad(
        "moving input of another shape",
        lambda c: c.layer.backward_jvp(c.tape, c.d_y, x_dot=c.x[:3]),
        ShapeError,
        "{kind}.backward_jvp: x_dot must be (T, B, input_size) = (7, 2, 3), got (3, 2, 3)",
    ),
    Bad(
        "moving gradient of another shape",
        lambda c: c.layer.backward_jvp(c.tape, c.d_y, d_y_dot=c.d_y[..., 1:]),
        ShapeError,
        "d_y_dot must be (T, B, hidden_size) = (7, 2, 5), got (7, 2, 4)",
    ),
    Bad(
        "moving gradient of the state is an array",
        lambda c: c.layer.backward_jvp(c.tape, c.d_y, d_state_dot=c.h),
        ArgumentTypeError,
        "{kind}.backward_jvp: d_state_dot must be a rnnref.",
    ),
    Bad(
        "moving parameters, some",
        lambda c: c.layer.backward_jvp(c.tape, c.d_y, params_dot={"bias_ih_l0": c.b}),
        ParameterNameError,
        "{kind}.backward_jvp: params_dot must have weight_ih_l0, ; it lacks weight_ih_l0",
    ),
    Bad(
        "moving gradient holds NaN",
        lambda c: c.layer.backward_jvp(c.tape, c.d_y, d_y_dot=c.d_y * np.nan),
        NonFiniteError,
        "d_y_dot must be finite",
    ),
]

NETWORKS = [*SETTINGS, *PARAMETERS, *LENGTHS, *MASKS, *TRUNCATION, *SECOND_ORDER]

PROJECTION = [
    Bad(
        "projection to the same size",
        lambda c: c.build(proj_size=5),
        ArgumentValueError,
        "LSTM: proj_size must be less than hidden_size = 5, got 5",
    ),
    Bad("projection to less than none", lambda c: c.build(proj_size=-1), ArgumentValueError, "-1"),
    Bad("projection is a bool", lambda c: c.build(proj_size=False), ArgumentTypeError, "(bool)"),
    Bad("projection is None", lambda c: c.build(proj_size=None), ArgumentTypeError, "got None"),
    Bad("projection is a float", lambda c: c.build(proj_size=2.0), ArgumentTypeError, "(float)"),
    Bad(
        "recurrent weight of the unprojected state",
        lambda c: c.build(proj_size=2).forward(c.params | {"weight_hr_l0": np.ones((2, 5))}, c.x),
        ShapeError,
        "weight_hh_l0 must be (4·hidden_size, proj_size) = (20, 2), got (20, 5); for proj_size=5?",
    ),
    Bad(
        "h that was not projected",
        lambda c: c.build(proj_size=2).forward(
            c.build(proj_size=2).init_params(c.rng), c.x, c.state
        ),
        ShapeError,
        "state.h must be (1, B, proj_size) = (1, 2, 2), got (1, 2, 5)",
    ),
    Bad(
        "no projection weight",
        lambda c: c.build(proj_size=2).forward(c.params, c.x),
        ParameterNameError,
        "and no more; it lacks weight_hr_l0",
    ),
]
