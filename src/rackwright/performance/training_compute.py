"""What one rank computes for one micro-batch: forward, backward, and what is computed again.

A matrix product forward has two of its size backward: the gradient of its input and the gradient of its weight. The
attention core has the factor of its kernel (2.5 where scores are computed again on chip). Element-wise kernels read and
write about twice as much backward.

References
----------
[1] Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, arXiv 2205.05198, appendix A.
[2] Dao, FlashAttention-2, arXiv 2307.08691, section 3.1.2.
"""

from __future__ import annotations

from collections.abc import Iterable

from rackwright.base import ops
from rackwright.base.record import Num, field, record, replace
from rackwright.performance.operators import model_operators
from rackwright.performance.records import Operator, TokenShape
from rackwright.performance.roofline import Rates, kernel_time, rates_of
from rackwright.performance.training_run import Run, expert_split, rank_tokens, sequence_ways

_MATRICES = ("gemm", "grouped_gemm")


@record
class Load:
    """One micro-batch forward through one place of the model (mean layer, embedding or head), on one rank."""

    matrices: Num = field("s", "matrix products")
    attention: Num = field("s", "attention core")
    elementwise: Num = field("s", "norms, activations, look-ups")
    flops: Num = field("1", "operations of the matrix products")
    attention_flops: Num = field("1", "operations of the attention core, causal")
    traffic: Num = field("1", "bytes moved")

    @property
    def time(self) -> Num:
        """Forward time [s]."""
        return self.matrices + self.attention + self.elementwise


@record
class Loads:
    """The three places of the model."""

    layer: Load = field("", "the mean layer")
    embedding: Load = field("", "the embedding")
    head: Load = field("", "output head, loss, and multi-token prediction where there is one")


def loads(run: Run) -> Loads:
    """Time one forward micro-batch in each place of the model.

    layer = sum over layer types of count t_type / L                                                         (1)

    The busiest expert-parallel rank sets the pace of the expert products, so these take the imbalance fact more time.
    """
    mapping = replace(run.mapping, pp=1.0, dp=run.mapping.ep * expert_split(run.mapping) / run.mapping.tp)
    sequence = run.job.sequence_length
    shape = TokenShape(
        tokens=rank_tokens(run),
        sequences=run.mapping.micro_batch,
        context=0.5 * (sequence + 1.0),
        phase="training",
    )
    operators = model_operators(run.architecture, shape, mapping, run.precision)
    rates = rates_of(run.chip, run.stack.kernels)
    at = next(place for place, operator in enumerate(operators) if operator.family == "embedding")
    layer = _load(run, operators[:at], rates)
    share = 1.0 / run.architecture.depth
    return Loads(
        layer=Load(**{name: getattr(layer, name) * share for name in _LOAD_FIELDS}),
        embedding=_load(run, operators[at : at + 1], rates),
        head=_load(run, operators[at + 1 :], rates),
    )


_TIMES = ("matrices", "attention", "elementwise")
_LOAD_FIELDS = (*_TIMES, "flops", "attention_flops", "traffic")


def _load(run: Run, operators: Iterable[Operator], rates: Rates) -> Load:
    parts: dict[str, list[Num]] = {name: [] for name in _LOAD_FIELDS}
    for operator in (_sequence_split(run, listed) for listed in operators):
        if operator.family in _MATRICES:
            uneven = run.stack.training.expert_imbalance if operator.family == "grouped_gemm" else 1.0
            parts["matrices"].append(kernel_time(operator, rates) * uneven)
            parts["flops"].append(operator.count * operator.flops)
        elif operator.family == "attention_prefill":
            parts["attention"].append(_attention_time(run, operator, rates))
            parts["attention_flops"].append(operator.count * operator.flops)
        else:
            parts["elementwise"].append(kernel_time(operator, rates))
        moved = operator.weight_bytes + operator.activation_bytes + operator.kv_bytes
        parts["traffic"].append(operator.count * moved)
    return Load(**{name: ops.summed(listed) for name, listed in parts.items()})


