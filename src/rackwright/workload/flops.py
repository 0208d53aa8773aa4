"""Floating-point operations of a forward pass, from the architecture alone: a cross-check for the performance room.

References
----------
[1] Kaplan et al., Scaling laws for neural language models, 2020, section 2.1.
[2] Korthikanti et al., Reducing activation recomputation in large transformer models, 2022, appendix A.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.workload.parameters import parameter_breakdown
from rackwright.workload.records import Architecture, Attention

_LOOKED_UP = ("embedding", "positions")


def matmul_parameters(architecture: Architecture) -> float:
    """Return the parameters one token multiplies with: the active ones without the embedding lookup.

    N_mm = N_active - V h (1 - tied)     (1)
    """
    parts = parameter_breakdown(architecture, active=True)
    looked_up = float(sum(parts.get(name, 0.0) for name in _LOOKED_UP))
    head = float(parts["embedding"]) if architecture.tied_embeddings else 0.0
    return float(parts.total) - looked_up + head


def _reached(last: Num, window: float) -> Num:
    """Sum of min(p, window) over positions p = 1..last."""
    inside = ops.minimum(last, window) if window else last
    rest = (last - inside) * window if window else 0.0
    return inside * (inside + 1.0) / 2.0 + rest


def attended_pairs(tokens: Num, context: Num, window: float = 0.0) -> Num:
    """Return how many (query, key) pairs `tokens` new tokens form after `context` earlier ones.

    P = S(L + t) - S(L),  S(n) = sum over p = 1..n of min(p, w)     (1)
    """
    return _reached(context + tokens, window) - _reached(context, window)


def mixer_flops(attention: Attention, tokens: Num, context: Num) -> Num:
    """Return the operations of one token mixer beyond its projections.

    softmax:  F = 2 P n (d + d_r + d_v)                                        (1)
    indexer:  F = 2 P n_i d_i over all pairs, and P then counts the picked     (2)
    delta:    F = 6 t n d d_v;   mamba:  F = 4 t n S P                         (3)
    """
    a = attention
    match a.kind:
        case "gqa" | "mla":
            picked = attended_pairs(tokens, context, float(a.window or a.index_tokens))
            pairs_width = a.heads * (a.head_dim + a.rope_dim + a.value_dim)
            scan = attended_pairs(tokens, context) * (a.index_heads * a.index_dim / a.index_block)
            return 2.0 * picked * pairs_width + 2.0 * scan
        case "compressed":
            local = attended_pairs(tokens, context, float(a.window))
            merged: Num = 0.0
            scan = 0.0
            if a.compression:
                ratio = float(a.compression)
                merged = ratio * attended_pairs(tokens / ratio, context / ratio, float(a.index_tokens))
                scan = attended_pairs(tokens, context) * (a.index_heads * a.index_dim / ratio)
            return 4.0 * (local + merged) * (a.heads * a.head_dim) + 2.0 * scan
        case "delta":
            return 6.0 * tokens * (a.heads * a.head_dim * a.value_dim)
        case "mamba":
            return 4.0 * tokens * (a.heads * a.head_dim * a.value_dim)
        case _:
            return 0.0 * tokens


def forward_flops(architecture: Architecture, tokens: Num, context: Num = 0.0) -> Num:
    """Return the operations of one forward pass over `tokens` tokens that follow `context` cached ones.

    F = 2 N_mm t + sum over layers F_mixer(t, L)     (1)

    Every token passes the output head, as in training. Element-wise work is not counted. See [1], [2].
    """
    mixers = ops.summed(g.count * mixer_flops(g.attention, tokens, context) for g in architecture.layers)
    return 2.0 * matmul_parameters(architecture) * tokens + mixers
