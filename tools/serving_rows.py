"""Hold the serving model against measured rows: `python tools/serving_rows.py [ROWS.csv]` prints one line per row.

Metrics: `static_ttft` and `static_tpot` are one batch of equal requests, without a queue; `tpot_mean` is a closed loop
of `batch` clients; `output_tokens_per_s_per_accelerator` without a batch is a saturated engine, which the model takes
as the power of two of sequences that answers most, memory permitting.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np

from rackwright.base.record import replace
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.fabric import reached_fabric
from rackwright.fabric.records import Fabric, NetworkFacts
from rackwright.performance.efficiency import EfficiencyFacts, efficiency_table
from rackwright.performance.passes import decode_step, make_engine, prefill_request
from rackwright.performance.records import Mapping, Serving
from rackwright.performance.serving import serve
from rackwright.workload.architecture import architecture_of
from rackwright.workload.records import Architecture, Precision, ServingDemand

ROWS = Path(__file__).parents[1] / "tests" / "performance" / "serving_rows.csv"
PRECISIONS = {
    "bf16": Precision("bf16", "bf16", "bf16", 2.0, 2.0, 2.0),
    "fp8": Precision("fp8", "fp8", "fp8", 1.0, 1.0, 2.0),
    "nvfp4": Precision("fp4", "fp4", "fp8", 0.5625, 1.0, 2.0),
}


def fabric_of(accelerator: str, ports: float = 50e9) -> Fabric:
    """Return the fabric of a server with one 400 Gb/s port per accelerator."""
    chips = load_table("accelerators", Accelerator)
    chip = chips.one(accelerator)
    facts = load_table("network_facts", NetworkFacts).one(chips.text(accelerator, "network", "default"))
    return reached_fabric(chip.scale_up_domain, chip.scale_up_bandwidth, ports, facts)


def demand_of(isl: float, osl: float) -> ServingDemand:
    """Return requests of fixed lengths without targets."""
    return ServingDemand(1.0, 1.0, 1.0, 1.0, isl, 0.0, osl, 0.0, 0.0, np.inf, np.inf, 0.5)


def engine_facts(framework: str) -> EfficiencyFacts:
    """Return the facts of the engine that a row was measured with."""
    return efficiency_table().one("eager" if framework == "vllm (2023)" else "measured")


def predict(row: dict[str, str]) -> float:
    """Return the model's number for one row, in the row's unit."""
    chips = load_table("accelerators", Accelerator)
    chip, fabric = chips.one(row["accelerator"]), fabric_of(row["accelerator"])
    architecture = architecture_of(row["model"])
    precision = PRECISIONS[row["precision"]]
    if row["precision"] == "nvfp4" and not chip.peak_fp4 > 0.0:
        precision = replace(precision, compute="bf16")
    facts = engine_facts(row["framework"])
    demand = demand_of(float(row["isl"]), float(row["osl"]))
    batch = float(row["batch"] or 1.0)
    mapping = Mapping(float(row["tp"]), float(row["pp"]), float(row["ep"]), 1.0, float(row["dp"]), batch=batch)
    if row["metric"].startswith("static"):
        engine = make_engine(architecture, precision, chip, fabric, mapping, facts)
        if row["metric"] == "static_ttft":
            return 1e3 * float(prefill_request(engine, demand, batch).latency.total)
        return 1e3 * float(decode_step(engine, demand).load)
    if row["metric"] == "tpot_mean":
        return 1e3 * float(serve(architecture, demand, precision, chip, fabric, mapping, facts).tpot_mean)
    found = _saturated(architecture, demand, precision, (chip, fabric, facts), mapping, row["batch"])
    return float(found.request_rate) * demand.output_tokens / float(found.accelerators)


def _saturated(
    architecture: Architecture, demand: ServingDemand, precision: Precision, stack: Any, mapping: Mapping, batch: str
) -> Serving:
    best = serve(architecture, demand, precision, *stack[:2], mapping, stack[2])
    if batch:
        return best
    for doubling in range(13):
        larger = replace(mapping, batch=mapping.dp * 2.0**doubling)
        found = serve(architecture, demand, precision, *stack[:2], larger, stack[2])
        if found.limits[0].margin >= 0.0 and found.request_rate > best.request_rate:
            best = found
    return best


def main(path: Path) -> None:
    """Print measured, predicted and error of every row."""
    errors = []
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        predicted, measured = predict(row), float(row["value"])
        errors.append(predicted / measured - 1.0)
        said = (
            f"{row['id']:4s} {row['accelerator']:12s} {row['model']:16s} {row['metric']:36s} batch {row['batch']:>4s}"
        )
        print(f"{said} measured {measured:9.2f} predicted {predicted:9.2f} error {errors[-1]:+.1%}")
    print(f"median |error| {np.median(np.abs(errors)):.1%}, mean |error| {np.mean(np.abs(errors)):.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
