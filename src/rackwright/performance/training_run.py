"""One training run as every part of the estimate sees it, and the few quantities all of them need."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, field, record
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric, Group
from rackwright.performance.records import Mapping
from rackwright.performance.training_facts import Stack
from rackwright.workload.records import Architecture, Precision, TrainingJob


@record
class Run:
    """What is trained, on what, and how it is laid out."""

    architecture: Architecture = field("", "the model")
    job: TrainingJob = field("", "tokens, sequence length, global batch, deadline")
    precision: Precision = field("", "number formats")
    chip: Accelerator = field("", "accelerator")
    fabric: Fabric = field("", "network of two tiers")
    mapping: Mapping = field("", "parallel layout")
    stack: Stack = field("", "software, fleet and kernel facts")

    @property
    def activation_bytes(self) -> Num:
        """Size of one activation element [B]."""
        return self.precision.activation_bytes * self.stack.efficiency.byte

    @property
    def weight_bytes(self) -> Num:
        """Size of one weight [B]."""
        return self.precision.weight_bytes * self.stack.efficiency.byte


def accelerators(mapping: Mapping) -> Num:
    """Return the accelerators of the job.

    N = tp pp cp dp                                                                                          (1)
    """
    return mapping.tp * mapping.pp * mapping.cp * mapping.dp


def rank_tokens(run: Run) -> Num:
    """Return the tokens of one micro-batch that one tensor-parallel group works on.

    t = b s / cp                                                                                             (1)
    """
    return run.mapping.micro_batch * run.job.sequence_length / run.mapping.cp


def sequence_ways(mapping: Mapping) -> Num:
    """Return over how many ranks norms and residuals are split: tp with sequence parallelism [1], else 1.

    w = tp where sequence parallel, else 1                                                                   (1)

    References
    ----------
    [1] Korthikanti et al., arXiv 2205.05198, section 4.2.2.
    """
    return ops.where(mapping.sequence_parallel > 0.0, mapping.tp, 1.0)


def expert_split(mapping: Mapping) -> Num:
    """Return how many ranks share one expert: experts are spread over ep ranks, and split where ep is below tp.

    x = max(1, tp / ep)                                                                                      (1)
    """
    return ops.maximum(1.0, mapping.tp / mapping.ep)


def tensor_group(mapping: Mapping) -> Group:
    """Ranks that share one layer; a group of size = tp, stride = 1 (1)."""
    return Group(size=mapping.tp, stride=1.0)


def context_group(mapping: Mapping) -> Group:
    """Ranks that share one sequence; a group of size = cp, stride = tp (1)."""
    return Group(size=mapping.cp, stride=mapping.tp)


def expert_group(mapping: Mapping) -> Group:
    """Ranks that share one set of experts; a group of size = ep, stride = x (1)."""
    return Group(size=mapping.ep, stride=expert_split(mapping))


def stage_group(mapping: Mapping) -> Group:
    """Pipeline stages; a group of size = pp, stride = tp cp dp (1)."""
    return Group(size=mapping.pp, stride=mapping.tp * mapping.cp * mapping.dp)


def replica_group(mapping: Mapping) -> Group:
    """Ranks with the same dense weights; a group of size = cp dp, stride = tp (1)."""
    return Group(size=mapping.cp * mapping.dp, stride=mapping.tp)


def expert_replica_group(mapping: Mapping) -> Group:
    """Ranks with the same experts; a group of size = tp cp dp / (ep x), at least 1, stride = ep x (1)."""
    stride = mapping.ep * expert_split(mapping)
    return Group(size=ops.maximum(1.0, mapping.tp * mapping.cp * mapping.dp / stride), stride=stride)
