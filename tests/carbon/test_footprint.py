import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.breakdown import Breakdown
from rackwright.base.facts import Fact
from rackwright.base.record import fields_of, replace
from rackwright.base.trace import Traced, gradient
from rackwright.carbon.footprint import embodied_carbon, footprint
from rackwright.carbon.records import CarbonFacts
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.performance.records import Fleet
from rackwright.site.records import Location, Site
from rackwright.system.records import Cluster

TABLE = load_table("carbon_facts", CarbonFacts)
FACTS = TABLE.one("base")
YEAR = 365.25 * 86400.0
SAMPLES: dict[Any, dict[str, Any]] = {
    Cluster: {
        "accelerators": 1024.0, "systems": 128.0, "racks": 32.0, "network_racks": 4.0, "switches": 40.0,
        "optics": 2000.0, "cables": 3000.0, "power_rated": 1.3e6,
    },
    Site: {"energy": 0.7e6 * 1.1 * YEAR, "pue": 1.1},
    Fleet: {"input_tokens": 1e6, "output_tokens": 2e5, "duration": 5.0 * YEAR},
    Accelerator: {"die_area": 814e-6, "memory_capacity": 80e9, "tdp": 700.0},
    SystemSpec: {"embodied": math.nan},
    Location: {"carbon_intensity": 323e-3 / 3.6e6},
}  # fmt: skip
SCALED = ("accelerators", "systems", "racks", "network_racks", "switches", "optics", "cables", "power_rated")


def make(kind, wrap=lambda _key, value, _unit: value, **changes):
    """Make a record from its sample; fields without one get 1, nothing, or an empty breakdown."""
    values = {**SAMPLES[kind], **changes}
    made = {}
    for declared in fields_of(kind):
        name, unit = declared.name, declared.metadata["unit"]
        if unit:
            made[name] = wrap(f"{kind.__name__}.{name}", values.get(name, 1.0), unit)
        else:
            made[name] = values.get(name, () if name == "limits" else Breakdown("1", {}))
    return kind(**made)


def leaf(key, value, unit):
    return Traced.leaf(value, unit, Fact(key, value, value, value, unit, unit, "test", "", "user"), key)


def carbon(facts=FACTS, wrap=lambda _key, value, _unit: value, **changes):
    kinds = (Cluster, Site, Fleet, Accelerator, SystemSpec, Location)
    return footprint(*(make(kind, wrap, **changes.get(kind.__name__, {})) for kind in kinds), facts)


def per_accelerator(facts, **chip):
    parts = embodied_carbon(make(Cluster), make(Accelerator, **chip), make(SystemSpec), facts)
    return sum(value for name, value in parts.items() if name.startswith("accelerators/")) / 1024.0


def extreme(side):
    """Facts at the low or high end of every range; the yield works the other way round."""
    values = {}
    for declared in fields_of(CarbonFacts):
        fact = TABLE.fact("base", declared.name)
        other = "high" if side == "low" else "low"
        values[declared.name] = getattr(fact, other if declared.name == "die_yield" else side)
    return CarbonFacts(**values)


@pytest.mark.parametrize(
    ("published", "chip"),
    [
        (164.0, {}),  # H100: NVIDIA product carbon footprint, 1,312 kg per baseboard of eight
        (575.0, {}),  # H100: ADEME model in Boavizta 2.5.0
        (284.0, {"die_area": 1628e-6, "memory_capacity": 192e9, "tdp": 1000.0}),  # B200: 2,274 kg per baseboard
        (319.0, {"die_area": 826e-6, "memory_capacity": 40e9, "tdp": 400.0}),  # A100: Boavizta 2.5.0
    ],
)
def test_published_footprints_lie_in_the_range(published, chip):
    assert per_accelerator(extreme("low"), **chip) <= published <= per_accelerator(extreme("high"), **chip)


def test_the_value_lies_between_the_two_accountings_of_an_h100():
    assert 164.0 < per_accelerator(FACTS) < 575.0


def test_a_server_of_eight_lies_in_the_published_range():
    # Boavizta 2.5.0: 10,100 kgCO2e, range 7,544 to 16,710, on the high accounting of memory.
    low, high = (8.0 * (per_accelerator(side) + side.host) for side in (extreme("low"), extreme("high")))
    assert low < 7544.0
    assert high > 10100.0


