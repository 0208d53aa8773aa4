"""How long a run takes on machines that fail: checkpoints, restarts, and the share of time that advances the run.

References
----------
[1] Young, A first order approximation to the optimum checkpoint interval, Communications of the ACM 17 (1974).
[2] Daly, A higher order estimate of the optimum checkpoint interval for restart dumps, Future Generation Computer
    Systems 22 (2006): equations 20 (run time) and 37 (interval).
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, field, record
from rackwright.performance.training_facts import TrainingFacts

_EXPONENT_LIMIT = 300.0  # beyond it a run never ends, and the exponential would overflow


@record
class Goodput:
    """How a run fares against failures."""

    share: Num = field("1", "share of time that advances the run")
    interval: Num = field("s", "computing time between checkpoints")
    write_time: Num = field("s", "time one checkpoint stops the run")
    time_between_failures: Num = field("s", "mean time between unexpected interruptions of the job")


def checkpoint_time(parameters: Num, accelerators: Num, facts: TrainingFacts) -> Num:
    """Return the time one checkpoint stops the run [s]; every accelerator writes its share.

    delta = P k / (N B_storage)                                                                              (1)

    Parameters
    ----------
    parameters : of the whole model [1]
    accelerators : of the job [1]
    """
    return parameters * facts.checkpoint_bytes / (accelerators * facts.storage_bandwidth)


def best_interval(write_time: Num, time_between_failures: Num) -> Num:
    """Return the checkpoint interval that loses least [s]: Young's [1] with Daly's correction [2].

    tau = sqrt(2 delta M) (1 + sqrt(delta / 2M) / 3 + delta / 2M / 9) - delta     for delta < 2M             (2)
    tau = M                                                                       otherwise                  (3)
    """
    ratio = write_time / (2.0 * time_between_failures)
    young = ops.sqrt(2.0 * write_time * time_between_failures)
    daly = young * (1.0 + ops.sqrt(ratio) / 3.0 + ratio / 9.0) - write_time
    return ops.where(ratio < 1.0, daly, time_between_failures)


def goodput(parameters: Num, accelerators: Num, step_time: Num, facts: TrainingFacts) -> Goodput:
    """Return the share of time that advances the run, with failures at random times [2].

    M = 1 / (lambda N)                                                                                       (4)
    share = tau / (M exp(R / M) (exp((tau + delta) / M) - 1))                                                (5)

    tau is the interval (2), at least one step; R the restart time; failures during restarts count too.

    Parameters
    ----------
    parameters : of the whole model [1]
    accelerators : of the job [1]
    step_time : of one optimizer step [s]
    """
    between = 1.0 / (facts.failure_rate * accelerators)
    write = checkpoint_time(parameters, accelerators, facts)
    interval = ops.maximum(best_interval(write, between), step_time)
    lost_restart = ops.exp(ops.minimum(facts.restart_time / between, _EXPONENT_LIMIT))
    lost_segment = ops.expm1(ops.minimum((interval + write) / between, _EXPONENT_LIMIT))
    share = interval / (between * lost_restart * lost_segment)
    return Goodput(share=share, interval=interval, write_time=write, time_between_failures=between)
