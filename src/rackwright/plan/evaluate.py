"""The whole pipeline on one screen: a block of designs of one workload goes in, an `Outcome` comes out.

This is the only module where the domain rooms meet.
"""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.base import ops
from rackwright.base.limit import Limit
from rackwright.base.record import Num
from rackwright.carbon.footprint import footprint
from rackwright.cost.price import price
from rackwright.fabric.fabric import make_fabric
from rackwright.performance.disaggregated import Pools, serve_disaggregated
from rackwright.performance.power import accelerator_power
from rackwright.performance.records import Fleet, Serving, Training
from rackwright.performance.serving import serve
from rackwright.performance.training import train
from rackwright.plan.layout import size_limits
from rackwright.plan.outcome import Chosen, Design, Outcome
from rackwright.plan.problem import Problem
from rackwright.plan.world import World
from rackwright.site.place import place
from rackwright.supply.dependence import country_limits
from rackwright.supply.source import source
from rackwright.system.build import build_system
from rackwright.system.records import Cluster
from rackwright.workload.records import ServingDemand, TrainingJob


@dataclass(frozen=True)
class Machine:
    """The part of an outcome that does not depend on where it stands; `size`: limits of how many accelerators."""

    chosen: Chosen
    performance: Serving | Training
    fleet: Fleet
    cluster: Cluster
    size: tuple[Limit, ...]

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Limits of the mapping, the memory, the latency targets and the rack."""
        return (*self.size, *self.performance.limits, *self.cluster.limits)


def evaluate(design: Design, problem: Problem, world: World) -> Outcome:
    """Evaluate a block of designs of one workload, from mapping to dates.

    Shapes: the codes and mappings of `design` are (designs, 1); results are (designs, 1), or (designs, samples) in a
    sampled world. A traced world takes one design.
    """
    return locate(build(design, problem, world), design, world)


def build(design: Design, problem: Problem, world: World) -> Machine:
    """Evaluate what does not depend on the site: chip, fabric, performance, fleet and cluster."""
    chosen = choose(design, world)
    performance = perform(design, problem, chosen, world)
    fleet = size_fleet(performance, problem, chosen, world)
    cluster = build_system(
        fleet.accelerators,
        fleet.accelerator_power,
        fleet.utilisation,
        chosen.chip,
        chosen.spec,
        world.parts(design.system),
    )
    return Machine(chosen, performance, fleet, cluster, size_limits(design, problem))


def locate(machine: Machine, design: Design, world: World) -> Outcome:
    """Evaluate what depends on the site: facility, cost, carbon and dates."""
    chosen, fleet, cluster = machine.chosen, machine.fleet, machine.cluster
    location = world.locations.take(design.site)
    plant = world.plant(design.site, design.cooling, chosen.chip, chosen.spec)
    site = place(cluster, fleet, plant.year, location, plant.coolant, plant.cooling, world.site_facts)
    cost = price(cluster, site, fleet, location, world.economics)
    carbon = footprint(cluster, site, fleet, chosen.chip, chosen.spec, location, world.carbon_facts)
    origin = world.origin(world.accelerator_of_system[design.system])
    supply = source(cluster, site, location, origin, world.sourcing)
    barred = country_limits(cluster, origin, world.sourcing, world.case.limits.countries_not_allowed)
    return Outcome(
        chosen=chosen,
        performance=machine.performance,
        fleet=fleet,
        cluster=cluster,
        location=location,
        year=plant.year,
        site=site,
        cost=cost,
        carbon=carbon,
        supply=supply,
        limits=(*machine.limits, *site.limits, *barred),
    )


def choose(design: Design, world: World) -> Chosen:
    """Take the catalogue records that the codes of a design stand for."""
    chip_code = world.accelerator_of_system[design.system]
    chip, spec = world.accelerators.take(chip_code), world.systems.take(design.system)
    network = world.networks.take(world.network_of_accelerator[chip_code])
    return Chosen(chip, spec, make_fabric(chip, spec, network))


def perform(design: Design, problem: Problem, chosen: Chosen, world: World) -> Serving | Training:
    """Run the workload on the chosen chip and fabric."""
    architecture, precision, demand = problem.architecture, problem.precision, problem.demand
    if isinstance(demand, TrainingJob):
        return train(architecture, demand, precision, chosen.chip, chosen.fabric, design.mapping, world.training)
    if design.prefill is not None:
        pools = Pools(design.prefill, design.mapping)
        return serve_disaggregated(architecture, demand, precision, chosen.chip, chosen.fabric, pools, world.serving)
    return serve(architecture, demand, precision, chosen.chip, chosen.fabric, design.mapping, world.serving)


def size_fleet(performance: Serving | Training, problem: Problem, chosen: Chosen, world: World) -> Fleet:
    """Return how many replicas and accelerators meet the demand in its busiest hour, and how busy they are.

    replicas = ceil(rate * peak_to_mean / rate_replica),   N = replicas * N_replica                        (1)
    utilisation = rate / (replicas * rate_replica)                                                         (2)

    A training job is one replica that is always busy; its tokens are averaged over the run.
    """
    compute_use = performance.mfu if isinstance(performance, Serving) else performance.hfu
    bandwidth_use = performance.memory_traffic / chosen.chip.memory_bandwidth
    power = accelerator_power(compute_use, bandwidth_use, chosen.chip.tdp, world.power)
    if isinstance(performance, Training):
        return _training_fleet(performance, problem, power)
    demand = problem.demand
    if not isinstance(demand, ServingDemand):
        raise TypeError("a serving result needs a serving demand")
    replicas = ops.maximum(ops.ceil(demand.request_rate * demand.peak_to_mean / performance.request_rate), 1.0)
    return Fleet(
        accelerators=ops.ceil(replicas * performance.accelerators),
        replicas=replicas,
        utilisation=demand.request_rate / (replicas * performance.request_rate),
        load_square=demand.load_square,
        load_cube=demand.load_cube,
        accelerator_power=power,
        input_tokens=demand.request_rate * demand.input_tokens,
        output_tokens=demand.request_rate * demand.output_tokens,
        prefill_share=performance.prefill_share,
        duration=world.horizon,
    )


def _training_fleet(performance: Training, problem: Problem, power: Num) -> Fleet:
    job = problem.demand
    if not isinstance(job, TrainingJob):
        raise TypeError("a training result needs a training job")
    one = performance.accelerators / performance.accelerators
    return Fleet(
        accelerators=performance.accelerators,
        replicas=one,
        utilisation=one,
        load_square=one,
        load_cube=one,
        accelerator_power=power,
        input_tokens=0.0 / performance.duration,
        output_tokens=job.tokens / performance.duration,
        prefill_share=one * 0.0,
        duration=performance.duration,
    )