def _attention_time(run: Run, operator: Operator, rates: Rates) -> Num:
    """Time of the attention core: one fused kernel, or products over the whole square and passes over the scores."""
    facts, fused = run.stack.training, run.stack.training.fused_attention
    square = run.job.sequence_length / operator.n
    products = operator.flops * square * rates[operator.family, "bf16"].operation_time
    scores = operator.flops / (4.0 * operator.k) * square
    passes = scores * facts.score_traffic / (run.chip.memory_bandwidth * run.stack.efficiency.elementwise_bandwidth)
    return fused * kernel_time(operator, rates) + (1.0 - fused) * operator.count * (products + passes)


def _sequence_split(run: Run, operator: Operator) -> Operator:
    """Take off what sequence parallelism spares a rank: its share of the norms and residuals of a layer's half."""
    if operator.family != "elementwise":
        return operator
    norms = 2.0 * run.architecture.norms_per_layer * run.architecture.hidden
    whole = norms * rank_tokens(run) * run.precision.activation_bytes
    spared = ops.minimum(whole, operator.activation_bytes) * (1.0 - 1.0 / sequence_ways(run.mapping))
    return replace(operator, activation_bytes=operator.activation_bytes - spared)


def backward_parts(load: Load, run: Run) -> dict[str, Num]:
    """Return the backward times of one micro-batch in one place [s].

    matrices = 2 t,   attention = f t,   element-wise = 2 t                                                  (2)
    """
    return {
        "matrices": 2.0 * load.matrices,
        "attention": _times(run.stack.training.attention_backward, load.attention),
        "elementwise": 2.0 * load.elementwise,
    }


def _times(factor: Num, time: Num) -> Num:
    """Scale a time; the bare nought of what is absent stays bare, so that it fits every dimension."""
    return time if isinstance(time, float) and time == 0.0 else factor * time


@record
class Again:
    """Shares of the forward pass that are computed again before backward."""

    matrices: Num = field("1", "of the matrix products")
    attention: Num = field("1", "of the attention core")
    elementwise: Num = field("1", "of the element-wise kernels")


def computed_again(run: Run) -> Again:
    """Return what the recompute policy repeats: what is cheap to repeat for the memory it frees [1, 3].

    full:       r = (1, 1, 1) for matrices, attention core, element-wise                                     (3)
    selective:  r = (0, 1, 0) where scores went to memory, (0, 0, 1) where the attention kernel is fused     (4)

    A fused kernel's backward computes its scores again in any case; what is left to spare is the outputs of norms and
    of the gated product.

    References
    ----------
    [3] DeepSeek-AI, DeepSeek-V3, arXiv 2412.19437, section 3.2.3: norms computed again in backward.
    """
    policy = run.mapping.recompute
    whole = ops.where(policy > 1.5, 1.0, 0.0)
    selective = ops.where((policy > 0.5) & (policy < 1.5), 1.0, 0.0)
    fused = run.stack.training.fused_attention
    return Again(
        matrices=whole,
        attention=whole + selective * (1.0 - fused),
        elementwise=whole + selective * fused,
    )


def recompute_time(load: Load, run: Run) -> Num:
    """Return the time one layer spends on computing again what was not kept, for one micro-batch [s].

    T = r_matrices t_matrices + r_attention t_attention + r_elementwise t_elementwise                        (5)
    """
    again = computed_again(run)
    return ops.summed(_times(getattr(again, name), getattr(load, name)) for name in _TIMES)


NOTHING_AGAIN = Again(matrices=0.0, attention=0.0, elementwise=0.0)


def executed_flops(load: Load, run: Run, again: Again) -> Num:
    """Return the operations one micro-batch executes in one place, forward, backward and again.

    F = (3 + r_matrices) F_matrices + (1 + f + r_attention) u F_attention                                    (6)

    u = 1 for fused causal attention; unfused products cover the whole square, u = 2.
    """
    facts = run.stack.training
    square = 2.0 - facts.fused_attention
    passes = 1.0 + facts.attention_backward + again.attention
    return (3.0 + again.matrices) * load.flops + passes * square * load.attention_flops


def model_flops(load: Load) -> Num:
    """Return the operations the model needs for one micro-batch in one place, whatever is executed.

    F = 3 (F_matrices + F_attention)        = 6 N_active per token, and causal attention                     (7)
    """
    return 3.0 * (load.flops + load.attention_flops)
