"""Fit the kernel coefficients of `data/efficiency.yaml` on measured operator tables and print them with their errors.

Run by hand where the folder of measurements is at hand: `python tools/calibrate_kernels.py FOLDER`. The fit uses the
operator tables alone; whole-model serving measurements are never looked at. The package ships the coefficients only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator

CHIPS = {"A100-SXM": "a100-80-sxm", "H100-SXM": "h100-sxm", "H200-SXM": "h200-sxm", "B200-SXM": "b200-sxm"}
BYTES = {"bfloat16": 2.0, "fp8": 1.0, "fp8_block": 1.0, "nvfp4": 0.5625}
CACHE = 64e6  # bytes: smaller operands may stay in the second-level cache between the runs of a benchmark
Array = Any
Model = Callable[[Array, pd.DataFrame], Array]


def rates(gpus: pd.Series, dtypes: pd.Series) -> tuple[Array, Array]:
    """Return the peak rate [FLOP/s] and bandwidth [B/s] behind every row."""
    table = load_table("accelerators", Accelerator)
    chips = {gpu: table.one(chip) for gpu, chip in CHIPS.items()}
    peaks = {
        (gpu, dtype): chip.peak_bf16 if dtype == "bfloat16" else chip.peak_fp4 if dtype == "nvfp4" else chip.peak_fp8
        for gpu, chip in chips.items()
        for dtype in BYTES
    }
    peak = np.array([peaks[key] for key in zip(gpus, dtypes, strict=True)], dtype=float)
    return peak, np.array([chips[gpu].memory_bandwidth for gpu in gpus], dtype=float)


def fit(name: str, rows: pd.DataFrame, model: Model, start: dict[str, float]) -> dict[str, float]:
    """Fit log(model / measured) with a loss that forgives outliers; print coefficients and errors by accelerator."""
    rows = rows.sample(min(len(rows), 40000), random_state=1)
    measured = rows.latency_us.to_numpy() * 1e-6

    def residual(logs: Array) -> Array:
        return np.log(model(np.exp(logs), rows) / measured)

    upper = [0.0 if key.startswith("e_") else 12.0 for key in start]
    found = least_squares(
        residual, np.log(list(start.values())), bounds=([-20.0] * len(start), upper), loss="soft_l1", f_scale=0.1
    )
    values = np.exp(found.x)
    errors = residual(found.x)
    print(f"\n{name} ({len(rows)} rows): " + ", ".join(f"{k}={v:.4g}" for k, v in zip(start, values, strict=True)))
    print(f"  all: median |error| {np.median(np.abs(np.expm1(errors))):.1%}, bias {np.median(errors):+.1%}")
    for gpu, group in rows.groupby("gpu"):
        e = errors[rows.gpu.to_numpy() == gpu]
        print(f"  {gpu} {len(group)}: median |error| {np.median(np.abs(np.expm1(e))):.1%}, bias {np.median(e):+.1%}")
    return dict(zip(start, values, strict=True))


def attention(v: Array, rows: pd.DataFrame) -> Array:
    """(e_c, e_b, t_0, n_0): the larger of arithmetic and traffic."""
    e_c, e_b, t_0, n_0 = v
    compute = rows.flops / (e_c * rows.peak) * (1 + n_0 / rows.n)
    return np.maximum(compute, rows.bytes / (e_b * rows.bandwidth)).to_numpy() + t_0


def product(v: Array, rows: pd.DataFrame) -> Array:
    """(e_c, e_b, t_0, n_0, k_0): arithmetic and traffic as the two legs of a right angle."""
    e_c, e_b, t_0, n_0, k_0 = v
    compute = rows.flops / (e_c * rows.peak) * (1 + n_0 / rows.n) * (1 + k_0 / rows.k)
    return np.hypot(compute, rows.bytes / (e_b * rows.bandwidth)).to_numpy() + t_0


def by_format(v: Array, rows: pd.DataFrame) -> Array:
    """(e_16, e_8, e_4, e_b, t_0, n_0, k_0): common but for the compute share; n_0 in 8 and 4 bit only."""
    share = rows.gemm_dtype.map({"bfloat16": v[0], "fp8": v[1], "nvfp4": v[2]}).astype(float)
    n_0 = np.where(rows.gemm_dtype == "bfloat16", 0.0, v[5])
    return product((1.0, v[3], v[4], n_0, v[6]), rows.assign(peak=rows.peak * share))


def both_products(v: Array, rows: pd.DataFrame) -> Array:
    """A mixture-of-experts layer as the model counts it: two grouped products, (e_c, e_b, t_0, m_0, k_0).

    Only layers with all experts on one rank: with more ranks the tables hold the busiest rank of a steep power law, and
    how even the load is belongs to the deployment, not to the kernel.
    """
    e_c, e_b, t_0, m_0, k_0 = v[0], min(v[1], 0.95), *v[2:]
    time = 0.0
    for n, k, share in ((2 * rows.width, rows.hidden, 2 / 3), (rows.hidden, rows.width, 1 / 3)):
        compute = share * rows.flops / (e_c * rows.peak) * (1 + m_0 / rows.m) * (1 + k_0 / k)
        moved = share * rows.weights + rows.pairs * (n + k) * 2
        time = time + np.hypot(compute, moved / (e_b * rows.bandwidth)) + t_0
    return (time + rows.passed / (0.85 * rows.bandwidth)).to_numpy()


def fastest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the fastest implementation of every shape on every chip: engines choose among them as well."""
    keys = [c for c in rows.columns if c not in ("fw", "kernel_source", "latency_us")]
    return rows.loc[rows.groupby(keys, observed=True).latency_us.idxmin()]


