"""Everything that is known and does not depend on the design, in one of three readings: plain, sampled or traced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.base.record import Num
from rackwright.carbon.records import CarbonFacts
from rackwright.catalogue.catalogue import Catalogue
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.catalogue.table import Table
from rackwright.cost.records import Economics
from rackwright.fabric.records import NetworkFacts
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.power import PowerFacts
from rackwright.performance.training_facts import Stack, TrainingFacts
from rackwright.plan.case_records import Case
from rackwright.site.records import Location
from rackwright.supply.facts import chip_origins, sourcing_facts
from rackwright.supply.records import ChipSource, SourcingFacts

NEW_BUILD, COLOCATION = "new-build", "colocation"


@dataclass(frozen=True)
class World:
    """A case's facts in one reading; the tables and the single records are looked up once.

    catalogue : the case's catalogue, plain, sampled or traced
    case : the case
    """

    catalogue: Catalogue
    case: Case

    @cached_property
    def accelerators(self) -> Table[Accelerator]:
        """Accelerator packages."""
        return self.catalogue.accelerators

    @cached_property
    def systems(self) -> Table[SystemSpec]:
        """Deployable systems."""
        return self.catalogue.systems

    @cached_property
    def locations(self) -> Table[Location]:
        """Places to build."""
        return self.catalogue.table("locations", Location)

    @cached_property
    def networks(self) -> Table[NetworkFacts]:
        """Reached bandwidths and latencies, by generation of scale-up link."""
        return self.catalogue.table("network_facts", NetworkFacts)

    @cached_property
    def accelerator_of_system(self) -> NDArray[np.intp]:
        """Row of the accelerators table, by row of the systems table."""
        names = (self.systems.text(system, "accelerator") for system in self.systems.ids)
        return np.array([self.accelerators.code(name) for name in names], dtype=np.intp)

    @cached_property
    def network_of_accelerator(self) -> NDArray[np.intp]:
        """Row of the network table, by row of the accelerators table."""
        names = (self.accelerators.text(chip, "network", "default") for chip in self.accelerators.ids)
        return np.array([self.networks.code(name) for name in names], dtype=np.intp)

    @cached_property
    def coolings(self) -> tuple[str, ...]:
        """The cooling types any workload of the case allows; designs refer to them by position."""
        allowed = [name for workload in self.case.workloads for name in workload.candidates.coolings]
        return tuple(dict.fromkeys(allowed))

    @cached_property
    def economics(self) -> Economics:
        """Terms of the case's owner."""
        return self.catalogue.table("economics", Economics).one(self.case.economics.owner)

    @cached_property
    def horizon(self) -> Num:
        """Years in service that a serving plan is judged over [s]."""
        stated = self.case.economics.horizon
        return self.economics.horizon if stated is None else stated * (self.economics.year / self.economics.year)

    @cached_property
    def training(self) -> Stack:
        """Facts of training software."""
        return Stack(
            training=self.catalogue.table("training_facts", TrainingFacts).take(0),
            efficiency=self.catalogue.table("efficiency", EfficiencyFacts).take(0),
        )

    @cached_property
    def power(self) -> PowerFacts:
        """Coefficients of accelerator power."""
        return self.catalogue.table("power_facts", PowerFacts).take(0)

    @cached_property
    def carbon_facts(self) -> CarbonFacts:
        """Embodied factors and lives."""
        return self.catalogue.table("carbon_facts", CarbonFacts).take(0)

    @cached_property
    def sourcing(self) -> SourcingFacts:
        """Lead times and suppliers for the kind of facility the owner builds."""
        owner = self.catalogue.table("economics", Economics)
        built = float(np.mean(np.asarray(_plain(owner.one(self.case.economics.owner).new_build)))) >= 0.5
        return sourcing_facts(self.catalogue, NEW_BUILD if built else COLOCATION)

    @cached_property
    def _origins(self) -> Any:
        return chip_origins(self.catalogue, self.case.start)

    def origin(self, chip_code: NDArray[np.intp]) -> ChipSource:
        """Return where each accelerator comes from and when it can be ordered."""
        return self._origins.take(chip_code, self.sourcing)  # type: ignore[no-any-return]

    def site_codes(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return rows of the locations table."""
        return tuple(self.locations.code(name) for name in names)


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)
