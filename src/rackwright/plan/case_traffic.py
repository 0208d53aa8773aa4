"""The traffic part of a case: requests, daily profile and lengths, as people write them."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from rackwright.plan.case_types import ProfileName, Strict, TraceName, key
from rackwright.plan.case_units import Length, RequestRate, TokenRate, Weight, Word, fault, read_quantity, shown
from rackwright.workload import lengths
from rackwright.workload.lengths import Lengths
from rackwright.workload.traffic import profile_shape

HOURS = 24
LONGEST = 1e8
WIDEST = 6.0
_KINDS = ("fixed", "histogram", "trace")
_SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_WAYS = "write `fixed`, or two of `mean`, `sigma`, `p50`, `p90`, `p95`, `p99`, or a `histogram`, or a `trace`"

Counted = Annotated[str, Word("count of tokens", lambda: ("both", "input", "output"))]


class LengthsIn(Strict):
    """A length distribution: `fixed`, log-normal by two numbers, a `histogram`, or a measured `trace`."""

    fixed: Length | None = key("every request has this length", None, example=1024)
    mean: Length | None = key("mean length", None, example=1200)
    sigma: Weight | None = key("standard deviation of the logarithm of the length", None, example=0.8)
    p50: Length | None = key("median length", None, example=900)
    p90: Length | None = key("length that 90 % do not exceed", None, example=2700)
    p95: Length | None = key("length that 95 % do not exceed", None, example=3500)
    p99: Length | None = key("length that 99 % do not exceed", None, example=5200)
    histogram: dict[str, Weight] | None = key("weights by length", None, example={"256": 0.5, "2048": 0.5})
    trace: TraceName | None = key("measured lengths of the catalogue", None, example="azure-chat-input")

    @field_validator("histogram", mode="after")
    @classmethod
    def _lengths(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        for text in value or ():
            length = read_quantity(text, "1", "256")
            if not 0 < length <= LONGEST:
                raise fault(f"{shown(text)} is no length", "lengths are above 0", (text,))
        if value is not None and not math.fsum(value.values()) > 0:
            raise fault("the weights of the histogram sum to 0", "at least one must be above 0")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> LengthsIn:
        self.distribution()
        return self

    def distribution(self) -> Lengths:
        """Return the distribution that the keys describe."""
        stated = [name for name in type(self).model_fields if getattr(self, name) is not None]
        kinds = [name for name in stated if name in _KINDS]
        if kinds and len(stated) > 1:
            raise fault(f"{', '.join(f'`{name}`' for name in stated)} are stated together", _WAYS)
        if self.fixed is not None:
            return lengths.fixed(self.fixed)
        if self.trace is not None:
            return lengths.measured(self.trace)
        if self.histogram is not None:
            pairs = [(read_quantity(text, "1", "256"), weight) for text, weight in self.histogram.items()]
            return lengths.histogram([length for length, _ in pairs], [weight for _, weight in pairs])
        if len(stated) != 2:
            many = f"{len(stated)} numbers are" if len(stated) != 1 else f"`{stated[0]}` alone is"
            raise fault(f"{many} stated; two fix a log-normal distribution", _WAYS)
        return self._lognormal()

    def _lognormal(self) -> Lengths:
        points = sorted((_SHARES[name], getattr(self, name)) for name in _SHARES if getattr(self, name) is not None)
        found: Lengths | None
        if self.sigma is not None and self.sigma > WIDEST:
            raise fault(f"sigma {self.sigma:g} is too wide", "0.5 to 2 is usual", ("sigma",))
        if len(points) == 2:
            if points[0][1] > points[1][1]:
                raise fault("the lower percentile is longer than the higher one", "p50 is at most p90, and so on")
            found = lengths.lognormal_by_percentiles(points)
        elif self.sigma is not None:
            found = lengths.lognormal(self.mean or self._mean_by(points[0], self.sigma), self.sigma)
        else:
            found = lengths.lognormal_by_mean_and_percentile(self.mean or 1.0, *points[0])
        if found is None or found.sigma > WIDEST:
            raise fault("no log-normal distribution has these numbers", "is the percentile too far from the mean?")
        return found

    @staticmethod
    def _mean_by(point: tuple[float, float], sigma: float) -> float:
        unit = lengths.lognormal(1.0, sigma)
        return point[1] / unit.percentile(point[0])


def _lengths_in(value: Any) -> Any:
    return value if isinstance(value, dict) else {"fixed": value}


LengthTable = Annotated[LengthsIn, BeforeValidator(_lengths_in, json_schema_input_type=float | str | LengthsIn)]


def _named_or_listed(value: Any) -> str:
    return "<listed>" if isinstance(value, list) else "<named>"


Profile = Annotated[
    Annotated[ProfileName, Tag("<named>")]
    | Annotated[list[Weight], Field(min_length=HOURS, max_length=HOURS), Tag("<listed>")],
    Discriminator(_named_or_listed),
]


class TrafficIn(Strict):
    """How many requests, and when in the day."""

    requests: RequestRate | None = key("requests per second, averaged over the year", None, example="40 requests/s")
    tokens: TokenRate | None = key("tokens per second or day, averaged over the year", None, example="2B tokens/day")
    counted: Counted = key("which tokens: `input`, `output` or `both`", "both", "all tokens are counted")
    profile: Profile = key(
        "shape of a day: a name of the catalogue, or 24 numbers", "flat", "the load is constant", "consumer"
    )

    @field_validator("profile", mode="after")
    @classmethod
    def _some(cls, value: str | list[float]) -> str | list[float]:
        if isinstance(value, list) and not math.fsum(value) > 0:
            raise fault("the daily profile sums to 0", "at least one hour must carry load")
        return value

    @model_validator(mode="after")
    def _one(self) -> TrafficIn:
        if (self.requests is None) == (self.tokens is None):
            raise fault("traffic is stated in `requests` or in `tokens`", "state exactly one of them")
        return self

    def hours(self) -> tuple[float, ...]:
        """Return the day as 24 numbers."""
        return profile_shape(self.profile) if isinstance(self.profile, str) else tuple(self.profile)
