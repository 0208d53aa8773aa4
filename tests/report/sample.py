"""A plan as the planner could write it, built by code, and the same with everything that can go wrong in it.

The numbers are plausible but invented: they exercise the report, they answer no question.
"""

from __future__ import annotations

import copy
import math
from typing import Any

from rackwright.base.format import format_range, format_value
from rackwright.plan.document import (
    SCHEMA,
    Band,
    BreakdownPart,
    BreakdownValue,
    DesignView,
    Explanation,
    FactValue,
    FlowValue,
    LimitValue,
    MetricValue,
    Pareto,
    ParetoPoint,
    PlanDocument,
    RackItem,
    RackView,
    Roofline,
    RooflinePoint,
    RunnerUp,
    Tornado,
    TornadoBar,
    WorkloadAnswer,
)

WEEK = 604_800.0
HOSTILE = "</svg></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}{% raw %}\x00\x1b[31m\ud800"


def metric(label: str, unit: str, value: float, low: float = math.nan, high: float = math.nan) -> MetricValue:
    found = MetricValue(label=label, unit=unit, value=value, text=format_value(value, unit))
    if not math.isnan(low):
        found["low"], found["high"] = low, high
    return found


def breakdown(label: str, unit: str, parts: dict[str, float]) -> BreakdownValue:
    total = sum(parts.values())
    rows = [BreakdownPart(name=name, value=value, text=format_value(value, unit)) for name, value in parts.items()]
    return BreakdownValue(label=label, unit=unit, total=total, text=format_value(total, unit), parts=rows)


def limit(name: str, unit: str, value: float, bound: float) -> LimitValue:
    margin = (bound - value) / abs(bound)
    text = f"{format_value(value, unit)} of {format_value(bound, unit)}"
    return LimitValue(
        name=name, unit=unit, value=value, bound=bound, margin=margin, text=text, binding=0.0 <= margin < 0.05
    )


def fact(key: str, value: float, unit: str, grade: str, source: str, *, default: bool = False) -> FactValue:
    spread = {"datasheet": 0.02, "assumed": 0.25, "published-estimate": 0.15}.get(grade, 0.1)
    return FactValue(
        key=key,
        value=value,
        unit=unit,
        text=format_value(value, unit),
        low=value * (1 - spread),
        high=value * (1 + spread),
        source=source,
        as_of="2025-11",
        grade=grade,
        note="Sustained clocks under a liquid loop at 40 °C." if grade == "measured" else "",
        default=default,
    )


FACTS = [
    fact("accelerators.gb200.flops_fp8", 5e15, "FLOP/s", "datasheet", "NVIDIA GB200 NVL72 datasheet, 2024"),
    fact("accelerators.gb200.memory_bandwidth", 8e12, "B/s", "datasheet", "NVIDIA GB200 NVL72 datasheet, 2024"),
    fact("accelerators.gb200.price", 36_000.0, "USD", "published-estimate", "HSBC research note, quoted 2024-05"),
    fact("accelerators.gb200.power", 1_200.0, "W", "datasheet", "NVIDIA GB200 NVL72 datasheet, 2024"),
    fact("efficiency.gemm.fp8", 0.71, "share", "measured", "DeepSeek-V3 technical report, arXiv:2412.19437"),
    fact("efficiency.attention.decode", 0.62, "share", "assumed", "modelling choice", default=True),
    fact("sites.texas.electricity_price", 0.061 / 3.6e6, "USD/J", "read", "EIA Form 861, industrial, 2024"),
    fact("sites.texas.carbon_intensity", 0.37 / 3.6e6, "kgCO2e/J", "computed", "EIA hourly grid monitor, 2024"),
    fact("finance.cost_of_capital", 0.09, "share", "assumed", "modelling choice", default=True),
    fact("leadtimes.transformer", 96 * WEEK, "s", "secondary", "Wood Mackenzie, quoted in Utility Dive, 2024"),
    fact("finance.life_of_servers", 5 * 365.25 * 86_400, "s", "user", "case.yaml:31"),
]


