"""What a sequence keeps in memory between tokens: the KV cache, the indexer's keys, and fixed states."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.workload.records import Architecture, Attention


def cache_elements_per_token(attention: Attention) -> int:
    """Return the cache elements one more token adds to one layer, before any window cuts it off.

    gqa:  n_kv (d + d_v);   mla:  r_kv + d_r;   an indexer adds its one key;   fixed states add nothing.
    e = n_kv (d + d_v)     (1)
    """
    match attention.kind:
        case "gqa":
            kept = attention.kv_heads * (attention.head_dim + attention.value_dim)
        case "mla":
            kept = attention.latent_rank + attention.rope_dim
        case "compressed":
            return attention.head_dim
        case _:
            return 0
    return kept + (attention.index_dim if attention.index_tokens else 0)


def state_elements(attention: Attention) -> int:
    """Return the elements of the fixed state one sequence keeps in one layer.

    delta:  s = n d d_v + (c - 1)(2 n_k d + n d_v);   mamba:  s = n P S + (c - 1)(n P + 2 G S)     (1)
    """
    inner, keys = attention.heads * attention.value_dim, 2 * attention.kv_heads * attention.head_dim
    if attention.kind not in ("delta", "mamba"):
        return 0
    return inner * attention.head_dim + (attention.conv - 1) * (inner + keys)


def cache_elements(attention: Attention, context: Num) -> Num:
    """Return the elements one sequence of `context` tokens keeps in one layer.

    e(L) = e min(L, w) + s                                                      (1)
    compressed:  e(L) = d min(L, w) + (d + d_i) L / c                           (2)
    """
    per_token = cache_elements_per_token(attention)
    held = ops.minimum(context, float(attention.window)) if attention.window else context
    kept = per_token * held + state_elements(attention)
    if attention.kind == "compressed" and attention.compression:
        kept = kept + (attention.head_dim + attention.index_dim) * context / attention.compression
    return kept


def kv_bytes_per_token(architecture: Architecture, element_bytes: Num) -> Num:
    """Return the cache bytes one more token adds over all layers, before any window cuts it off [B].

    b = e_bytes sum over layers e     (1)
    """
    return element_bytes * sum(g.count * cache_elements_per_token(g.attention) for g in architecture.layers)


def kv_cache_bytes(architecture: Architecture, context: Num, element_bytes: Num) -> Num:
    """Return the bytes one sequence of `context` tokens keeps over all layers [B], windows and states included.

    b(L) = e_bytes sum over layers e(L)     (1)
    """
    return element_bytes * ops.summed(g.count * cache_elements(g.attention, context) for g in architecture.layers)
