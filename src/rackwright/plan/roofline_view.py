"""Where the operators of a chosen design lie on the roofline of their accelerator."""

from __future__ import annotations

import math

from rackwright.performance.operators import model_operators
from rackwright.performance.records import Mapping, Operator, TokenShape
from rackwright.performance.roofline import kernel_time, peak_rate, rates_of
from rackwright.plan.document import Roofline, RooflinePoint
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.problem import Problem
from rackwright.plan.view import number
from rackwright.plan.world import World
from rackwright.workload.records import ServingDemand, TrainingJob

_MOST_POINTS = 40


def roofline_of(design: Design, problem: Problem, outcome: Outcome, world: World) -> Roofline:
    """Return the forward operators of one design with arithmetic intensity and the compute rate they reach."""
    chip = outcome.chosen.chip
    rates = rates_of(chip, world.serving)
    points: list[RooflinePoint] = []
    for phase, shape, mapping in _phases(design, problem):
        operators = model_operators(problem.architecture, shape, mapping, problem.precision)
        times = [number(kernel_time(operator, rates)) for operator in operators]
        whole = sum(times)
        for operator, time in zip(operators, times, strict=True):
            point = _point(operator, phase, time, whole)
            if point is not None:
                points.append(point)
    points.sort(key=lambda point: (-point["share"], point["phase"], point["name"]))
    return Roofline(
        accelerator=world.accelerators.text(
            world.systems.text(world.systems.ids[int(number(design.system))], "accelerator"), "name"
        ),
        peak=number(peak_rate(chip, problem.precision.compute)),
        bandwidth=number(chip.memory_bandwidth),
        points=points[:_MOST_POINTS],
    )


def _phases(design: Design, problem: Problem) -> list[tuple[str, TokenShape, Mapping]]:
    """Return the forward passes to show: one decode step and one prefill, or one training micro-batch."""
    demand = problem.demand
    mapping = design.mapping
    if isinstance(demand, TrainingJob):
        tokens = mapping.micro_batch * demand.sequence_length / mapping.cp
        half = demand.sequence_length / 2.0
        return [("training", TokenShape(tokens, mapping.micro_batch, half, phase="training"), mapping)]
    return _serving_phases(demand, mapping, design.prefill or mapping)


def _serving_phases(demand: ServingDemand, decode: Mapping, prefill: Mapping) -> list[tuple[str, TokenShape, Mapping]]:
    batch = decode.batch / decode.dp
    context = demand.input_tokens + 0.5 * demand.output_tokens
    new = demand.input_tokens * (1.0 - demand.cached_share)
    cached = demand.input_tokens * demand.cached_share
    one = batch / batch
    return [
        ("decode", TokenShape(batch, batch, context, past=context, phase="decode"), decode),
        ("prefill", TokenShape(new * one, one, cached + 0.5 * new, past=cached, phase="prefill"), prefill),
    ]


def _point(operator: Operator, phase: str, time: float, whole: float) -> RooflinePoint | None:
    operations = number(operator.flops) * number(operator.count)
    moved = number(operator.weight_bytes + operator.activation_bytes + operator.kv_bytes) * number(operator.count)
    if not (operations > 0 and moved > 0 and time > 0 and math.isfinite(time)):
        return None
    return RooflinePoint(
        name=operator.name,
        phase=phase,
        intensity=operations / moved,
        achieved=operations / time,
        share=time / whole if whole else 0.0,
    )
