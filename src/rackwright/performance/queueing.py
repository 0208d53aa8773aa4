"""Waiting times and quantiles: M/G/1 queues, lognormal lengths, Poisson numbers in flight."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num


def mean_wait(utilisation: Num, service: Num, scv: Num) -> Num:
    """Mean wait [s] in an M/G/1 queue (Pollaczek-Khinchine [1]).

    W = rho S (1 + c^2) / (2 (1 - rho))     (1)

    References
    ----------
    [1] Kleinrock, Queueing Systems I, 1975, eq. 5.71.
    """
    room = ops.maximum(1.0 - utilisation, _LEAST_ROOM)
    return 0.5 * utilisation * service * (1.0 + scv) / room


def wait_quantile(wait: Num, utilisation: Num, percentile: Num) -> Num:
    """Time [s] that a share `percentile` of arrivals waits at most, for an exponential tail.

    P(wait > t) = rho exp(-rho t / W)   =>   t = W/rho max(0, ln(rho / (1 - q)))     (1)

    The tail is exact in M/M/1 and asymptotically right in M/G/1 with light tails [1].

    References
    ----------
    [1] Abate, Choudhury and Whitt, Exponential approximations for tail probabilities in queues, 1995.
    """
    busy = ops.maximum(utilisation, _LEAST_ROOM)
    beyond = ops.maximum(1.0 - percentile, _LEAST_ROOM)
    return wait / busy * ops.maximum(ops.log(busy / beyond), 0.0)


def normal_quantile(percentile: Num) -> Num:
    """Quantile of the standard normal for 0.5 <= q < 1; below, by symmetry. Error below 4.5e-4 [1].

    t = sqrt(-2 ln(1 - q)),   z = t - (c0 + c1 t + c2 t^2) / (1 + d1 t + d2 t^2 + d3 t^3)     (1)

    References
    ----------
    [1] Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
    """
    upper = ops.maximum(percentile, 1.0 - percentile)
    t = ops.sqrt(-2.0 * ops.log(ops.maximum(1.0 - upper, _LEAST_ROOM)))
    z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return ops.where(percentile >= 0.5, z, -z)


def lognormal_ratio(z: Num, scv: Num) -> Num:
    """Quantile over mean of a lognormal variable with squared coefficient of variation c^2.

    ratio = exp(z s - s^2 / 2),   s^2 = ln(1 + c^2)     (1)
    """
    variance = ops.log1p(scv)
    return ops.exp(z * ops.sqrt(variance) - 0.5 * variance)


def poisson_quantile(mean: Num, z: Num) -> Num:
    """Number in flight that is exceeded with the probability of a normal deviate z, mean and variance equal.

    n = m + z sqrt(m)     (1)
    """
    return mean + z * ops.sqrt(mean)


_LEAST_ROOM = 1e-9
"""Keeps a queue at or above capacity finite: the wait is then a billion services, and every target is missed."""
