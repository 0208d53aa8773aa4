"""The pipeline schedule: which stage sets the pace, and how long the others wait.

A model of L equal layers is cut into pp v chunks of c = ceil(L / (pp v)) layers. Where that leaves room, the last
stage gets one layer less and then the first, since they also hold the output head and the embedding.

References
----------
[1] Narayanan et al., Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM, SC21,
    arXiv 2104.04473, section 2.2: one-forward-one-backward schedule, interleaved chunks, bubble (pp-1)/(v m).
[2] Grattafiori et al., The Llama 3 Herd of Models, arXiv 2407.21783, section 3.3.2: one layer less on the first and the
    last stage.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, field, record
from rackwright.performance.records import Mapping
from rackwright.workload.records import TrainingJob


@record
class Stages:
    """What the slowest pipeline stage holds; the shares are 0 or 1."""

    layers: Num = field("1", "layers of the slowest stage")
    head: Num = field("1", "1 when the slowest stage holds the output head")
    embedding: Num = field("1", "1 when the slowest stage holds the embedding")


def micro_batches(job: TrainingJob, mapping: Mapping) -> Num:
    """Return the micro-batches each pipeline runs per step [1].

    m = ceil(B / (dp b))                                                                                     (1)
    """
    return ops.ceil(job.global_batch / (mapping.dp * mapping.micro_batch))


def stage_layers(depth: Num, mapping: Mapping) -> tuple[Num, Num, Num]:
    """Return the layers of the (first, middle, last) stage; with one stage all three hold every layer.

    c = ceil(L / (pp v)),  spare = c v pp - L,  last = c v - min(spare, 1),  first = c v - min(spare - 1, 1)   (2)
    """
    full = ops.ceil(depth / (mapping.pp * mapping.interleave)) * mapping.interleave
    spare = full * mapping.pp - depth
    single = mapping.pp <= 1.0
    last = ops.where(single, depth, full - ops.minimum(spare, 1.0))
    first = ops.where(single, depth, full - ops.clip(spare - 1.0, 0.0, 1.0))
    return first, ops.where(single, depth, full), last


def slowest_stage(depth: Num, mapping: Mapping, layer: Num, head: Num, embedding: Num) -> Stages:
    """Find the stage that takes longest for one micro-batch, forward and backward.

    t_stage = max(first t_layer + t_embedding, middle t_layer, last t_layer + t_head)                        (3)

    Parameters
    ----------
    depth : layers of the model [1]
    layer, head, embedding : time of one layer, of the output head with its loss, of the embedding [s]
    """
    first, middle, last = stage_layers(depth, mapping)
    single = mapping.pp <= 1.0
    first_time, last_time = first * layer + embedding, last * layer + head
    middle_time = ops.where(mapping.pp > 2.0, middle, 0.0) * layer
    last_leads = (last_time >= first_time) & (last_time >= middle_time)
    first_leads = (first_time > last_time) & (first_time >= middle_time)
    layers = ops.where(last_leads, last, ops.where(first_leads, first, middle))
    return Stages(
        layers=layers,
        head=ops.where(single | last_leads, 1.0, 0.0),
        embedding=ops.where(single | first_leads, 1.0, 0.0),
    )


def bubble(whole: Num, slowest: Num, mapping: Mapping) -> Num:
    """Return the time the slowest stage idles while the pipeline fills and drains [s].

    T_bubble = (sum of t over all stages - t_slowest) / v                                                    (4)

    With equal stages this is (pp - 1) t / v, the share (pp - 1)/(v m) of [1].

    Parameters
    ----------
    whole : time of one micro-batch through all stages, forward and backward [s]
    slowest : time of one micro-batch through the slowest stage [s]
    """
    return ops.maximum(whole - slowest, 0.0) / mapping.interleave


def micro_batches_in_flight(job: TrainingJob, mapping: Mapping) -> Num:
    """Return how many micro-batches' activations the first stage holds at its peak [1].

    n = min(m, pp)                              one-forward-one-backward                                     (5)
    n = min(m, pp (1 + (pp-1)/(pp v)))          v > 1 chunks per stage [3]                                   (6)

    References
    ----------
    [3] Korthikanti et al., Reducing Activation Recomputation, arXiv 2205.05198, section 4.2.3.
    """
    chunked = mapping.pp + (mapping.pp - 1.0) / mapping.interleave
    held = ops.where(mapping.interleave > 1.0, chunked, mapping.pp)
    return ops.minimum(micro_batches(job, mapping), held)
