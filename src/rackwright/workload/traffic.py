"""Serving traffic: how many requests, when in the day, how long, and how fast they must be answered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rackwright.base.record import field, record
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.table import Table
from rackwright.workload.lengths import Lengths
from rackwright.workload.records import ServingDemand


@record
class DailyProfile:
    """Text attributes: source, grade, note. Vector `shape`: load per hour, 24 numbers."""

    hours: float = field("1", "number of hours described", optional=True)


def daily_profiles() -> Table[DailyProfile]:
    """Return the table of daily profiles.

    References
    ----------
    [1] `data/daily_profiles.yaml`.
    """
    return load_table("daily_profiles", DailyProfile)


def profile_shape(name: str) -> tuple[float, ...]:
    """Return a named day as 24 numbers.

    References
    ----------
    [1] `data/daily_profiles.yaml`.

    Raises
    ------
    UnknownNameError
        If there is no such profile.
    """
    table = daily_profiles()
    return tuple(float(value) for value in table.vectors[table.ids[table.code(name)]]["shape"])


@dataclass(frozen=True)
class LoadShape:
    """What the planner needs of a day: the busiest hour and the higher moments of load, each over the mean."""

    peak_to_mean: float
    square: float
    cube: float


def load_shape(hours: Sequence[float]) -> LoadShape:
    """Return peak and moments of a day.

    peak = max l / m,  square = mean(l^2) / m^2,  cube = mean(l^3) / m^3,  m = mean(l)     (1)
    """
    mean = math.fsum(hours) / len(hours)
    relative = [load / mean for load in hours]
    square = math.fsum(load**2 for load in relative) / len(hours)
    cube = math.fsum(load**3 for load in relative) / len(hours)
    return LoadShape(max(relative), square, cube)


@dataclass(frozen=True)
class Service:
    """The service level: targets that a `percentile` of requests must keep, and the prefix cache's share of hits."""

    ttft: float
    tpot: float
    percentile: float = 0.95
    cached_share: float = 0.0


def serving_demand(
    request_rate: float, input_lengths: Lengths, output_lengths: Lengths, hours: Sequence[float], service: Service
) -> ServingDemand:
    """Return the demand of a service.

    m = mean length,  c^2 = var / m^2,  lambda = mean of the year     (1)
    """
    shape = load_shape(hours)
    return ServingDemand(
        request_rate=request_rate,
        peak_to_mean=shape.peak_to_mean,
        load_square=shape.square,
        load_cube=shape.cube,
        input_tokens=input_lengths.mean,
        input_scv=input_lengths.scv,
        output_tokens=output_lengths.mean,
        output_scv=output_lengths.scv,
        cached_share=service.cached_share,
        ttft_target=service.ttft,
        tpot_target=service.tpot,
        percentile=service.percentile,
    )


def rate_from_tokens(tokens_rate: float, input_tokens: float, output_tokens: float, counted: str = "both") -> float:
    """Return requests per second from tokens per second.

    lambda = T / m,  m = the input, the output, or both of one request     (1)
    """
    per_request = {"input": input_tokens, "output": output_tokens, "both": input_tokens + output_tokens}[counted]
    return tokens_rate / per_request
