"""Operators of a forward pass: what one rank computes and moves, each kernel counted once."""

from __future__ import annotations

from rackwright.base.record import Num, replace
from rackwright.performance.feed_forward_operators import feed_forward_operators
from rackwright.performance.kernels import Layer, Operators, elementwise, product, unquantised
from rackwright.performance.mixer_operators import attended, kv_width, mixer_operators
from rackwright.performance.records import Mapping, Operator, TokenShape
from rackwright.workload.records import Architecture, LayerGroup, Precision

__all__ = ["attended", "decode_shape", "kv_width", "layer_operators", "model_operators", "prefill_shape"]


def model_operators(architecture: Architecture, shape: TokenShape, mapping: Mapping, precision: Precision) -> Operators:
    """List the operators of one forward pass of one micro-batch on one rank of the mean pipeline stage.

    Every layer type appears once with

        count = layers / pp                                                                               (1)

    and so do embedding and output head with count 1 / pp: the pass through all stages takes pp times the sum over the
    list. Order: layers, embedding, output head, multi-token prediction. The output head runs on the last token of
    each sequence in a prefill and on every token otherwise. The multi-token-prediction layers run in training only,
    each with its projection and its use of the output head.

    In a mixture of experts `mapping.dp` is the number of attention replicas that share one set of experts.

    Shapes: all fields of `shape` and `mapping` are numbers or (designs, 1).
    """
    norms = architecture.norms_per_layer * architecture.residual_streams
    found: list[Operator] = []
    for group in architecture.layers:
        found += layer_operators(group, shape, mapping, precision, architecture.hidden, norms)
    stage = Layer(architecture.hidden, norms, 1.0 / mapping.pp, shape, mapping, precision)
    gathered = elementwise("embedding", 2.0 * shape.tokens * architecture.hidden, 1.0, stage)
    found += [replace(gathered, family="embedding"), _output_head(architecture, stage)]
    if shape.phase == "training":
        for group in architecture.mtp_layers:
            found += layer_operators(group, shape, mapping, precision, architecture.hidden, norms)
            found += _prediction(architecture, _repeated(stage, group.count))
    return tuple(found)


def layer_operators(
    group: LayerGroup, shape: TokenShape, mapping: Mapping, precision: Precision, hidden: int, norms: int = 2
) -> Operators:
    """List the operators of one layer type on one rank: token mixer, then feed-forward.

    count = layers / pp     (1)

    See `mixer_operators` and `feed_forward_operators` for what is counted.
    """
    layer = Layer(hidden, norms, group.count / mapping.pp, shape, mapping, precision)
    return mixer_operators(group.attention, layer) + feed_forward_operators(group.feed_forward, layer)


def prefill_shape(new: Num, past: Num, sequences: Num = 1.0) -> TokenShape:
    """Return the tokens of `sequences` prompts of `new` tokens after `past` cached ones.

    context = past + (new + 1) / 2     (1)
    """
    return TokenShape(new * sequences, sequences, past + 0.5 * (new + 1.0), past, "prefill")


def decode_shape(sequences: Num, context: Num) -> TokenShape:
    """Return one new token for each of `sequences` that hold `context` tokens on average, tokens = sequences (1)."""
    return TokenShape(sequences, sequences, context, context - 1.0, "decode")


def _repeated(layer: Layer, factor: float) -> Layer:
    return Layer(layer.hidden, layer.norms, factor * layer.count, layer.shape, layer.mapping, layer.precision)


def _output_head(architecture: Architecture, stage: Layer) -> Operator:
    """The head is split over the vocabulary by tp, and keeps its weights in the activation format."""
    shape = stage.shape
    rows = shape.sequences if shape.phase == "prefill" else shape.tokens
    columns = architecture.vocabulary / stage.mapping.tp
    return unquantised(product("output head", (rows, columns, float(stage.hidden)), stage), stage.precision)


def _prediction(architecture: Architecture, stage: Layer) -> Operators:
    """A multi-token-prediction layer joins two streams of model width and uses the output head again."""
    hidden = float(stage.hidden)
    return (product("join", (stage.shape.tokens, hidden, 2.0 * hidden), stage), _output_head(architecture, stage))
