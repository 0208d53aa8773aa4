"""The named numbers of a design: what can be shown, compared, limited, optimised and explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rackwright.base.errors import UnknownNameError
from rackwright.base.record import Num
from rackwright.performance.records import Serving, Training
from rackwright.plan.outcome import Outcome

MEGA = 1e6


@dataclass(frozen=True)
class Metric:
    """A named number: how it is read off an outcome, its unit, and which direction is better (`low`, `high` or ``)."""

    key: str
    label: str
    unit: str
    better: str
    read: Callable[[Outcome], Num]
    kinds: tuple[str, ...] = ("serve", "train")

    @property
    def shown_unit(self) -> str:
        """Unit for people: shares are shown in per cent."""
        return "share" if self.key in _SHARES else self.unit


def _serving(read: Callable[[Serving], Num]) -> Callable[[Outcome], Num]:
    def apply(outcome: Outcome) -> Num:
        if not isinstance(outcome.performance, Serving):
            raise UnknownNameError("metric", "of serving", ())
        return read(outcome.performance)

    return apply


def _training(read: Callable[[Training], Num]) -> Callable[[Outcome], Num]:
    def apply(outcome: Outcome) -> Num:
        if not isinstance(outcome.performance, Training):
            raise UnknownNameError("metric", "of training", ())
        return read(outcome.performance)

    return apply


def _tokens(outcome: Outcome) -> Num:
    return outcome.fleet.input_tokens + outcome.fleet.output_tokens


def _energy_per_mtoken(outcome: Outcome) -> Num:
    return MEGA * outcome.site.facility_power / _tokens(outcome)


_SHARES = ("utilisation", "goodput", "hfu", "mfu", "single_source_share", "single_country_share")
_SERVE, _TRAIN = ("serve",), ("train",)

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric("usd_per_mtoken", "cost per million tokens", "USD", "low", lambda o: o.cost.per_mtoken),
        Metric("usd_per_mtoken_output", "cost per million output tokens", "USD", "low",
               lambda o: o.cost.per_output_mtoken, _SERVE),
        Metric("usd_per_mtoken_input", "cost per million input tokens", "USD", "low",
               lambda o: o.cost.per_input_mtoken, _SERVE),
        Metric("total_cost", "total cost of ownership", "USD", "low", lambda o: o.cost.total),
        Metric("annual_cost", "cost per year", "USD", "low", lambda o: o.cost.annual.total),
        Metric("capex", "capital before service", "USD", "low", lambda o: o.cost.capex.total),
        Metric("usd_per_accelerator_hour", "cost of one accelerator-hour", "USD", "low",
               lambda o: o.cost.per_accelerator_hour),
        Metric("usd_per_mw_year", "cost per megawatt of IT and year", "USD", "low", lambda o: o.cost.per_mw_year),
        Metric("energy", "energy at the meter per year", "J", "low", lambda o: o.site.energy),
        Metric("energy_per_mtoken", "energy per million tokens", "J", "low", _energy_per_mtoken),
        Metric("carbon", "emissions over the horizon", "kgCO2e", "low", lambda o: o.carbon.total),
        Metric("carbon_annual", "emissions per year", "kgCO2e", "low", lambda o: o.carbon.annual.total),
        Metric("carbon_embodied", "embodied emissions", "kgCO2e", "low", lambda o: o.carbon.embodied.total),
        Metric("carbon_per_mtoken", "emissions per million tokens", "kgCO2e", "low", lambda o: o.carbon.per_mtoken),
        Metric("water", "water at the site per year", "m^3", "low", lambda o: o.site.water_site),
        Metric("water_source", "water at the power plants per year", "m^3", "low", lambda o: o.site.water_source),
        Metric("first_tokens", "order to first tokens", "s", "low", lambda o: o.supply.first_tokens),
        Metric("ready_date", "order to full capacity", "s", "low", lambda o: o.supply.full_capacity),
        Metric("ttft", "TTFT at the target percentile", "s", "low", _serving(lambda p: p.ttft), _SERVE),
        Metric("ttft_mean", "TTFT, mean", "s", "low", _serving(lambda p: p.ttft_mean), _SERVE),
        Metric("tpot", "TPOT at the target percentile", "s", "low", _serving(lambda p: p.tpot), _SERVE),
        Metric("tpot_mean", "TPOT, mean", "s", "low", _serving(lambda p: p.tpot_mean), _SERVE),
        Metric("request_rate", "requests per second of one replica", "1/s", "high",
               _serving(lambda p: p.request_rate), _SERVE),
        Metric("output_rate", "output tokens per second and accelerator", "1/s", "high",
               lambda o: o.fleet.output_tokens / o.fleet.accelerators / o.fleet.utilisation, _SERVE),
        Metric("utilisation", "mean load over capacity", "1", "high", lambda o: o.fleet.utilisation, _SERVE),
        Metric("duration", "duration of the run", "s", "low", _training(lambda p: p.duration), _TRAIN),
        Metric("step_time", "time of one step", "s", "low", _training(lambda p: p.step_time), _TRAIN),
        Metric("goodput", "share of time that advances the run", "1", "high", _training(lambda p: p.goodput), _TRAIN),
        Metric("interruptions", "expected interruptions", "1", "low", _training(lambda p: p.interruptions), _TRAIN),
        Metric("hfu", "hardware FLOP utilisation", "1", "high", _training(lambda p: p.hfu), _TRAIN),
        Metric("mfu", "model FLOP utilisation", "1", "high", lambda o: o.performance.mfu),
        Metric("memory", "memory in use per accelerator", "B", "", lambda o: o.performance.memory.total),
        Metric("accelerators", "accelerators installed", "1", "", lambda o: o.cluster.accelerators),
        Metric("replicas", "model replicas", "1", "", lambda o: o.fleet.replicas),
        Metric("replica_size", "accelerators per replica", "1", "", lambda o: o.performance.accelerators),
        Metric("systems", "systems", "1", "", lambda o: o.cluster.systems),
        Metric("racks", "racks, network included", "1", "low", lambda o: o.cluster.racks + o.cluster.network_racks),
        Metric("rack_power", "power of one rack", "W", "", lambda o: o.cluster.rack_power),
        Metric("it_power", "IT power at full load", "W", "low", lambda o: o.cluster.power_peak),
        Metric("it_power_mean", "mean IT power", "W", "low", lambda o: o.cluster.power_mean),
        Metric("feeder_power", "grid connection", "W", "low", lambda o: o.site.feeder_power),
        Metric("facility_power", "mean power at the meter", "W", "low", lambda o: o.site.facility_power),
        Metric("pue", "PUE, annual mean", "1", "low", lambda o: o.site.pue),
        Metric("pue_peak", "PUE of the worst hour", "1", "low", lambda o: o.site.pue_peak),
        Metric("wue", "WUE", "m^3/J", "low", lambda o: o.site.wue),
        Metric("trim_hours", "compressor hours per year", "1", "low", lambda o: o.site.trim_hours),
        Metric("single_source_share", "share of spend with a single maker", "1", "low",
               lambda o: o.supply.single_source_share),
        Metric("single_country_share", "largest share of spend on one country", "1", "low",
               lambda o: o.supply.single_country_share),
    )
}  # fmt: skip

OBJECTIVES = ("usd_per_mtoken", "total_cost", "energy", "carbon", "ready_date")
HEADLINE = {
    "serve": ("usd_per_mtoken", "usd_per_mtoken_output", "usd_per_mtoken_input", "total_cost", "capex", "ttft", "tpot",
              "it_power", "feeder_power", "pue", "carbon", "ready_date"),
    "train": ("usd_per_mtoken", "total_cost", "capex", "duration", "mfu", "it_power", "feeder_power", "pue", "carbon",
              "ready_date"),
}  # fmt: skip


def metric(key: str, kind: str) -> Metric:
    """Return a metric of a kind of workload (`serve` or `train`).

    Raises
    ------
    UnknownNameError
        If there is none; the error names the nearest ones.
    """
    found = METRICS.get(key)
    if found is None or kind not in found.kinds:
        known = [name for name, item in METRICS.items() if kind in item.kinds]
        raise UnknownNameError("metric", key, known, "`rackwright explain PLAN list` names them all")
    return found


def metrics_of(kind: str) -> tuple[Metric, ...]:
    """Return all metrics of a kind of workload."""
    return tuple(item for item in METRICS.values() if kind in item.kinds)
