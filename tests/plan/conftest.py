"""Small cases, one of every kind, with their facts in every reading and one design each."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from rackwright.base.facts import Fact
from rackwright.plan.api import search
from rackwright.plan.case import parse_case
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.case_records import Case
from rackwright.plan.evaluate import evaluate
from rackwright.plan.metrics import metrics_of
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.problem import Problem
from rackwright.plan.redesign import design_from
from rackwright.plan.stated import traced_problem
from rackwright.plan.world import World

HEAD = """
name: {kind}
workloads:
  - name: work
{workload}
candidates:
  systems: [hgx-h100, gb200-nvl72]
  sites: [dallas-tx, columbus-oh]
  cooling: [direct-to-chip-dry, direct-to-chip-tower]
  mode: [aggregated, disaggregated]
samples: 0
"""
SERVE = """
serve:
  model: {model}
  traffic: {{requests: {rate} requests/s, profile: consumer}}
  input: {{mean: 1000, p90: 2000}}
  output: {{mean: 200, p90: 400}}
  latency: {{ttft: 2 s, tpot: 80 ms}}
  precision: {precision}
  prefix_hits: 20 %
"""
TRAIN = """
train:
  model: llama-3.1-8b
  tokens: 1T tokens
  sequence_length: 8192
  global_batch: 256 sequences
  deadline: 90 days
  precision: bf16
"""
WORKLOADS = {
    "serve": SERVE.format(model="llama-3.1-8b", precision="bf16", rate=400),
    "experts": SERVE.format(model="deepseek-v3", precision="fp8", rate=400),
    "disaggregated": SERVE.format(model="llama-3.1-70b", precision="fp8", rate=400),
    "train": TRAIN,
}
CHOICES: dict[str, dict[str, Any]] = {
    "serve": {"tp": 2, "batch": 32},
    "experts": {"system": "gb200-nvl72", "tp": 4, "dp": 8, "ep": 32, "batch": 256},
    "disaggregated": {"mode": "disaggregated", "tp": 4, "batch": 48, "prefill_tp": 2, "prefill_batch": 1},
    "train": {"tp": 2, "pp": 2, "dp": 16, "micro_batch": 1, "zero_stage": 1, "recompute": 1},
}


def case_text(kind: str) -> str:
    """Return the text of a small case."""
    return HEAD.format(kind=kind, workload=textwrap.indent(WORKLOADS[kind].strip(), "    "))


@dataclass(frozen=True)
class Setting:
    """One case with one design that keeps every limit."""

    case: Case
    world: World
    design: Design
    problem: Problem

    @classmethod
    def of(cls, text: str, **choices: Any) -> Setting:
        """Return the setting of a case's text."""
        case = parse_case(textwrap.dedent(text))
        world = World(catalogue_of(case), case)
        return cls(case, world, *design_from(case, world, None, choices))

    @cached_property
    def plain(self) -> Outcome:
        """What the rooms say."""
        return evaluate(self.design, self.problem, self.world)

    @cached_property
    def traced_world(self) -> World:
        """The world with every fact traced."""
        return World(self.world.catalogue.traced(), self.case)

    @cached_property
    def traced(self) -> Outcome:
        """The same with every fact traced."""
        return evaluate(self.design, traced_problem(self.problem), self.traced_world)

    @property
    def metrics(self) -> dict[str, float]:
        """Every metric of the plain outcome."""
        return read(self.plain, self.problem.kind)

    def fact(self, key: str) -> Fact:
        """Return a fact that the design rests on."""
        rested_on = self.plain and self.world.catalogue._loaded
        table, rest = key.split(".", 1)
        return rested_on[table].fact(*rest.rsplit(".", 1))

    def moved(self, key: str, factor: float) -> dict[str, float]:
        """Return every metric with one fact times `factor`."""
        value = self.fact(key).value * factor
        fact = replace(self.fact(key), value=value, low=value, high=value)
        world = World(self.world.catalogue.with_fact(key, fact), self.case)
        return read(evaluate(self.design, self.problem, world), self.problem.kind)


def read(outcome: Outcome, kind: str) -> dict[str, float]:
    """Return every metric of the first design of a block."""
    return {item.key: float(np.asarray(item.read(outcome), dtype=float).reshape(-1)[0]) for item in metrics_of(kind)}


@pytest.fixture(scope="session", params=list(WORKLOADS))
def setting(request: pytest.FixtureRequest) -> Setting:
    """Return every small case in turn."""
    return request.getfixturevalue(f"{request.param}_setting")


def _made(kind: str) -> Any:
    @pytest.fixture(scope="session", name=f"{kind}_setting")
    def make() -> Setting:
        return Setting.of(case_text(kind), **CHOICES[kind])

    return make


serve_setting = _made("serve")
experts_setting = _made("experts")
disaggregated_setting = _made("disaggregated")
train_setting = _made("train")


@pytest.fixture(scope="session")
def make_setting() -> Any:
    """Return the maker of settings from a case's text."""
    return Setting.of


PLAN = """
name: two small workloads
workloads:
  - name: chat
    serve:
      model: llama-3.1-8b
      traffic: {requests: 50 requests/s}
      input: {mean: 1000, p90: 2000}
      output: {mean: 200, p90: 400}
      latency: {ttft: 1 s, tpot: 50 ms}
  - name: tuning
    train:
      model: llama-3.1-8b
      tokens: 100B tokens
      sequence_length: 8192
      global_batch: 64 sequences
      deadline: 90 days
      precision: bf16
    candidates:
      mapping: {tp: 2, pp: 1, dp: [8, 16], micro_batch: 1, interleave: 1, zero: 1, recompute: [selective, full]}
candidates:
  systems: [hgx-h100, hgx-b200]
  sites: [dallas-tx, columbus-oh]
  cooling: [direct-to-chip-dry]
  mapping: {tp: [1, 2], pp: 1, batch: [16, 32]}
limits: {site_power: 2 MW, budget: $50M}
samples: 24
seed: 3
"""


@pytest.fixture(scope="session")
def plan_text() -> str:
    """Return the text of a case of two workloads."""
    return PLAN


@pytest.fixture(scope="session")
def small_plan() -> Any:
    """Return the plan of a case of two workloads."""
    return search(parse_case(PLAN))