def design(workload: str, kind: str, model: str, system: str, site: str) -> DesignView:
    mapping = {"tp": 8.0, "pp": 1.0, "ep": 32.0, "dp": 4.0, "batch": 256.0}
    return DesignView(
        workload=workload,
        kind=kind,
        model=model,
        system=system,
        system_name={"gb200-nvl72": "GB200 NVL72", "hgx-h100": "HGX H100 (8 × H100 SXM)"}.get(system, system),
        accelerator=system.split("-", maxsplit=1)[0],
        site=site,
        site_name={"texas": "West Texas, US", "finland": "Hamina, Finland"}.get(site, site),
        cooling="direct-to-chip-dry",
        cooling_name="Direct-to-chip, dry cooler",
        precision="fp8",
        mode="offline" if kind == "training" else "online",
        mapping=mapping,
        mapping_text="TP 8 · EP 32 · DP 4 · batch 256",
    )


def serving_metrics() -> dict[str, MetricValue]:
    return {
        "usd_per_mtoken": metric("Cost per million tokens", "USD", 0.412, 0.347, 0.533),
        "usd_per_output_mtoken": metric("Cost per million output tokens", "USD", 1.63, 1.37, 2.11),
        "ttft": metric("TTFT, P95", "s", 0.612, 0.55, 0.74),
        "tpot": metric("TPOT, P95", "s", 0.0284, 0.0255, 0.0331),
        "systems": metric("Systems", "1", 14.0),
        "accelerators": metric("Accelerators", "1", 1008.0),
        "racks": metric("Racks, network included", "1", 17.0),
        "mfu": metric("MFU", "share", 0.234, 0.21, 0.26),
        "power_peak": metric("IT power, peak", "W", 1.94e6, 1.86e6, 2.05e6),
        "feeder_power": metric("Grid connection", "W", 2.31e6, 2.2e6, 2.46e6),
        "pue": metric("PUE", "1", 1.083, 1.06, 1.11),
        "wue": metric("WUE", "m^3/J", 0.02e-3 / 3.6e6),
        "capex": metric("Capital cost", "USD", 61.4e6, 55.2e6, 70.9e6),
        "annual_cost": metric("Annual cost", "USD", 18.7e6, 16.1e6, 22.9e6),
        "carbon_annual": metric("Emissions per year", "kgCO2e", 6.35e6, 5.7e6, 7.1e6),
        "first_tokens": metric("First tokens after", "s", 46 * WEEK, 39 * WEEK, 61 * WEEK),
    }


def training_metrics() -> dict[str, MetricValue]:
    return {
        "usd_per_run": metric("Cost of the run", "USD", 71.3e6, 60e6, 88e6),
        "duration": metric("Duration", "s", 54.2 * 86_400, 50 * 86_400, 60 * 86_400),
        "mfu": metric("MFU", "share", 0.412, 0.38, 0.43),
        "goodput": metric("Goodput", "share", 0.947, 0.92, 0.96),
        "accelerators": metric("Accelerators", "1", 16_384.0),
        "systems": metric("Systems", "1", 2_048.0),
        "power_peak": metric("IT power, peak", "W", 22.8e6, 21.6e6, 24.4e6),
        "pue": metric("PUE", "1", 1.21, 1.17, 1.26),
        "capex": metric("Capital cost", "USD", 812e6, 735e6, 940e6),
        "annual_cost": metric("Annual cost", "USD", 261e6, 230e6, 301e6),
        "carbon_annual": metric("Emissions per year", "kgCO2e", 84e6, 76e6, 95e6),
        "first_tokens": metric("First tokens after", "s", 71 * WEEK, 58 * WEEK, 99 * WEEK),
    }


