"""The kernels operators are made of: plain and grouped matrix products, and element-wise passes over memory."""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.base.record import Num, replace
from rackwright.performance.records import Mapping, Operator, TokenShape
from rackwright.workload.records import Precision

Operators = tuple[Operator, ...]
Dims = tuple[Num, Num, Num]
"""Rows, columns and depth of a product."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What every operator of one layer type has in common."""

    hidden: int
    norms: int
    count: Num
    shape: TokenShape
    mapping: Mapping
    precision: Precision

    @property
    def norm_elements(self) -> Num:
        """Elements passed by the normalisation and residual of half a layer: each norm makes four passes."""
        return (2.0 * self.norms * self.hidden) * self.shape.tokens


def product(name: str, dims: Dims, layer: Layer, groups: Num = 1.0) -> Operator:
    """Return one matrix product (m, n, k), or `groups` of them in one launch.

    flops = 2 m n k,   weights = n k,   activations = m (n + k)     (1)
    """
    m, n, k = dims
    weights = n * k * groups
    return Operator(
        name=name,
        family="gemm",
        dtype=layer.precision.compute,
        flops=2.0 * m * weights,
        weight_bytes=weights * layer.precision.weight_bytes,
        activation_bytes=m * (n + k) * groups * layer.precision.activation_bytes,
        kv_bytes=0.0,
        launches=1.0,
        m=m,
        n=n,
        k=k,
        count=layer.count,
    )


def unquantised(operator: Operator, precision: Precision) -> Operator:
    """Return a product whose weights keep the activation format (router, output head).

    weights = n k b_activation     (1)
    """
    weights = operator.weight_bytes * (precision.activation_bytes / precision.weight_bytes)
    return replace(operator, dtype="bf16", weight_bytes=weights)


def grouped_product(name: str, dims: Dims, groups: Num, layer: Layer) -> Operator:
    """Return one launch of `groups` products that share m rows between them and each read their own weights.

    flops = 2 m n k,   weights = groups n k     (1)
    """
    rows, n, k = dims
    return Operator(
        name=name,
        family="grouped_gemm",
        dtype=layer.precision.compute,
        flops=2.0 * rows * n * k,
        weight_bytes=groups * n * k * layer.precision.weight_bytes,
        activation_bytes=rows * (n + k) * layer.precision.activation_bytes,
        kv_bytes=0.0,
        launches=1.0,
        m=rows / groups,
        n=n,
        k=k,
        count=layer.count,
    )


def elementwise(name: str, elements: Num, launches: float, layer: Layer) -> Operator:
    """Return kernels that only read and write activations.

    bytes = elements b_activation     (1)
    """
    return Operator(
        name=name,
        family="elementwise",
        dtype="bf16",
        flops=0.0,
        weight_bytes=0.0,
        activation_bytes=elements * layer.precision.activation_bytes,
        kv_bytes=0.0,
        launches=launches,
        m=1.0,
        n=1.0,
        k=1.0,
        count=layer.count,
    )
