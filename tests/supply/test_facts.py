"""Which accelerator comes from where, and when it can be ordered."""

from datetime import date

import numpy as np
import pytest

from rackwright.catalogue.catalogue import Catalogue
from rackwright.supply.facts import AVAILABILITIES, _last_day, chip_origins, sourcing_facts
from rackwright.supply.makers import ORIGINS

ORDER = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("2027-02", date(2027, 2, 28)),
        ("2026-Q3", date(2026, 9, 30)),
        ("2027-H1", date(2027, 6, 30)),
        ("2026-H2", date(2026, 12, 31)),
        ("2028", date(2028, 12, 31)),
        ("2027-02-31", date(2027, 2, 28)),
        ("2027-19", date(2027, 12, 31)),
        ("", ORDER),
        ("soon", ORDER),
    ],
)
def test_release_dates_are_read_to_their_last_day(text: str, day: date) -> None:
    assert _last_day(text, ORDER) == day


@pytest.mark.parametrize(
    ("name", "availability", "foundry", "has_hbm"),
    [
        ("h100-sxm", "accelerators-previous", "tsmc", True),
        ("gb300", "accelerators-current", "tsmc", True),
        ("tpu-v7", "built-to-order", "tsmc", True),
        ("ascend-910c", "accelerators-domestic", "smic", True),
        ("groq-3-lpu", "accelerators-current", "samsung", False),
    ],
)
def test_origins_of_known_accelerators(name: str, availability: str, foundry: str, has_hbm: bool) -> None:
    catalogue = Catalogue()
    origins, row = chip_origins(catalogue, ORDER), catalogue.accelerators.code(name)
    assert AVAILABILITIES[origins.availability[row]] == availability
    assert ORIGINS[origins.origin[row]] == (foundry, has_hbm)


def test_announced_accelerators_wait_for_their_release() -> None:
    catalogue = Catalogue()
    code = np.array([[catalogue.accelerators.code("r200")], [catalogue.accelerators.code("h100-sxm")]])
    chip = chip_origins(catalogue, ORDER).take(code, sourcing_facts(catalogue, "new-build"))
    assert chip.available_in[:, 0] == pytest.approx([39 * 86400.0, 0.0])
    assert chip_origins(catalogue, date(2027, 1, 1)).days.max() == (date(2027, 12, 31) - date(2027, 1, 1)).days


def test_previous_generation_comes_sooner_and_built_to_order_is_a_whole_chain() -> None:
    catalogue = Catalogue()
    facts, origins = sourcing_facts(catalogue, "new-build"), chip_origins(catalogue, ORDER)
    times = {n: origins.take(catalogue.accelerators.code(n), facts).lead_time for n in ("h100-sxm", "gb300", "tpu-v7")}
    assert times["h100-sxm"] < times["gb300"]
    chain = facts.chain
    assert times["tpu-v7"] == max(chain["wafers"], chain["hbm"]) + chain["packaging"] + chain["trays"]


@pytest.mark.parametrize("view", ["plain", "traced", "sampled"])
def test_origins_in_every_view_of_the_catalogue(view: str) -> None:
    catalogue = {"plain": Catalogue(), "traced": Catalogue().traced(), "sampled": Catalogue().sampled(16, 1)}[view]
    origins = chip_origins(catalogue, ORDER)
    code = np.array([[0], [3]]) if view != "traced" else 0
    chip = origins.take(code, sourcing_facts(catalogue, "colocation"))
    assert np.shape(chip.lead_time) == {"plain": (2, 1), "traced": (), "sampled": (2, 16)}[view]