def breakdowns(factor: float) -> dict[str, BreakdownValue]:
    money = {
        "accelerators": 36.3e6,
        "hosts/boards and CPUs": 5.1e6,
        "hosts/memory": 1.9e6,
        "hosts/storage": 0.8e6,
        "network/switches": 2.4e6,
        "network/optics": 1.9e6,
        "network/nics": 1.6e6,
        "network/cables": 0.3e6,
        "racks/racks and power shelves": 1.0e6,
        "racks/coolant distribution": 0.9e6,
        "facility/power": 4.4e6,
        "facility/cooling": 2.6e6,
        "facility/shell": 1.5e6,
        "facility/contingency": 0.7e6,
    }
    times = {
        "gemm": 0.0112,
        "attention": 0.0061,
        "moe all-to-all": 0.0043,
        "tensor-parallel all-reduce": 0.0037,
        "launch overhead": 0.0021,
        "elementwise": 0.001,
    }
    memory = {"weights": 96e9, "KV cache": 71e9, "activations": 6.2e9, "runtime": 4e9}
    leads = {"accelerators": 36, "optics": 20, "switches": 26, "transformers": 44, "generators": 40, "racks": 14}
    steps = {"grid study and permits": 8, "transformers": 28, "commissioning": 6, "burn-in and first model": 4}
    carbon = {
        "electricity": 5.1e6,
        "embodied/accelerators": 0.71e6,
        "embodied/building": 0.34e6,
        "embodied/rest": 0.2e6,
    }
    return {
        "capex": breakdown("Capital cost", "USD", {name: value * factor for name, value in money.items()}),
        "annual": breakdown(
            "Annual cost", "USD", {"depreciation": 11.2e6 * factor, "capital": 3.1e6 * factor, "energy": 1.1e6}
        ),
        "decode": breakdown("One decode step", "s", times),
        "memory": breakdown("Memory per accelerator", "B", memory),
        "carbon": breakdown("Emissions per year", "kgCO2e", carbon),
        "lead_times": breakdown("Lead time by class", "s", {name: weeks * WEEK for name, weeks in leads.items()}),
        "steps": breakdown("Critical path", "s", {name: weeks * WEEK for name, weeks in steps.items()}),
    }


def power_flow(watts: float) -> list[FlowValue]:
    shares = [
        ("Grid", "Substation", 1.0),
        ("Substation", "Transformer losses", 0.012),
        ("Substation", "UPS", 0.918),
        ("Substation", "Cooling plant", 0.07),
        ("UPS", "UPS losses", 0.036),
        ("UPS", "Racks", 0.882),
        ("Racks", "Power shelf losses", 0.026),
        ("Racks", "Fans and pumps", 0.016),
        ("Racks", "Network", 0.05),
        ("Racks", "CPUs and memory", 0.13),
        ("Racks", "Accelerators", 0.66),
        ("Accelerators", "Regulator losses", 0.085),
        ("Accelerators", "HBM", 0.11),
        ("Accelerators", "Compute die", 0.465),
    ]
    return [
        FlowValue(source=source, target=target, value=share * watts, text=format_value(share * watts, "W"))
        for source, target, share in shares
    ]


def racks() -> list[RackView]:
    compute = [
        RackItem(name="power shelf", units=1.0, count=4, kind="power"),
        RackItem(name="compute tray", units=1.0, count=10, kind="compute"),
        RackItem(name="NVLink switch tray", units=1.0, count=9, kind="network"),
        RackItem(name="compute tray", units=1.0, count=8, kind="compute"),
        RackItem(name="power shelf", units=1.0, count=4, kind="power"),
        RackItem(name="management switch", units=1.0, count=2, kind="management"),
        RackItem(name="blank", units=1.0, count=11, kind="empty"),
    ]
    network = [
        RackItem(name="power shelf", units=1.0, count=2, kind="power"),
        RackItem(name="leaf switch 64 × 800G", units=2.0, count=9, kind="network"),
        RackItem(name="spine switch 64 × 800G", units=2.0, count=5, kind="network"),
        RackItem(name="optical patch panel", units=1.0, count=4, kind="other"),
    ]
    return [
        RackView(name="GB200 NVL72", count=14, height=48.0, power_text="132 kW each", items=compute),
        RackView(name="Network", count=3, height=48.0, power_text="18 kW each", items=network),
    ]