def test_operation_dominates_on_a_common_grid():
    # Published life-cycle studies of accelerators: 70 to 90 % operation over six years.
    parts = carbon().annual.top()
    machine = sum(v for k, v in carbon().annual.items() if k.startswith(("operation", "embodied/acc", "embodied/serv")))
    assert 0.70 <= parts["operation"] / machine <= 0.97


def test_parts_sum_to_the_whole():
    got = carbon()
    operation = got.annual["operation/IT"] + got.annual["operation/overhead"]
    assert operation == pytest.approx(SAMPLES[Site]["energy"] * SAMPLES[Location]["carbon_intensity"])
    assert got.annual["operation/IT"] == pytest.approx(operation / 1.1)
    assert got.total == pytest.approx(5.0 * float(got.annual.total))
    assert got.per_mtoken == pytest.approx(float(got.annual.total) / (1.2e6 * YEAR) * 1e6)
    assert got.embodied["facility/plant"] + got.embodied["facility/shell"] == pytest.approx(1.3e6 * FACTS.facility)


def test_a_part_is_spread_over_its_own_life():
    got = carbon()
    for part, life in (("network/switches", FACTS.life_network), ("facility/plant", FACTS.life_plant),
                       ("facility/shell", FACTS.life_shell), ("accelerators/dies", FACTS.life_it),
                       ("racks", FACTS.life_it)):  # fmt: skip
        assert got.annual[f"embodied/{part}"] * life / YEAR == pytest.approx(float(got.embodied[part]))


def test_doubling_racks_doubles_embodied_carbon():
    twice = {name: 2.0 * SAMPLES[Cluster][name] for name in SCALED}
    assert carbon(Cluster=twice).embodied.total == pytest.approx(2.0 * float(carbon().embodied.total))


def test_a_published_footprint_takes_the_place_of_the_sum():
    got, ours = carbon(SystemSpec={"embodied": 5000.0}).embodied, carbon().embodied
    machines = [name for name in got if name.startswith("accelerators/") or name == "servers"]
    assert sum(got[name] for name in machines) == pytest.approx(5000.0 * 128.0)
    assert got["accelerators/dies"] / got["servers"] == pytest.approx(ours["accelerators/dies"] / ours["servers"])
    assert got["racks"] == ours["racks"]


def test_an_unknown_die_area_is_taken_from_the_power():
    known = carbon(Accelerator={"die_area": 700.0 * FACTS.area_per_power}).embodied["accelerators/dies"]
    assert carbon(Accelerator={"die_area": math.nan}).embodied["accelerators/dies"] == pytest.approx(float(known))


@given(st.floats(0, 1e-6), st.floats(0, 1e-6), st.floats(1e11, 1e15), st.floats(0, 1e15))
def test_more_energy_or_a_dirtier_grid_never_emits_less(intensity, dirtier, energy, more):
    clean, dirty = (carbon(Location={"carbon_intensity": g}).total for g in (intensity, intensity + dirtier))
    assert dirty >= clean
    small, large = (carbon(Site={"energy": e}).total for e in (energy, energy + more))
    assert large >= small


def test_blocks_and_samples_agree_with_single_designs():
    count = np.array([[512.0], [1024.0]])
    sampled = replace(FACTS, memory=np.array([FACTS.memory, 2.0 * FACTS.memory]))
    block = carbon(sampled, Cluster={"accelerators": count})
    assert block.total.shape == (2, 2)
    assert block.total[1, 0] == pytest.approx(float(carbon().total))
    assert block.embodied["accelerators/memory"][0, 1] == pytest.approx(
        2.0 * float(carbon(Cluster={"accelerators": 512.0}).embodied["accelerators/memory"])
    )


@pytest.mark.parametrize("embodied", [math.nan, 5000.0])
def test_dimensions_and_derivatives(embodied):
    got = carbon(TABLE.traced().one("base"), leaf, SystemSpec={"embodied": embodied})
    assert isinstance(got.per_mtoken, Traced)
    slopes = gradient(got.total)
    assert all(np.isfinite(slope).all() for _, slope in slopes.values())
    step = 1e-4 * FACTS.facility
    high, low = (
        carbon(replace(FACTS, facility=FACTS.facility + sign * step), SystemSpec={"embodied": embodied}).total
        for sign in (1.0, -1.0)
    )
    assert float(slopes["carbon_facts.base.facility"][1]) == pytest.approx(float(high - low) / (2.0 * step), rel=1e-6)
    assert float(slopes["Location.carbon_intensity"][1]) == pytest.approx(5.0 * SAMPLES[Site]["energy"])
