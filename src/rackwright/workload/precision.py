"""Named number formats become a `Precision`: bytes per element, scaling factors included.

Formats are facts (`data/number_formats.yaml`). Activations travel between operators in 16 bits whatever the matrix
products use, as current serving and training stacks do.
"""

from __future__ import annotations

from rackwright.base.errors import UnknownNameError
from rackwright.base.record import Num, field, record
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.table import Table
from rackwright.workload.records import Precision

ALIASES = {"fp4": "nvfp4", "half": "fp16", "float16": "fp16", "bfloat16": "bf16", "w4a16": "int4", "w8a16": "int8"}
COMPUTE = ("bf16", "fp8", "fp4")
SERVED = ("bf16", "fp8", "fp4", "mxfp4", "mxfp8", "int8", "int4", "fp16", "nvfp4")
KV_CACHE = ("bf16", "fp16", "fp8", "nvfp4", "fp4")
TRAINED = ("bf16", "fp16", "fp8", "mxfp8")
ACTIVATIONS = "bf16"


@record
class NumberFormat:
    """Text attributes: family, computes_as (the matrix rate it runs at)."""

    element: Num = field("B", "bytes of one element")
    group: Num = field("1", "elements that share one scaling factor")
    scale: Num = field("B", "bytes of the scaling factor of a group")


def formats() -> Table[NumberFormat]:
    """Return the table of number formats.

    References
    ----------
    [1] `data/number_formats.yaml`.
    """
    return load_table("number_formats", NumberFormat)


def format_bytes(name: str) -> float:
    """Return the bytes of one element with its share of the scaling factor.

    b = b_element + b_scale / group     (1)

    Raises
    ------
    UnknownNameError
        If there is no such format.
    """
    table = formats()
    found = table.one(_known(name))
    return float(found.element + found.scale / found.group)


def _known(name: str) -> str:
    known = ALIASES.get(name, name)
    if known not in formats().ids:
        raise UnknownNameError("number format", name, (*formats().ids, *ALIASES))
    return known


def precision_of(weights: str, compute: str = "", kv_cache: str = "") -> Precision:
    """Return the precision of a workload.

    Parameters
    ----------
    weights : format of the weights
    compute : format of matrix products; by default the fastest that the weights' format allows
    kv_cache : format of the KV cache; 16 bits by default

    References
    ----------
    [1] `data/number_formats.yaml`: what each format computes as; weight-only integers compute in 16 bits.

    Raises
    ------
    UnknownNameError
        If a format is not known, or matrix products have no such format.
    """
    rate = compute or formats().text(_known(weights), "computes_as")
    rate = formats().text(_known(rate), "family")
    if rate not in COMPUTE:
        raise UnknownNameError("format of matrix products", compute or weights, COMPUTE)
    cache = kv_cache or ACTIVATIONS
    return Precision(
        weights=weights,
        compute=rate,
        kv_cache=cache,
        weight_bytes=format_bytes(weights),
        kv_bytes=_cache_bytes(cache),
        activation_bytes=format_bytes(ACTIVATIONS),
    )


def _cache_bytes(name: str) -> float:
    """Bytes of a cache element: 8-bit caches share one scale per tensor, 4-bit ones one per group."""
    return float(formats().one("fp8").element) if name == "fp8" else format_bytes(name)


def training_precision(name: str) -> Precision:
    """Return the precision of a training run: 16-bit weights, matrix products in `name`.

    References
    ----------
    [1] Micikevicius et al., Mixed precision training, 2018; FP8 formats for deep learning, 2022.
    """
    return precision_of(ACTIVATIONS, compute=name)


def precision_name(precision: Precision) -> str:
    """Name a precision for people: `fp8`, or `fp8 (kv bf16)` where the parts differ.

    References
    ----------
    [1] The usual shorthand of model cards: weights first, exceptions in brackets.
    """
    parts = []
    weights = formats().text(_known(precision.weights), "computes_as")
    if precision.compute != weights:
        parts.append(f"compute {precision.compute}")
    if precision.kv_cache != precision.weights:
        parts.append(f"kv {precision.kv_cache}")
    return precision.weights + (f" ({', '.join(parts)})" if parts else "")
