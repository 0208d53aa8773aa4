"""The form of a case file: every key, its meaning, its unit, its default.

These models check structure, units and names; `case_build` turns them into the records of `case_records`. Descriptions
and `why` texts are what `rackwright schema` exports and what `rackwright check` shows for defaults.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from rackwright.plan.case_records import OBJECTIVES
from rackwright.plan.case_traffic import LengthTable, TrafficIn
from rackwright.plan.case_types import (
    AcceleratorName,
    Batches,
    CacheFormat,
    ComputeFormat,
    CoolingNames,
    Free,
    Modes,
    Name,
    ObjectiveName,
    Objectives,
    OneOrMany,
    OwnerName,
    Recompute,
    SiteName,
    Stages,
    Strict,
    SystemNames,
    Text,
    TrainFormats,
    Ways,
    WeightFormat,
    key,
)
from rackwright.plan.case_units import (
    Count,
    Duration,
    Emission,
    EnergyPrice,
    InnerShare,
    Length,
    LongDuration,
    Money,
    Power,
    Rate,
    Share,
    Tokens,
    Volume,
    Weight,
    Whole,
    fault,
    read_quantity,
    shown,
)

ANY = "free"


class MappingIn(Strict):
    """How a replica or a job is laid over accelerators. Each key takes `free`, one value, or a list to choose from."""

    tp: Ways = key("tensor-parallel ways", [], ANY, 8)
    pp: Ways = key("pipeline stages", [], ANY, 1)
    ep: Ways = key("expert-parallel ways", [], ANY, 32)
    cp: Ways = key("context-parallel ways", [], ANY, 1)
    dp: Ways = key("data-parallel ways", [], ANY, 128)
    batch: Batches = key("serving: sequences decoded together by one replica", [], ANY, 64)
    micro_batch: Ways = key("training: sequences per micro-batch", [], ANY, 1)
    interleave: Ways = key("training: model chunks per pipeline stage", [], ANY, 4)
    zero: Stages = key("training: ZeRO stage, 0 to 3", [], ANY, 1)
    recompute: Recompute = key("training: `none`, `selective` or `full`", [], ANY, "selective")


class PrecisionIn(Strict):
    """Number formats that differ between parts."""

    weights: WeightFormat = key("format of the weights", example="fp8")
    compute: ComputeFormat | None = key("format of matrix products", None, example="fp8")
    kv_cache: CacheFormat = key("format of the KV cache", "bf16", "as computed; lower ones change the answers", "fp8")


def _precision(value: Any) -> Any:
    return value if isinstance(value, dict) else {"weights": value}


Precisions = Annotated[
    list[Annotated[PrecisionIn, BeforeValidator(_precision, json_schema_input_type=str | PrecisionIn)]], Free
]


class _Own(Strict):
    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True, frozen=True)


class AcceleratorIn(_Own):
    """An accelerator of your own: the numbers of `like`, with those you state laid over."""

    name: Name = key("its name in this case", example="our-chip")
    like: AcceleratorName = key("catalogue accelerator it starts from", example="h100-sxm")


class SiteIn(_Own):
    """A site of your own: the numbers of `like`, with those you state laid over."""

    name: Name = key("its name in this case", example="our-barn")
    like: SiteName = key("catalogue location it starts from", example="dallas-tx")
    weather: Text | None = key("hourly weather of the site (EPW), relative to the case file", None, example="barn.epw")
    country: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")] | None = key("country, two letters", None, example="US")


def _named_or_own(value: Any) -> str:
    return "<own>" if isinstance(value, dict) else "<named>"


Accelerators = Annotated[
    list[
        Annotated[
            Annotated[AcceleratorName, Tag("<named>")] | Annotated[AcceleratorIn, Tag("<own>")],
            Discriminator(_named_or_own),
        ]
    ],
    Free,
]
Sites = Annotated[
    list[
        Annotated[Annotated[SiteName, Tag("<named>")] | Annotated[SiteIn, Tag("<own>")], Discriminator(_named_or_own)]
    ],
    Free,
]


class CandidatesIn(Strict):
    """What may be built. `free` or `all` lets the planner choose among everything."""

    systems: SystemNames = key(
        "systems of the catalogue, `shipping` or `all`", ["shipping"], "what can be bought today"
    )
    accelerators: Accelerators = key("only systems with these accelerators; your own may stand here", [], "all")
    sites: Sites = key("locations of the catalogue, or your own", [], "all locations of the catalogue", "dallas-tx")
    cooling: CoolingNames = key("cooling types", [], "free", "direct-to-chip-dry")
    mode: Modes = key(
        "`aggregated`, `disaggregated` (prefill and decode apart) or `free`", ["aggregated"], "the simpler"
    )
    mapping: MappingIn = key("how the model is laid over accelerators", MappingIn(), "free")
    prefill: MappingIn = key("the same for the prefill pool, when disaggregated", MappingIn(), "free")


class LatencyIn(Strict):
    """How fast answers must come."""

    ttft: Duration = key("time to first token", example="500 ms")
    tpot: Duration = key("time per output token after the first", example="40 ms")
    percentile: InnerShare = key("share of requests that must keep both", 0.95, "the usual service level", "95 %")

    @model_validator(mode="after")
    def _inside(self) -> LatencyIn:
        if self.percentile >= 1:
            raise fault("no system keeps a target for 100 % of requests", "write it like `99 %`", ("percentile",))
        return self


class ReferenceIn(Strict):
    """A published result to set the plan against."""

    value: Any = key("what was published, with unit", example="54 days")
    high: Any = key("the upper end, where a range was published", None, example="43 %")
    source: Text = key("where", example="Grattafiori et al., The Llama 3 herd of models, 2024, section 3.3")


References = dict[Annotated[str, Field(max_length=60)], ReferenceIn]


class ServeIn(Strict):
    """A service that answers requests."""

    model: Any = key("a catalogue model, the path of a config.json, or the config itself", example="llama-3.1-70b")
    traffic: TrafficIn = key("how many requests, and when in the day")
    input: LengthTable = key("length of requests (ISL)", example={"mean": 1200, "p90": 2700})
    output: LengthTable = key("length of answers (OSL)", example={"mean": 210, "p90": 420})
    latency: LatencyIn = key("latency targets")
    precision: Precisions = key(
        "number formats to try", [PrecisionIn(weights="bf16")], "as trained; lower ones change the answers", "fp8"
    )
    prefix_hits: Share = key("share of input tokens found in the prefix cache", 0.0, "nothing is shared", "30 %")


class TrainIn(Strict):
    """A training run."""

    model: Any = key("a catalogue model, the path of a config.json, or the config itself", example="llama-3.1-405b")
    tokens: Tokens = key("tokens to train on", example="15.6T tokens")
    sequence_length: Length = key("tokens per sequence", example=8192)
    global_batch: Any = key("sequences or tokens per step", example="16M tokens")
    deadline: LongDuration | None = key("time allowed, interruptions included", None, example="60 days")
    precision: TrainFormats = key("number formats of the matrix products to try", ["bf16"], "the usual one", "fp8")
    accelerators: Annotated[int, Whole(1, 10_000_000)] | None = key("size of the job", None, example=16384)

    @field_validator("global_batch", mode="after")
    @classmethod
    def _counted(cls, value: Any) -> Any:
        read_quantity(value, "1", "16M tokens")
        if not isinstance(value, str) or not any(word in value for word in ("tok", "seq", "sample")):
            raise fault(f"{shown(value)} does not say what is counted", "write `2048 sequences` or `16M tokens`")
        return value


class WorkloadIn(Strict):
    """One thing that has to be computed: `serve` or `train`."""

    name: Name = key("its name in the plan", example="chat")
    serve: ServeIn | None = key("a service", None)
    train: TrainIn | None = key("a training run", None)
    candidates: CandidatesIn | None = key("candidates of this workload alone, laid over those of the case", None)
    reference: References = key("published results to compare with, by metric", {})

    @model_validator(mode="after")
    def _one(self) -> WorkloadIn:
        if (self.serve is None) == (self.train is None):
            raise fault("a workload is either `serve` or `train`", "state exactly one of them")
        return self


class LimitsIn(Strict):
    """Bounds on the whole plan."""

    site_power: Power | None = key("power at the grid connection", None, example="60 MW")
    racks: Count | None = key("racks", None, example=400)
    budget: Money | None = key("money spent before service", None, example="$250M")
    ready_by: Text | None = key("date, or time from `start`, of full capacity", None, example="18 months")
    carbon: Emission | None = key("emissions over the horizon", None, example="20000 tCO2e")
    water: Volume | None = key("water at the site per year", None, example="300 ML")
    countries_not_allowed: Annotated[list[Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")]], OneOrMany(())] = key(
        "countries, two letters, in which nothing may stand or be bought alone", [], "none", "CN"
    )
    confidence: Share = key(
        "share of draws of the facts' ranges in which every limit must hold", 0.5, "more likely than not", "80 %"
    )


class ObjectiveIn(Strict):
    """What a good plan is: one number to minimise, or a weighting."""

    minimise: ObjectiveName | None = key("the number to minimise", None, example="usd_per_mtoken")
    weights: dict[ObjectiveName, Weight] | None = key(
        "several numbers, weighted", None, example={"usd_per_mtoken": 0.7}
    )
    pareto: Objectives = key("objectives of the Pareto front", list(OBJECTIVES[:1] + OBJECTIVES[3:]), "the usual trade")

    @model_validator(mode="after")
    def _one(self) -> ObjectiveIn:
        if self.minimise and self.weights:
            raise fault("`minimise` and `weights` are both stated", "state one of them", ("weights",))
        if self.weights is not None and not sum(self.weights.values()) > 0:
            raise fault("the weights sum to 0", "at least one must be above 0", ("weights",))
        return self


class EconomicsIn(Strict):
    """Who pays, and on what terms."""

    owner: OwnerName = key("kind of owner, which sets the terms", "hyperscaler", "an owner of large fleets", "neocloud")
    horizon: LongDuration | None = key("time in service a plan is judged over", None, example="5 years")
    cost_of_capital: Rate | None = key("yearly cost of capital", None, example="9 %")
    electricity_price: EnergyPrice | None = key("price of electricity at every site", None, example="0.06 USD/kWh")


class CaseIn(Strict):
    """A case: what has to be computed, what may be built, what bounds it, what is wanted."""

    name: Name = key("name of the case", example="A chat service for two cities")
    description: Text = key("what it is about", "", example="Which system answers 40 requests/s at the lowest cost?")
    workloads: Annotated[list[WorkloadIn], Field(min_length=1, max_length=50)] = key("what has to be computed")
    candidates: CandidatesIn = key("what may be built", CandidatesIn(), "everything that can be bought today")
    limits: LimitsIn = key("bounds on the whole plan", LimitsIn(), "none")
    objective: ObjectiveIn = key("what is wanted", ObjectiveIn(), "least cost per million tokens")
    economics: EconomicsIn = key("who pays, and on what terms", EconomicsIn(), "an owner of large fleets")
    start: Text = key("order date", "2027-01-04", "the first Monday of 2027", "2027-01-04")
    facts: dict[Annotated[str, Field(max_length=200)], Any] = key(
        "numbers to use instead of the catalogue's, by `table.record.field`", {}, "none",
        {"accelerators.h100-sxm.price": "25 kUSD"},
    )  # fmt: skip
    seed: Annotated[int, Whole(0, 2**31 - 1)] = key("seed of the draws", 1, "any number gives the same plan again")
    samples: Annotated[int, Whole(0, 100_000)] = key("draws of the facts' ranges", 200, "P10 to P90 settle", 200)

    @field_validator("workloads", mode="after")
    @classmethod
    def _unique(cls, value: list[WorkloadIn]) -> list[WorkloadIn]:
        seen: set[str] = set()
        for position, workload in enumerate(value):
            if workload.name in seen:
                raise fault(f"two workloads are called `{workload.name}`", "names must differ", (position, "name"))
            seen.add(workload.name)
        return value
