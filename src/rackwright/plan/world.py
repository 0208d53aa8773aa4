"""Everything that is known and does not depend on the design, in one of three readings: plain, sampled or traced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.base.record import Num
from rackwright.base.trace import untraced
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
from rackwright.plan.outcome import Design
from rackwright.plan.stated import stated
from rackwright.site.epw import read_epw
from rackwright.site.records import Coolant, CoolingSpec, FacilityYear, Location, SiteFacts, Weather
from rackwright.site.table import FacilityYearTable, facility_years
from rackwright.site.thermal import coolant, liquid_share
from rackwright.site.weather import climate_weather
from rackwright.supply.facts import chip_origins, sourcing_facts
from rackwright.supply.records import ChipSource, SourcingFacts
from rackwright.system.parts import PartCodes, choose_parts, take_parts
from rackwright.system.records import SystemParts

NEW_BUILD, COLOCATION = "new-build", "colocation"
POWER_CHAINS = {NEW_BUILD: "rack-battery", COLOCATION: "double-conversion-2n"}
_HOURS_STEP_OF_SAMPLES = 7


@dataclass(frozen=True)
class Plant:
    """The cooling and its year for a block of designs."""

    cooling: CoolingSpec
    coolant: Coolant
    year: FacilityYear


@dataclass(frozen=True)
class World:
    """A case's facts in one reading; the tables and the single records are looked up once.

    catalogue : the case's catalogue, plain, sampled or traced
    case : the case
    focus : (site, cooling) when only designs at that place will be evaluated; their year alone is then computed
    """

    catalogue: Catalogue
    case: Case
    focus: tuple[str, str] | None = None

    def with_catalogue(self, catalogue: Catalogue) -> World:
        """Return the same world with other facts, or another reading of them."""
        return World(catalogue, self.case, self.focus)

    def focused(self, design: Design) -> World:
        """Return this world narrowed to the place of a block of one design."""
        site, cooling = (int(np.asarray(code).reshape(-1)[0]) for code in (design.site, design.cooling))
        return World(self.catalogue, self.case, (self.locations.ids[site], self.coolings[cooling]))

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
    def _part_codes(self) -> PartCodes:
        return choose_parts(self.catalogue)

    def parts(self, system: NDArray[np.intp]) -> SystemParts:
        """Return the switches, optics, racks and rules that go with each system."""
        return take_parts(self.catalogue, self._part_codes, system)

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
        years = self.case.economics.horizon
        if years is None:
            return self.economics.horizon
        return stated(years, "s", "economics.horizon") if self.is_traced else years  # type: ignore[return-value]

    @property
    def is_traced(self) -> bool:
        """Whether every fact is a traced leaf."""
        return self.catalogue.view[:1] == ("traced",)

    @cached_property
    def serving(self) -> EfficiencyFacts:
        """What kernels and serving engines reach."""
        return self.catalogue.table("efficiency", EfficiencyFacts).take(0)

    @cached_property
    def training(self) -> Stack:
        """Facts of training software."""
        return Stack(self.catalogue.table("training_facts", TrainingFacts).take(0), self.serving)

    @cached_property
    def power(self) -> PowerFacts:
        """Coefficients of accelerator power."""
        return self.catalogue.table("power_facts", PowerFacts).take(0)

    @cached_property
    def carbon_facts(self) -> CarbonFacts:
        """Embodied factors and lives."""
        return self.catalogue.table("carbon_facts", CarbonFacts).take(0)

    @cached_property
    def facility_kind(self) -> str:
        """`new-build` where the owner builds, `colocation` where the owner rents."""
        built = float(np.mean(np.asarray(untraced(self.economics.new_build)))) >= 0.5
        return NEW_BUILD if built else COLOCATION

    @cached_property
    def sourcing(self) -> SourcingFacts:
        """Lead times and suppliers for the owner's kind of facility."""
        return sourcing_facts(self.catalogue, self.facility_kind)

    @cached_property
    def site_facts(self) -> SiteFacts:
        """Constants of the power chain usual in the owner's kind of facility, and of cooling and building."""
        return self.catalogue.table("site_facts", SiteFacts).one(POWER_CHAINS[self.facility_kind])

    @cached_property
    def cooling_specs(self) -> Table[CoolingSpec]:
        """What each cooling can carry."""
        return self.catalogue.table("coolings", CoolingSpec)

    @cached_property
    def weathers(self) -> dict[str, Weather]:
        """Weather by site, of the case's own file or of the site's climate; equal climates share one entry."""
        allowed = dict.fromkeys(site for workload in self.case.workloads for site in workload.candidates.sites)
        sites = (self.focus[0],) if self.focus else tuple(allowed)
        found: dict[str, Weather] = {}
        for site in sites:
            path = self.case.weather.get(site)
            key = path or self.locations.text(site, "climate")
            if key not in found:
                found[key] = read_epw(path) if path else climate_weather(key)
        return found

    @cached_property
    def _climate_of_location(self) -> NDArray[np.intp]:
        names = list(self.weathers)
        keys = (self.case.weather.get(site) or self.locations.text(site, "climate") for site in self.locations.ids)
        return np.array([names.index(key) if key in names else -1 for key in keys], dtype=np.intp)

    @cached_property
    def years(self) -> FacilityYearTable:
        """Facility years of every weather, cooling and supply temperature of the case."""
        step = _HOURS_STEP_OF_SAMPLES if self.catalogue.view[:1] == ("sampled",) else 1
        coolings = (self.focus[1],) if self.focus else self.coolings
        return facility_years(self.weathers, coolings, self.site_facts, self.cooling_specs, hours_step=step)

    @cached_property
    def _year_of_cooling(self) -> NDArray[np.intp]:
        listed = self.years.coolings
        return np.array([listed.index(name) if name in listed else -1 for name in self.coolings], dtype=np.intp)

    @cached_property
    def _spec_of_cooling(self) -> NDArray[np.intp]:
        return np.array([self.cooling_specs.code(name) for name in self.coolings], dtype=np.intp)

    def plant(self, site: NDArray[np.intp], cooling: NDArray[np.intp], chip: Accelerator, spec: SystemSpec) -> Plant:
        """Return the cooling, its supply temperature and the facility's year for each design."""
        how = self.cooling_specs.take(self._spec_of_cooling[cooling])
        supply = coolant(chip, how, self.site_facts)
        row = self.years.code(self._climate_of_location[site], self._year_of_cooling[cooling], supply.index)
        return Plant(how, supply, self.years.take(row, liquid_share(spec.liquid_share, how)))

    @cached_property
    def _origins(self) -> Any:
        return chip_origins(self.catalogue, date.fromisoformat(self.case.start))

    def origin(self, chip_code: NDArray[np.intp]) -> ChipSource:
        """Return where each accelerator comes from and when it can be ordered."""
        return self._origins.take(chip_code, self.sourcing)  # type: ignore[no-any-return]

    def site_codes(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return rows of the locations table."""
        return tuple(self.locations.code(name) for name in names)
