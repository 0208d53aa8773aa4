"""What training software and fleets are like, as facts."""

from __future__ import annotations

from rackwright.base.record import Num, field, record, replace
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.table import Table
from rackwright.performance.efficiency import EfficiencyFacts


@record
class TrainingFacts:
    """One generation of training software on one kind of fleet; a row of `data/training_facts.yaml`."""

    grouped_compute: Num = field("1", "grouped product: share of peak rate when large")
    grouped_half_m: Num = field("1", "grouped product: rows per group at half of the compute share")
    grouped_half_k: Num = field("1", "grouped product: depth at half of the compute share")
    fused_attention: Num = field("1", "1 when attention scores stay on chip (FlashAttention), 0 when they go to memory")
    attention_backward: Num = field("1", "computation of the attention core backward over forward")
    score_bytes: Num = field("B", "kept for backward per attention score, unfused attention only")
    score_traffic: Num = field("B", "moved per attention score in forward, unfused attention only")
    dropout_bytes: Num = field("B", "dropout mask per element of the two residual branches; 0 without dropout")
    gradient_bytes: Num = field("B", "per parameter, in which gradients are accumulated and reduced")
    optimizer_bytes: Num = field("B", "optimizer state per parameter, master weight included")
    logit_bytes: Num = field("B", "per logit, from the output head to the loss")
    tensor_overlap: Num = field("1", "share of tensor-parallel collectives that computation can hide")
    data_overlap: Num = field("1", "share of gradient and weight collectives that computation can hide")
    expert_overlap: Num = field("1", "share of expert all-to-all that computation can hide")
    pipeline_overlap: Num = field("1", "share of stage-to-stage sends that computation can hide")
    expert_imbalance: Num = field("1", "load of the busiest expert-parallel rank over the mean")
    straggler_spread: Num = field("1", "standard deviation of speed between equal accelerators")
    step_overhead: Num = field("s", "host work per optimizer step that nothing hides")
    reserved_memory: Num = field("B", "driver context, libraries and collective buffers")
    fragmentation: Num = field("1", "share of allocated memory lost to the allocator")
    failure_rate: Num = field("1/s", "unexpected interruptions per accelerator and time")
    restart_time: Num = field("s", "from a failure to the first step after reloading")
    storage_bandwidth: Num = field("B/s", "checkpoint write rate per accelerator of the job")
    checkpoint_bytes: Num = field("B", "written per parameter of the model")


@record
class Stack:
    """All that a training estimate takes on trust: the software and fleet, and what kernels reach."""

    training: TrainingFacts = field("", "training software and fleet")
    efficiency: EfficiencyFacts = field("", "shares of peak that kernels reach")

    @property
    def kernels(self) -> EfficiencyFacts:
        """What kernels reach in training, where routing is kept balanced and experts get many rows each."""
        facts = self.training
        return replace(
            self.efficiency,
            grouped_compute=facts.grouped_compute,
            grouped_half_m=facts.grouped_half_m,
            grouped_half_k=facts.grouped_half_k,
        )


def training_table() -> Table[TrainingFacts]:
    """Return the shipped generations of training software.

    Sources
    -------
    Every number in `data/training_facts.yaml` names its own.
    """
    return load_table("training_facts", TrainingFacts)