def with_rates(rows: pd.DataFrame, dtype: str) -> pd.DataFrame:
    """Add peak and bandwidth; rows of a format the chip has no rate for are left out."""
    rows = fastest(rows[rows.gpu.isin(CHIPS)].reset_index(drop=True)).copy()
    rows["peak"], rows["bandwidth"] = rates(rows.gpu, rows[dtype])
    return rows[np.isfinite(rows.peak)]


def gemm(folder: Path, dtypes: list[str]) -> pd.DataFrame:
    """Matrix products whose operands do not fit the cache."""
    rows = pd.read_parquet(folder / "op_gemm.parquet")
    rows = rows[rows.gemm_dtype.isin(dtypes) & (rows.n >= 1024) & (rows.k >= 1024)]
    rows = with_rates(rows, "gemm_dtype")
    m, n, k = (rows[c].astype(float) for c in ("m", "n", "k"))
    width = rows.gemm_dtype.map(BYTES).astype(float)
    rows = rows.assign(m=m, n=n, k=k, flops=2 * m * n * k, bytes=n * k * width + m * k * width + m * n * 2)
    return rows[rows.bytes > CACHE]


def grouped(folder: Path) -> pd.DataFrame:
    """Mixture-of-experts layers: both products in one time, power-law routing as in service."""
    rows = pd.read_parquet(folder / "op_moe.parquet")
    rows = with_rates(rows[rows.moe_dtype.isin(BYTES) & (rows.distribution == "power_law_1.01")], "moe_dtype")
    tokens, hidden, width = (rows[c].astype(float) for c in ("num_tokens", "hidden_size", "inter_size"))
    width = width / rows.moe_tp_size
    experts, chosen = rows.num_experts.astype(float), rows.topk.astype(float)
    touched = experts / rows.moe_ep_size * -np.expm1(tokens * np.log1p(-chosen / experts))
    pairs = tokens * chosen / rows.moe_ep_size
    size = rows.moe_dtype.map(BYTES).astype(float)
    return rows.assign(
        m=pairs / touched,
        width=width,
        hidden=hidden,
        pairs=pairs,
        flops=6 * pairs * hidden * width,
        weights=3 * touched * hidden * width * size,
        passed=pairs * (4 * hidden + 3 * width) * 2,
    )


def prefill(folder: Path) -> pd.DataFrame:
    """Prefill attention, causal, without a window."""
    rows = pd.read_parquet(folder / "op_attention_context.parquet")
    rows = rows[(rows.window_size == 0) & (rows.isl >= 64) & (rows.head_dim == 128) & (rows.num_heads >= 8)]
    rows = with_rates(rows, "attn_dtype")
    b, s, h, g, d = (
        rows[c].astype(float) for c in ("batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim")
    )
    return rows.assign(m=s, n=s / 2, k=d, flops=4 * b * s * (s / 2) * h * d, bytes=b * s * d * 2 * (2 * h + 2 * g))


