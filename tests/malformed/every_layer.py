"""Calls that every layer must refuse."""

from __future__ import annotations

import numpy as np
import rnnref
import torch
from rnnref import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    NonFiniteError,
    ParameterNameError,
    ShapeError,
)

from malformed.case import B, Bad, CudaTensor, T, with_entry

EVERY_LAYER = [
    # Construction.
    Bad(
        "no features",
        lambda c: c.build(hidden_size=0),
        ArgumentValueError,
        "{kind}: hidden_size must be an int of at least 1, got 0",
    ),
    Bad(
        "negative size",
        lambda c: c.build(hidden_size=-5),
        ArgumentValueError,
        "{kind}: hidden_size must be an int of at least 1, got -5",
    ),
    Bad(
        "size is a bool", lambda c: c.build(hidden_size=True), ArgumentTypeError, "got True (bool)"
    ),
    Bad(
        "size is a float", lambda c: c.build(hidden_size=5.0), ArgumentTypeError, "got 5.0 (float)"
    ),
    Bad("size is text", lambda c: c.build(hidden_size="5"), ArgumentTypeError, "got '5' (str)"),
    Bad("size is None", lambda c: c.build(hidden_size=None), ArgumentTypeError, "got None"),
    Bad("size is a list", lambda c: c.build(hidden_size=[5, 5]), ArgumentTypeError, "(list)"),
    Bad("size is NaN", lambda c: c.build(hidden_size=float("nan")), ArgumentTypeError, "got nan"),
    Bad(
        "size is an array",
        lambda c: c.build(hidden_size=np.array([5])),
        ArgumentTypeError,
        "got array([5]) (numpy.ndarray)",
    ),
    # New parameters.
    Bad(
        "rng is a seed",
        lambda c: c.layer.init_params(42),
        ArgumentTypeError,
        "{kind}.init_params: rng must be a numpy.random.Generator, got int; "
        "np.random.default_rng(42) makes one",
    ),
    Bad("rng is None", lambda c: c.layer.init_params(None), ArgumentTypeError, "got None"),
    Bad(
        "rng is of the old kind",
        lambda c: c.layer.init_params(np.random.RandomState(0)),
        ArgumentTypeError,
        "got numpy.RandomState",
    ),
    Bad(
        "rng is a module", lambda c: c.layer.init_params(np.random), ArgumentTypeError, "got module"
    ),
    Bad(
        "new ints",
        lambda c: c.layer.init_params(c.rng, int),
        DtypeError,
        "{kind}.init_params: dtype must be float32, float64, longdouble, complex64, complex128 "
        "or clongdouble, got int64",
    ),
    Bad(
        "new halves",
        lambda c: c.layer.init_params(c.rng, np.float16),
        DtypeError,
        "got float16; np.float64 is usual",
    ),
    Bad(
        "dtype of torch",
        lambda c: c.layer.init_params(c.rng, torch.float64),
        DtypeError,
        "got torch.float64",
    ),
    Bad("dtype is None", lambda c: c.layer.init_params(c.rng, None), DtypeError, "got None"),
    Bad("dtype is a word", lambda c: c.layer.init_params(c.rng, "real"), DtypeError, "'real'"),
    # The dict of parameters.
    Bad(
        "no parameters",
        lambda c: c.layer.forward(None, c.x),
        ArgumentTypeError,
        "{kind}.forward: params must be a dict of numpy.ndarray, got None; its keys are {weight}",
    ),
    Bad(
        "parameters in a list",
        lambda c: c.layer.forward(list(c.params.values()), c.x),
        ArgumentTypeError,
        "got list; its keys are {weight}",
    ),
    Bad(
        "input first",
        lambda c: c.layer.forward(c.x, c.params),
        ArgumentTypeError,
        "params must be a dict of numpy.ndarray, got numpy.ndarray; are two arguments swapped?",
    ),
    Bad(
        "a module of torch",
        lambda c: c.layer.forward(torch.nn.Linear(5, 4), c.x),
        ArgumentTypeError,
        "got torch.Linear; convert it: {{k: v.detach().cpu().numpy() for k, v in "
        "module.state_dict().items()}}",
    ),
    Bad(
        "a state_dict of tensors",
        lambda c: c.layer.forward({k: torch.tensor(v) for k, v in c.params.items()}, c.x),
        ArgumentTypeError,
        "got torch.Tensor on cpu in it; convert it: {{k: v.detach().cpu().numpy() for k, v in "
        "params.items()}}",
    ),
    Bad(
        "parameters of the generated module",
        lambda c: c.layer.forward(rnnref.generated.lstm.Params(*[c.W] * 4), c.x),
        ArgumentTypeError,
        "got rnnref.generated.lstm.Params; dict(zip(layer.parameter_shapes, params))",
    ),
    Bad(
        "an empty dict",
        lambda c: c.layer.forward({}, c.x),
        ParameterNameError,
        "and no more; it lacks all of them",
    ),
    Bad(
        "one missing",
        lambda c: c.layer.forward({k: v for k, v in c.params.items() if k != c.weight}, c.x),
        ParameterNameError,
        "params must have {weight}, ; it lacks {weight}",
    ),
    Bad(
        "no biases",
        lambda c: c.layer.forward({k: v for k, v in c.params.items() if "bias" not in k}, c.x),
        ParameterNameError,
        "it lacks {bias}; is it from a network with bias=False? give biases of zeros",
    ),
    Bad("one too many", lambda c: c.run(gain=c.W), ParameterNameError, "it has 'gain'"),
    Bad(
        "key is a number",
        lambda c: c.layer.forward(c.params | {0: c.W}, c.x),
        ParameterNameError,
        "it has 0",
    ),
    Bad(
        "many too many",
        lambda c: c.run(**{f"fc{i}": c.W for i in range(9)}),
        ParameterNameError,
        "it has 'fc0', 'fc1', 'fc2', 'fc3', ...",
    ),
    Bad(
        "misspelt",
        lambda c: c.layer.forward(
            {k.replace("weight", "wieght"): v for k, v in c.params.items()}, c.x
        ),
        ParameterNameError,
        "did you mean '{weight}' where it has 'wieght",
    ),
    Bad(
        "in capitals",
        lambda c: c.layer.forward({k.upper(): v for k, v in c.params.items()}, c.x),
        ParameterNameError,
        "did you mean '{weight}' where it has 'W",
    ),
    Bad(
        "of a larger model",
        lambda c: c.layer.forward({f"net.core.{k}": v for k, v in c.params.items()}, c.x),
        ParameterNameError,
        "take the prefix off: {{k.removeprefix('net.core.'): v for k, v in ...}}",
    ),
    Bad(
        "of a second layer",
        lambda c: c.run(weight_ih_l1=c.W),
        ParameterNameError,
        "it has 'weight_ih_l1'; is it from a network with more layers",
    ),
    Bad(
        "of the other direction",
        lambda c: c.run(weight_hh_l0_reverse=c.W),
        ParameterNameError,
        "it has 'weight_hh_l0_reverse'; is it from a network with more layers, directions",
    ),
    Bad(
        "of a projection",
        lambda c: c.run(weight_hr_l0=c.W),
        ParameterNameError,
        "it has 'weight_hr_l0'; is it from a network with more layers, directions or a projection",
    ),
    # A weight.
    Bad(
        "transposed",
        lambda c: c.run(W=c.W.T),
        ShapeError,
        "{kind}.forward: {weight} must be ({rows}, {columns}) = ({n}, {d}), got ({d}, {n}); "
        "is it transposed?",
    ),
    Bad("weight in a row", lambda c: c.run(W=c.W.ravel()), ShapeError, "({n}, {d}), got"),
    Bad(
        "weight has an axis more",
        lambda c: c.run(W=c.W[None]),
        ShapeError,
        "got (1, {n}, {d}); take the first axis off: {weight}[0]",
    ),
    Bad("one column to broadcast", lambda c: c.run(W=c.W[:, :1]), ShapeError, "got ({n}, 1)"),
    Bad(
        "a column too many",
        lambda c: c.run(W=np.hstack([c.W, c.W[:, :1]])),
        ShapeError,
        "is it for {columns}=",
    ),
    Bad("a row missing", lambda c: c.run(W=c.W[:-1]), ShapeError, "= ({n}, {d}), got ("),
    Bad("another size", lambda c: c.run(W=np.vstack([c.W, c.W])), ShapeError, "is it "),
    Bad(
        "weight is a list",
        lambda c: c.run(W=c.W.tolist()),
        ArgumentTypeError,
        "{weight} must be a numpy.ndarray ({rows}, {columns}) = ({n}, {d}), got list; convert it: "
        "np.asarray({weight}, dtype=np.float64)",
    ),
    Bad(
        "weight is a tensor",
        lambda c: c.run(W=torch.tensor(c.W)),
        ArgumentTypeError,
        "got torch.Tensor on cpu; convert it: {weight}.detach().cpu().numpy()",
    ),
    Bad(
        "weight is a parameter of torch",
        lambda c: c.run(W=torch.nn.Parameter(torch.tensor(c.W))),
        ArgumentTypeError,
        "got torch.Parameter on cpu; convert it: {weight}.detach()",
    ),
    Bad(
        "weight is None", lambda c: c.run(W=None), ArgumentTypeError, "{weight} must be ; got None"
    ),
    Bad("weight is a number", lambda c: c.run(W=0.0), ArgumentTypeError, "got float"),
    Bad(
        "weight is masked",
        lambda c: c.run(W=np.ma.masked_array(c.W, c.W > 0)),
        ArgumentTypeError,
        "{weight} must be a numpy.ndarray ; got numpy.MaskedArray",
    ),
    Bad(
        "weight is of ints",
        lambda c: c.run(W=np.ones_like(c.W, dtype=int)),
        DtypeError,
        "{weight} must be float32, float64, ; got int64; convert it: {weight}.astype(np.float64)",
    ),
    Bad("weight is of halves", lambda c: c.run(W=c.W.astype("f2")), DtypeError, "got float16"),
    Bad("weight is of objects", lambda c: c.run(W=c.W.astype(object)), DtypeError, "got object"),
    Bad(
        "weights of two dtypes",
        lambda c: c.run(b=c.b.astype(np.float32)),
        DtypeError,
        "{bias} must be float64 as {weight} is, got float32; nothing is cast in silence: "
        "give all arrays as float64",
    ),
    Bad(
        "weight holds NaN",
        lambda c: c.run(W=with_entry(c.W, np.nan)),
        NonFiniteError,
        "{kind}.forward: {weight} must be finite, got nan at [; 1 of ; entries",
    ),
    Bad("weight holds inf", lambda c: c.run(W=with_entry(c.W, np.inf)), NonFiniteError, "got inf"),
    # A bias.
    Bad(
        "bias is a column",
        lambda c: c.run(b=c.b[:, None]),
        ShapeError,
        "{bias} must be ({rows},) = ({n},), got ({n}, 1); {bias}.reshape({n})",
    ),
    Bad("bias is a row", lambda c: c.run(b=c.b[None]), ShapeError, "({n},), got (1, {n})"),
    Bad("bias to broadcast", lambda c: c.run(b=c.b[:1]), ShapeError, "({n},), got (1,)"),
    Bad("bias has no axis", lambda c: c.run(b=np.array(0.0)), ShapeError, "({n},), got ()"),
    Bad("bias is False", lambda c: c.run(b=False), ArgumentTypeError, "{bias} must be ; got bool"),
    Bad("bias holds inf", lambda c: c.run(b=with_entry(c.b, -np.inf)), NonFiniteError, "got -inf"),
    # The input.
    Bad(
        "input is None",
        lambda c: c.layer.forward(c.params, None),
        ArgumentTypeError,
        "{kind}.forward: {x} must be a numpy.ndarray (T, B, {columns}) = (T, B, {d}), got None",
    ),
    Bad(
        "input is a list",
        lambda c: c.run(c.x.tolist()),
        ArgumentTypeError,
        "got list; convert it: np.asarray({x}, dtype=np.float64)",
    ),
    Bad("input is a number", lambda c: c.run(1.0), ArgumentTypeError, "{x} must be ; got float"),
    Bad("input is text", lambda c: c.run("abc"), ArgumentTypeError, "{x} must be ; got str"),
    Bad(
        "input is a tensor",
        lambda c: c.run(torch.tensor(c.x)),
        ArgumentTypeError,
        "got torch.Tensor on cpu; convert it: {x}.detach().cpu().numpy()",
    ),
    Bad(
        "input is a tensor without data",
        lambda c: c.run(torch.empty(T, B, 3, device="meta")),
        ArgumentTypeError,
        "got torch.Tensor on meta",
    ),
    Bad(
        "input is on a GPU",
        lambda c: c.run(CudaTensor()),
        ArgumentTypeError,
        "got torch.CudaTensor on cuda:0; convert it: {x}.detach().cpu().numpy()",
    ),
    Bad(
        "input is a matrix",
        lambda c: c.run(c.x[0].view(np.matrix)),
        ArgumentTypeError,
        "got numpy.matrix",
    ),
    Bad("input is masked", lambda c: c.run(np.ma.array(c.x)), ArgumentTypeError, "MaskedArray"),
    Bad(
        "input is of ints",
        lambda c: c.run(c.x.astype(np.int32)),
        DtypeError,
        "{x} must be float32, float64, ; got int32; convert it: {x}.astype(np.float64)",
    ),
    Bad("input is of bools", lambda c: c.run(c.x > 0), DtypeError, "got bool"),
    Bad("input is of halves", lambda c: c.run(c.x.astype("f2")), DtypeError, "got float16"),
    Bad("input is of objects", lambda c: c.run(c.x.astype(object)), DtypeError, "got object"),
    Bad("input is of words", lambda c: c.run(c.x.astype(str)), DtypeError, "got <U"),
    Bad("input has swapped bytes", lambda c: c.run(c.x.astype(">f8")), DtypeError, "got >f8"),
    Bad(
        "input is of single precision",
        lambda c: c.run(c.x.astype(np.float32)),
        DtypeError,
        "{x} must be float64 as {weight} is, got float32; nothing is cast in silence",
    ),
    Bad(
        "input is complex",
        lambda c: c.run(c.x + 0j),
        DtypeError,
        "{x} must be float64 as {weight} is, got complex128; ; give all arrays as complex128",
    ),
    Bad(
        "input without a batch",
        lambda c: c.run(c.x[:, 0]),
        ShapeError,
        "(T, B, {columns}) = (T, B, {d}), got (7, {d}); {x}[:, None] if it is one sequence, "
        "{x}[None] if it is one step",
    ),
    Bad("input of one axis", lambda c: c.run(c.x[0, 0]), ShapeError, "(T, B, {d}), got ({d},)"),
    Bad(
        "input of four axes",
        lambda c: c.run(c.x[None]),
        ShapeError,
        "got (1, 7, 2, {d}); take the first axis off: {x}[0]",
    ),
    Bad(
        "features in the middle",
        lambda c: c.run(np.swapaxes(c.x, 1, 2)),
        ShapeError,
        "got (7, {d}, 2); is its last axis at another place?",
    ),
    Bad("a feature missing", lambda c: c.run(c.x[..., 1:]), ShapeError, "(T, B, {d}), got (7, 2"),
    Bad("features to broadcast", lambda c: c.run(c.x[..., :1]), ShapeError, "got (7, 2, 1)"),
    Bad(
        "no steps",
        lambda c: c.run(c.x[:0]),
        ShapeError,
        "with T and B of at least 1, got (0, 2, {d})",
    ),
    Bad(
        "no sequences",
        lambda c: c.run(c.x[:, :0]),
        ShapeError,
        "with T and B of at least 1, got (7, 0, {d})",
    ),
    Bad(
        "input holds NaN",
        lambda c: c.run(with_entry(c.x, np.nan)),
        NonFiniteError,
        "{kind}.forward: {x} must be finite, got nan at [6, 1, ; 1 of ",
    ),
    Bad("input holds inf", lambda c: c.run(with_entry(c.x, -np.inf)), NonFiniteError, "got -inf"),
    # Backward.
    Bad(
        "gradient first",
        lambda c: c.layer.backward(c.d_y, c.tape),
        ArgumentTypeError,
        "{kind}.backward: tape must be the rnnref.Tape that forward returned, got numpy.ndarray",
    ),
    Bad("no tape", lambda c: c.layer.backward(None, c.d_y), ArgumentTypeError, "got None"),
    Bad(
        "all that forward returned",
        lambda c: c.layer.backward(c.run(), c.d_y),
        ArgumentTypeError,
        "got tuple; it is the last of what forward returns",
    ),
    Bad(
        "tape of the generated module",
        lambda c: c.layer.backward(c.tape.layers[0], c.d_y),
        ArgumentTypeError,
        "got rnnref.generated.",
    ),
    Bad(
        "tape of another layer",
        lambda c: c.layer.backward(
            c.other.forward(c.other.init_params(c.rng), np.ones((T, B, 3)))[-1], c.d_y
        ),
        ArgumentValueError,
        "{kind}.backward: tape must be of {kind}(; got the tape of ",
    ),
    Bad(
        "tape of another size",
        lambda c: c.build(hidden_size=6).backward(c.tape, c.d_y),
        ArgumentValueError,
        "hidden_size=6; got the tape of {kind}(; hidden_size=5",
    ),
    Bad(
        "gradient is a number",
        lambda c: c.back(1.0),
        ArgumentTypeError,
        "{kind}.backward: d_y must be a numpy.ndarray (T, B, ; = (7, 2, {K}), got float",
    ),
    Bad("gradient is a scalar of NumPy", lambda c: c.back(c.d_y.sum()), ArgumentTypeError, "float"),
    Bad("gradient is a list", lambda c: c.back(c.d_y.tolist()), ArgumentTypeError, "got list"),
    Bad(
        "gradient is a tensor",
        lambda c: c.back(torch.tensor(c.d_y)),
        ArgumentTypeError,
        "convert it: d_y.detach().cpu().numpy()",
    ),
    Bad(
        "gradient of the last step alone",
        lambda c: c.back(c.d_y[-1]),
        ShapeError,
        "= (7, 2, {K}), got (2, {K}); the axis of time is missing",
    ),
    Bad("gradient to broadcast over time", lambda c: c.back(c.d_y[:1]), ShapeError, "got (1, 2, "),
    Bad("gradient to broadcast over batch", lambda c: c.back(c.d_y[:, :1]), ShapeError, "(7, 1, "),
    Bad(
        "gradient with batch first",
        lambda c: c.back(np.swapaxes(c.d_y, 0, 1)),
        ShapeError,
        "got (2, 7, {K}); are the first two axes swapped (batch first)? np.swapaxes(d_y, 0, 1)",
    ),
    Bad("gradient of another size", lambda c: c.back(c.d_y[..., 1:]), ShapeError, "d_y must be"),
    Bad("gradient is of ints", lambda c: c.back(c.d_y.astype(int)), DtypeError, "got int64"),
    Bad(
        "gradient of single precision",
        lambda c: c.back(c.d_y.astype(np.float32)),
        DtypeError,
        "d_y must be float64 as the tape is, got float32",
    ),
    Bad(
        "gradient holds NaN",
        lambda c: c.back(with_entry(c.d_y, np.nan)),
        NonFiniteError,
        "{kind}.backward: d_y must be finite, got nan",
    ),
    # Forward mode.
    Bad(
        "jvp of no tape",
        lambda c: c.layer.jvp(c.x, c.tape),
        ArgumentTypeError,
        "{kind}.jvp: tape must be the rnnref.Tape",
    ),
    Bad(
        "no tangent", lambda c: c.jvp(None), ArgumentValueError, "{kind}.jvp: all tangents are None"
    ),
    Bad(
        "tangent of another shape",
        lambda c: c.jvp(c.x[:-1]),
        ShapeError,
        "{kind}.jvp: {x}_dot must be (T, B, {columns}) = (7, 2, {d}), got (6, 2, {d})",
    ),
    Bad("tangent of ints", lambda c: c.jvp(c.x.astype(int)), DtypeError, "{x}_dot must be"),
    Bad("tangent holds inf", lambda c: c.jvp(c.x * np.inf), NonFiniteError, "{x}_dot must be"),
    Bad(
        "tangents of some parameters",
        lambda c: c.jvp(c.x, params_dot={c.weight: c.W}),
        ParameterNameError,
        "{kind}.jvp: params_dot must have {weight}, ; it lacks ",
    ),
    Bad(
        "tangent of a weight transposed",
        lambda c: c.jvp(c.x, params_dot=c.but(W=c.W.T)),
        ShapeError,
        "params_dot['{weight}'] must be ({rows}, {columns}) = ({n}, {d}), ; is it transposed?",
    ),
    Bad(
        "tangent of a weight in single precision",
        lambda c: c.jvp(c.x, params_dot=c.but(W=c.W.astype("f4"))),
        DtypeError,
        "params_dot['{weight}'] must be float64 as the tape is, got float32",
    ),
]