def roofline(accelerator: str) -> Roofline:
    rows = [
        ("qkv projection", "prefill", 2100.0, 3.4e15, 0.11),
        ("expert gemm", "prefill", 1500.0, 3.2e15, 0.2),
        ("attention", "prefill", 640.0, 1.9e15, 0.09),
        ("expert gemm", "decode", 118.0, 6.4e14, 0.31),
        ("attention", "decode", 15.0, 7.2e13, 0.2),
        ("output head", "decode", 190.0, 9.8e14, 0.03),
        ("norm and residual", "decode", 0.9, 4.1e12, 0.05),
    ]
    points = [
        RooflinePoint(name=name, phase=phase, intensity=intensity, achieved=achieved, share=share)
        for name, phase, intensity, achieved, share in rows
    ]
    return Roofline(accelerator=accelerator, peak=5e15, bandwidth=8e12, points=points)


def tornado(metric_key: str, label: str, base: float) -> Tornado:
    rows = [
        ("efficiency.attention.decode", "Decode attention efficiency", 1.19, 0.88, "46.5 %", "77.5 %", "assumed"),
        ("accelerators.gb200.price", "GB200 price", 0.91, 1.09, "$30.6 k", "$41.4 k", "published-estimate"),
        ("finance.life_of_servers", "Life of servers", 1.08, 0.95, "4 years", "6 years", "user"),
        ("finance.cost_of_capital", "Cost of capital", 0.95, 1.06, "6.75 %", "11.3 %", "assumed"),
        ("efficiency.gemm.fp8", "FP8 GEMM efficiency", 1.05, 0.96, "63.9 %", "78.1 %", "measured"),
        (
            "sites.texas.electricity_price",
            "Electricity price, West Texas",
            0.992,
            1.008,
            "$0.055/kWh",
            "$0.067/kWh",
            "read",
        ),
    ]
    bars = [
        TornadoBar(
            fact=key,
            label=name,
            at_low=low * base,
            at_high=high * base,
            fact_low_text=low_text,
            fact_high_text=high_text,
            grade=grade,
        )
        for key, name, low, high, low_text, high_text, grade in rows
    ]
    return Tornado(metric=metric_key, label=label, unit="USD", base=base, bars=bars)


def explanation(key: str, found: MetricValue) -> Explanation:
    def step(name: str, value: float, unit: str, formula: str, doc: str, inputs: list[str]) -> dict[str, Any]:
        return {
            "key": name,
            "value": value,
            "unit": unit,
            "text": format_value(value, unit),
            "formula": formula,
            "doc": doc,
            "inputs": inputs,
        }

    steps: list[Any] = [
        step(
            key,
            found["value"],
            found["unit"],
            "Cost.annual / Fleet.tokens",
            found["label"],
            ["Cost.annual", "Fleet.tokens"],
        ),
        step(
            "Cost.annual",
            18.7e6,
            "USD",
            "Cost.capital_charge + Site.energy x sites.texas.electricity_price",
            "cost per year: capital charge and operation",
            ["Cost.capital_charge", "Site.energy", "sites.texas.electricity_price"],
        ),
        step("Fleet.tokens", 4.54e13, "1", "Serving.request_rate x tokens", "tokens per year", ["Serving.tpot"]),
        step(
            "Cost.capital_charge",
            14.3e6,
            "USD",
            "accelerators.gb200.price x n x annuity(finance.cost_of_capital, finance.life_of_servers)",
            "yearly charge that repays the capital",
            ["accelerators.gb200.price", "finance.cost_of_capital", "finance.life_of_servers"],
        ),
        step(
            "Site.energy",
            6.2e13,
            "J",
            "Site.pue x Cluster.power_mean x year",
            "energy at the meter per year",
            ["Serving.tpot"],
        ),
        step(
            "Serving.tpot",
            0.0284,
            "s",
            "max(flop / (efficiency.gemm.fp8 x peak), bytes / (efficiency.attention.decode x bandwidth))",
            "time per output token",
            ["efficiency.gemm.fp8", "efficiency.attention.decode", "accelerators.gb200.flops_fp8"],
        ),
    ]
    names = [item["key"] for item in FACTS]
    slopes = (0.62, -0.41, 0.2, -0.12, 0.06)
    return Explanation(
        metric=key,
        label=found["label"],
        text=found["text"],
        steps=steps,
        facts=names,
        elasticities=[{"fact": name, "elasticity": slope} for name, slope in zip(names, slopes, strict=False)],
    )


