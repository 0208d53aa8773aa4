"""Training runs: tokens, batch and deadline, and the arithmetic around them.

References
----------
[1] Hoffmann et al., Training compute-optimal large language models, 2022.
[2] Kaplan et al., Scaling laws for neural language models, 2020, section 2.1.
"""

from __future__ import annotations

import math

from rackwright.workload.flops import forward_flops
from rackwright.workload.records import Architecture, TrainingJob


def training_job(tokens: float, sequence_length: float, batch_tokens: float, deadline: float = math.inf) -> TrainingJob:
    """Return a run whose optimizer step takes `batch_tokens` tokens.

    B = T_batch / s     (1)
    """
    return TrainingJob(
        tokens=tokens,
        sequence_length=sequence_length,
        global_batch=batch_tokens / sequence_length,
        deadline=deadline,
    )


def steps(job: TrainingJob) -> float:
    """Return the number of optimizer steps.

    n = T / (B s)     (1)
    """
    return float(job.tokens / (job.global_batch * job.sequence_length))


def training_flops(architecture: Architecture, job: TrainingJob) -> float:
    """Return the model operations of the whole run, recomputation not counted.

    F = 3 F_forward(s) T / s     (1)

    The backward pass takes twice the forward one [2].
    """
    one = forward_flops(architecture, float(job.sequence_length))
    return float(3.0 * one * job.tokens / job.sequence_length)