def decode(folder: Path) -> pd.DataFrame:
    """Decode attention: one new token, context = isl + step."""
    rows = pd.read_parquet(folder / "op_attention_generation.parquet")
    rows = rows[(rows.window_size == 0) & (rows.head_dim == 128)]
    rows = with_rates(rows, "attn_dtype")
    b, s, h, g, d = (
        rows[c].astype(float) for c in ("batch_size", "step", "num_heads", "num_key_value_heads", "head_dim")
    )
    s = s + rows.isl
    cache = 2 * b * s * g * d * rows.kv_cache_dtype.map(BYTES).astype(float)
    rows = rows.assign(m=b, n=s, k=d, flops=4 * b * s * h * d, bytes=cache + 4 * b * h * d)
    return rows[(cache > CACHE) | (cache < 4e6)]


def latent(folder: Path, phase: str) -> pd.DataFrame:
    """Latent attention as in DeepSeek-V3: latent 512, rotary 64, heads per rank as stated; kernels made for it only."""
    rows = pd.read_parquet(folder / "op_mla.parquet")
    rows = rows[(rows.phase == phase) & (rows.mla_dtype == "bfloat16")].drop(columns="tp_size")
    rows = with_rates(rows[(rows.num_heads >= 16) & (rows.gpu != "A100-SXM")], "mla_dtype")
    b, h = rows.batch_size.astype(float), rows.num_heads.astype(float)
    if phase == "generation":
        s = rows.isl.astype(float) + rows.step
        cache = b * s * 576 * rows.kv_cache_dtype.map(BYTES).astype(float)
        return rows.assign(m=b, n=s, k=576.0, flops=2 * b * s * h * 1088, bytes=cache + 2 * b * h * 1088)
    s = rows.isl.astype(float)
    flops = 2 * b * s * (s / 2) * h * 320
    return rows.assign(m=s, n=s / 2, k=192.0, flops=flops, bytes=b * s * h * 2 * (192 * 2 + 128 * 2))[s >= 64]


def elementwise(folder: Path) -> pd.DataFrame:
    """Additions of a few dense models, as profiled for Vidur; its normalisations are not fused and read more."""
    rows = pd.read_parquet(folder / "vidur_mlp_ops.parquet")
    rows = rows[(rows.op == "add") & rows.gpu.isin(["A100", "H100"])]
    rows = rows.assign(gpu=rows.gpu.astype(str) + "-SXM", dtype="bfloat16")
    rows = with_rates(rows, "dtype")
    return rows.assign(m=1, n=1, k=1, flops=0.0, bytes=rows.num_tokens * rows.n_embd * 6.0)


def main(folder: Path) -> None:
    """Fit every family."""
    shapes = {"e_b": 0.8, "t_0": 5e-6, "n_0": 1000.0, "k_0": 100.0}
    fit("gemm 16-bit", gemm(folder, ["bfloat16"]), product, {"e_c": 0.8, **shapes})
    fit("gemm 8-bit", gemm(folder, ["fp8"]), product, {"e_c": 0.7, **shapes})
    fit("gemm 8-bit, block scales", gemm(folder, ["fp8_block"]), product, {"e_c": 0.7, **shapes})
    fit("gemm 4-bit", gemm(folder, ["nvfp4"]), product, {"e_c": 0.6, **shapes})
    together = {"e_16": 0.8, "e_8": 0.7, "e_4": 0.6, **shapes}
    fit("gemm, all formats", gemm(folder, ["bfloat16", "fp8", "nvfp4"]), by_format, together)
    moe = grouped(folder)
    moe = moe[moe.moe_ep_size == 1]
    start = {"e_c": 0.3, "e_b": 0.9, "t_0": 1e-5, "m_0": 10.0, "k_0": 500.0}
    for dtype in BYTES:
        fit(f"grouped {dtype}", moe[moe.moe_dtype == dtype], both_products, start)
    fit("grouped, all formats", moe, both_products, start)
    context = prefill(folder)
    long = lambda v, r: attention((v[0], 1.0, v[1], v[2]), r)  # noqa: E731
    start = {"e_c": 0.6, "t_0": 5e-6, "n_0": 256.0}
    for dtype in ("bfloat16", "fp8"):
        fit(f"prefill attention {dtype}", context[context.attn_dtype == dtype], long, start)
    fit("latent attention, context", latent(folder, "context"), long, start)
    flat = lambda v, r: attention((*v, 0.0), r)  # noqa: E731
    start = {"e_c": 0.6, "e_b": 0.8, "t_0": 5e-6}
    fit("decode attention", decode(folder), flat, start)
    fit("latent attention, generation", latent(folder, "generation"), flat, start)
    simple = lambda v, r: attention((1.0, *v, 0.0), r)  # noqa: E731
    fit("element-wise", elementwise(folder), simple, {"e_b": 0.7, "t_0": 3e-6})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