def bands(metrics: dict[str, MetricValue]) -> list[Band]:
    return [
        Band(
            metric=key,
            label=found["label"],
            unit=found["unit"],
            p10=found["low"],
            p50=found["value"],
            p90=found["high"],
            text=format_range(found["low"], found["high"], found["unit"]),
        )
        for key, found in metrics.items()
        if "low" in found
    ]


def answer(view: DesignView, metrics: dict[str, MetricValue], factor: float) -> WorkloadAnswer:
    first = next(iter(metrics))
    limits = [
        limit("TPOT, P95", "s", 0.0284, 0.03),
        limit("Memory per accelerator", "B", 181e9, 186e9),
        limit("TTFT, P95", "s", 0.612, 1.0),
        limit("Rack power", "W", 132e3, 140e3),
        limit("Site power", "W", 2.31e6 * factor, 60e6),
        limit("Floor load", "kg", 1_360.0, 2_200.0),
    ]
    return WorkloadAnswer(
        design=view,
        metrics=metrics,
        breakdowns=breakdowns(factor),
        limits=limits,
        binding=[found["name"] for found in limits if found["binding"]],
        bands=bands(metrics),
        tornado=tornado(first, metrics[first]["label"], metrics[first]["value"]),
        explanations=[explanation(key, found) for key, found in list(metrics.items())[:6]],
        power_flow=power_flow(2.31e6 * factor),
        racks=racks(),
        roofline=roofline("NVIDIA GB200"),
        reference=["DeepSeek-V3 inference, 73.7k input and 14.8k output tokens/s per 8-GPU node (published 2025-02)"],
    )


def pareto(workload: str, view: DesignView) -> Pareto:
    points = []
    for index in range(48):
        cost = 0.38 + 0.31 * ((index * 37) % 48) / 48
        weeks = 30 + 14 / (cost - 0.3) + 22 * ((index * 17) % 7) / 7
        carbon = (0.09 + 0.2 * ((index * 29) % 48) / 48) * (1.5 - cost)
        best = (index * 17) % 7 == 0
        values = [cost, weeks * WEEK, carbon]
        texts = [format_value(cost, "USD"), format_value(weeks * WEEK, "s"), format_value(carbon, "kgCO2e")]
        label = f"{('GB200 NVL72', 'HGX B200', 'HGX H100')[index % 3]}, {('West Texas', 'Hamina')[index % 2]}"
        points.append(
            ParetoPoint(label=label, values=values, texts=texts, front=best, recommended=index == 7, design=view)
        )
    return Pareto(
        workload=workload,
        objectives=["usd_per_mtoken", "first_tokens", "carbon_per_mtoken"],
        labels=["Cost per million tokens", "First tokens after", "Emissions per million tokens"],
        units=["USD", "s", "kgCO2e"],
        points=points,
    )


