"""How fast designs go through the whole pipeline, and how long what comes before it takes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import cache

import numpy as np

from benchmarks.runner import Benchmark, Work
from rackwright.catalogue.catalogue import KINDS, Catalogue
from rackwright.catalogue.loader import load_table, read_data
from rackwright.plan.case import parse_case
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.designs import concatenate, rows_of
from rackwright.plan.evaluate import evaluate
from rackwright.plan.layout import layout_limits
from rackwright.plan.mapping_space import design_of
from rackwright.plan.metrics import metrics_of
from rackwright.plan.outcome import Design
from rackwright.plan.planner import spaces_of
from rackwright.plan.problem import Problem
from rackwright.plan.redesign import design_from
from rackwright.plan.search import smallest_margin
from rackwright.plan.world import World

DESIGNS = 100_000
BLOCK = 8192
SERVING = textwrap.dedent("""
    name: benchmark
    workloads:
      - name: chat
        serve:
          model: llama-3.1-70b
          traffic: {requests: 1000 requests/s}
          input: {mean: 1200, p90: 2700}
          output: {mean: 210, p90: 420}
          latency: {ttft: 1 s, tpot: 40 ms}
    candidates:
      systems: [hgx-h100, hgx-h200, hgx-b200, gb200-nvl72, mi355x-8oam]
      sites: [dallas-tx, northern-virginia, columbus-oh]
""")
TRAINING = textwrap.dedent("""
    name: benchmark
    workloads:
      - name: run
        train:
          model: llama-3.1-405b
          tokens: 15.6T tokens
          sequence_length: 8192
          global_batch: 2048 sequences
          deadline: 120 days
    candidates:
      systems: [hgx-h100, hgx-b200]
      sites: [dallas-tx, columbus-oh]
""")


MIXTURE = SERVING.replace("llama-3.1-70b", "deepseek-v3")
POOLS = SERVING.replace("candidates:", "candidates:\n  mode: disaggregated")


@cache
def world_of(text: str) -> World:
    """Return the plain world of a case."""
    case = parse_case(text)
    return World(catalogue_of(case), case)


def answer(design: Design, problem: Problem, world: World) -> object:
    """Evaluate a block and read every metric and the smallest margin of every design, as a search does."""
    outcome = evaluate(design, problem, world)
    margins = smallest_margin(outcome.limits, len(design.system))
    return margins, [item.read(outcome) for item in metrics_of(problem.kind)]


def one(text: str, **choices: float) -> Work:
    """Return the evaluation of one design, from mapping to dates."""
    world = world_of(text)
    design, problem = design_from(world.case, world, None, choices)
    answer(design, problem, world)
    return lambda: answer(design, problem, world)


def different_designs(text: str, count: int) -> tuple[Design, Problem, World]:
    """Return as many designs as asked, drawn from a case's mappings, systems, sites and coolings."""
    world = world_of(text)
    problem, space = spaces_of(world.case.workloads[0], world)[0]
    generator = np.random.default_rng(1)
    kept: list[Design] = []
    while sum(len(design.system) for design in kept) < count:
        drawn = design_of(space.rows(generator.integers(0, space.size, 2 * count)), problem)
        margins, _ = smallest_margin(layout_limits(drawn, problem), 2 * count)
        kept.append(rows_of(drawn, np.flatnonzero(margins >= 0)))
    design = rows_of(concatenate(kept), slice(0, count))
    sites = np.array(world.site_codes(world.case.workloads[0].candidates.sites))
    return (
        Design(
            system=design.system,
            site=generator.choice(sites, (count, 1)),
            cooling=generator.integers(0, len(world.coolings), (count, 1)),
            mapping=design.mapping,
            prefill=design.prefill,
        ),
        problem,
        world,
    )


def many(text: str, count: int) -> Work:
    """Return the evaluation of many different designs in blocks."""
    design, problem, world = different_designs(text, count)
    blocks = [rows_of(design, slice(start, start + BLOCK)) for start in range(0, count, BLOCK)]
    answer(blocks[0], problem, world)

    def run() -> object:
        for block in blocks:
            answer(block, problem, world)
        return blocks

    return run


def products(count: int, repeats: int) -> Work:
    """Return a number of products of as many numbers, in the same blocks."""
    column = np.random.default_rng(1).random((min(count, BLOCK), 1)) + 0.5
    blocks = max(1, count // BLOCK)

    def run() -> object:
        for _ in range(blocks * repeats):
            np.multiply(column, column)
        return column

    return run


def catalogue() -> Work:
    """Return the reading of all tables of the catalogue's own room, from the files."""

    def run() -> object:
        load_table.cache_clear()
        read_data.cache_clear()
        fresh = Catalogue()
        return [len(fresh.table(name, kind)) for name, kind in KINDS.items()]

    return run


def years() -> Work:
    """Return the facility years of a case: every site, cooling and class of supply temperature."""
    known = world_of(SERVING)
    case, tables = known.case, known.catalogue

    def run() -> object:
        return World(tables, case).years

    return run


def products_of(count: int, repeats: int) -> Callable[[], Work]:
    """Return the maker of the baseline."""
    return lambda: products(count, repeats)


def blocks_of(title: str, text: str) -> Benchmark:
    """Return the benchmark of many different designs of one case."""
    return Benchmark(
        name=f"pipeline: 100,000 different {title} designs",
        prepare=lambda: many(text, DESIGNS),
        prepare_baseline=products_of(DESIGNS, 1000),
        baseline="1,000 products of as many numbers",
        items=DESIGNS,
        unit="designs/s",
    )


BENCHMARKS = [
    Benchmark(
        name="pipeline: one serving design",
        prepare=lambda: one(SERVING, system="hgx-h100", tp=4, batch=64),
        prepare_baseline=products_of(1, 1000),
        baseline="1,000 products of one number",
    ),
    Benchmark(
        name="pipeline: one training design",
        prepare=lambda: one(TRAINING, tp=8, pp=16, dp=64),
        prepare_baseline=products_of(1, 1000),
        baseline="1,000 products of one number",
    ),
    blocks_of("dense serving", SERVING),
    blocks_of("mixture serving", MIXTURE),
    blocks_of("two-pool serving", POOLS),
    blocks_of("training", TRAINING),
    Benchmark(
        name="pipeline: facility years of 3 sites and all coolings",
        prepare=years,
        prepare_baseline=products_of(DESIGNS, 100),
        baseline="100 products of 100,000 numbers",
    ),
    Benchmark(
        name="catalogue: all its tables from their files",
        prepare=catalogue,
        prepare_baseline=products_of(DESIGNS, 100),
        baseline="100 products of 100,000 numbers",
    ),
]
