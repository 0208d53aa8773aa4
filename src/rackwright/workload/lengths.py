"""Lengths of requests and answers: fixed, log-normal or a histogram, by mean, spread and percentiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from rackwright.base.record import Num, field, record
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.table import Table

_STANDARD = NormalDist()


@record
class LengthFacts:
    """Measured lengths of one trace."""

    mean: Num = field("1", "mean length in tokens")
    scv: Num = field("1", "squared coefficient of variation")
    p50: Num = field("1", "median length in tokens", optional=True)
    p90: Num = field("1", "length that 90 % do not exceed", optional=True)
    p99: Num = field("1", "length that 99 % do not exceed", optional=True)


def measured_lengths() -> Table[LengthFacts]:
    """Return the table of measured lengths.

    References
    ----------
    [1] `data/length_statistics.yaml`.
    """
    return load_table("length_statistics", LengthFacts)


@dataclass(frozen=True)
class Lengths:
    """A length distribution: `sigma` of its logarithm for a log-normal one, or weighted `bins` for a histogram."""

    mean: float
    scv: float
    sigma: float = 0.0
    bins: tuple[tuple[float, float], ...] = ()

    def percentile(self, share: float) -> float:
        """Return the length that a `share` of all requests does not exceed."""
        if self.bins:
            reached = 0.0
            for length, weight in self.bins:
                reached += weight
                if reached >= share - 1e-12:
                    return length
            return self.bins[-1][0]
        if not self.sigma:
            return self.mean
        median = self.mean * math.exp(-self.sigma * self.sigma / 2)
        return median * math.exp(self.sigma * _STANDARD.inv_cdf(share))


def fixed(length: float) -> Lengths:
    """Return requests of one length.

    m = L,  c^2 = 0     (1)
    """
    return Lengths(length, 0.0)


def lognormal(mean: float, sigma: float) -> Lengths:
    """Return log-normal lengths by mean and sigma of the logarithm.

    c^2 = exp(sigma^2) - 1     (1)
    """
    return Lengths(mean, math.expm1(sigma * sigma), sigma)


def lognormal_by_scv(mean: float, scv: float) -> Lengths:
    """Return log-normal lengths by mean and squared coefficient of variation.

    sigma^2 = ln(1 + c^2)     (1)
    """
    return lognormal(mean, math.sqrt(math.log1p(scv)))


def lognormal_by_percentiles(points: Sequence[tuple[float, float]]) -> Lengths:
    """Return log-normal lengths through two (share, length) points.

    sigma = ln(L_2 / L_1) / (z_2 - z_1),  m = L_1 exp(sigma^2 / 2 - sigma z_1),  z = normal quantile of the share   (1)
    """
    (first, low), (second, high) = sorted(points)
    z_low, z_high = _STANDARD.inv_cdf(first), _STANDARD.inv_cdf(second)
    sigma = math.log(high / low) / (z_high - z_low)
    return lognormal(low * math.exp(sigma * sigma / 2 - sigma * z_low), sigma)


def lognormal_by_mean_and_percentile(mean: float, share: float, length: float) -> Lengths | None:
    """Return log-normal lengths by mean and one (share, length) point, or None where none exists.

    ln(L / m) = sigma z - sigma^2 / 2     (1)

    Of the two roots sigma = z -+ sqrt(z^2 - 2 ln(L / m)) the smaller one above 0 is taken.
    """
    z, ratio = _STANDARD.inv_cdf(share), math.log(length / mean)
    inside = z * z - 2 * ratio
    if inside < 0:
        return None
    roots = [root for root in (z - math.sqrt(inside), z + math.sqrt(inside)) if root > 0]
    if not roots:
        return fixed(mean) if ratio == 0 else None
    return lognormal(mean, min(roots))


def histogram(lengths: Sequence[float], weights: Sequence[float]) -> Lengths:
    """Return a histogram's distribution.

    m = sum w L / sum w,  c^2 = sum w L^2 / (sum w m^2) - 1     (1)
    """
    total = math.fsum(weights)
    pairs = tuple(sorted((length, weight / total) for length, weight in zip(lengths, weights, strict=True)))
    mean = math.fsum(length * weight for length, weight in pairs)
    square = math.fsum(length * length * weight for length, weight in pairs)
    return Lengths(mean, max(square / (mean * mean) - 1, 0.0), bins=pairs)


def measured(name: str) -> Lengths:
    """Return a measured distribution by name, as the log-normal one of equal mean and spread.

    References
    ----------
    [1] `data/length_statistics.yaml`.

    Raises
    ------
    UnknownNameError
        If there is no such trace.
    """
    facts = measured_lengths().one(name)
    return lognormal_by_scv(float(facts.mean), float(facts.scv))