def sample_document() -> PlanDocument:
    """Return a plan of two workloads, as rich as a real one."""
    chat = answer(design("chat", "serving", "deepseek-v3", "gb200-nvl72", "texas"), serving_metrics(), 1.0)
    run = answer(design("frontier run", "training", "llama-3.1-405b", "hgx-h100", "finland"), training_metrics(), 13.2)
    rival = design("chat", "serving", "deepseek-v3", "hgx-b200", "finland")
    worse = {key: metric(item["label"], item["unit"], item["value"] * 1.17) for key, item in serving_metrics().items()}
    runner = RunnerUp(
        workload="chat",
        design=rival,
        metrics=worse,
        why="17 % dearer per million tokens: 1.4 times the racks for the same tokens; first tokens 7 weeks earlier",
        feasible=True,
    )
    late = copy.deepcopy(runner)
    late["feasible"] = False
    late["why"] = "breaks TPOT, P95 by 12 %: tensor-parallel all-reduce over Ethernet"
    return PlanDocument(
        schema=SCHEMA,
        rackwright="0.1.0",
        catalogue="2025.11 (8f2c11d)",
        case={
            "name": "Chat service and one frontier run",
            "description": "A chat product on a DeepSeek-V3 class model, beside one training run.",
            "file": "chat-and-run.yaml",
            "digest": "sha256:5b1d0c7e",
            "text": "name: Chat service and one frontier run\nworkloads:\n  chat:\n    model: deepseek-v3\n",
        },
        seed=7,
        samples=512,
        feasible=True,
        headline="Build 14 GB200 NVL72 racks in West Texas and 2,048 HGX H100 in Hamina, Finland",
        summary=[
            "chat: 14 × GB200 NVL72 in West Texas; $0.412 per million tokens (P10–P90 $0.347–0.533).",
            "frontier run: 2,048 × HGX H100 in Hamina; 54.2 days for $71.3 M (P10–P90 $60–88 M).",
            "First tokens 46 weeks after the order; the transformer sets the date.",
        ],
        objective="lowest cost per million tokens",
        totals={
            "capex": metric("Capital cost", "USD", 873e6, 790e6, 1.01e9),
            "annual_cost": metric("Annual cost", "USD", 280e6, 246e6, 324e6),
            "feeder_power": metric("Grid connection", "W", 30.1e6, 28.7e6, 32.2e6),
            "carbon_annual": metric("Emissions per year", "kgCO2e", 90.4e6, 82e6, 102e6),
        },
        total_limits=[limit("Budget", "USD", 873e6, 900e6), limit("Site power", "W", 30.1e6, 60e6)],
        workloads=[chat, run],
        runners_up=[runner, late],
        pareto=[pareto("chat", chat["design"]), pareto("frontier run", run["design"])],
        search=[
            {
                "workload": name,
                "designs": 18_432,
                "feasible": feasible,
                "rejected": [
                    {"limit": "Memory per accelerator", "count": 9_120},
                    {"limit": "TPOT, P95", "count": 5_310},
                    {"limit": "Rack power", "count": 1_204},
                ],
                "space": ["5 systems", "2 sites", "7 cooling types", "96 mappings", "12 batch sizes"],
            }
            for name, feasible in (("chat", 2_798), ("frontier run", 611))
        ],
        defaults=[
            {"path": "workloads.chat.latency.percentile", "value": "95 %", "why": "the usual service-level percentile"},
            {"path": "finance.cost_of_capital", "value": "9 %", "why": "no rate in the case"},
        ],
        facts=copy.deepcopy(FACTS),
        warnings=["Prices of GB200 are estimates of third parties; quote before ordering."],
    )


def infeasible_document() -> PlanDocument:
    """Return a plan in which no design keeps every limit, with nothing beside the nearest miss."""
    document = sample_document()
    document["feasible"] = False
    document["headline"] = "No design keeps every limit; the nearest misses TPOT by 18 %"
    document["workloads"] = document["workloads"][:1]
    chat = document["workloads"][0]
    chat["limits"][0] = limit("TPOT, P95", "s", 0.0354, 0.03)
    chat["binding"] = ["TPOT, P95"]
    document["runners_up"], document["pareto"] = [], []
    document["search"][0]["feasible"] = 0
    return document


def empty_document() -> PlanDocument:
    """Return the least a plan can be: no workload, no fact, no text."""
    document = sample_document()
    for key in ("summary", "totals", "total_limits", "workloads", "runners_up", "pareto", "search"):
        document[key] = type(document[key])()  # type: ignore[literal-required]
    for key in ("defaults", "facts", "warnings"):
        document[key] = []  # type: ignore[literal-required]
    document["headline"] = document["objective"] = ""
    return document


def twisted_document(text: str = HOSTILE, numbers: tuple[float, ...] = (math.nan, math.inf, 0.0, -1.0, 1e308)) -> Any:
    """Return the sample with every name and text replaced by `text` and every number by one of `numbers`, in turn.

    What ties the parts together (keys, workload names, units) stays.
    """
    kept = {"unit", "units", "metric", "kind", "workload", "key", "fact", "facts", "inputs", "schema", "binding"}
    count = 0

    def twist(value: Any, name: str = "") -> Any:
        nonlocal count
        if name in kept or isinstance(value, bool):
            return value
        if isinstance(value, dict):
            return {key: twist(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [twist(item, name) for item in value]
        if isinstance(value, str):
            return text
        count += 1
        number = numbers[count % len(numbers)]
        if isinstance(value, int):
            return abs(int(number)) % 1000 if math.isfinite(number) else 3
        return number

    return twist(sample_document())
