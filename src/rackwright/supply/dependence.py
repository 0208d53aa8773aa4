"""On whom the spend depends: makers and countries, and what is left when a country may not be used."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rackwright.base import ops
from rackwright.base.limit import Limit
from rackwright.base.record import Num
from rackwright.supply.makers import at_origin, over_parts
from rackwright.supply.parts import spend_by_class
from rackwright.supply.records import ChipSource, Maker, SourcingFacts
from rackwright.system.records import Cluster


def country_shares(cluster: Cluster, chip: ChipSource, facts: SourcingFacts) -> dict[str, Num]:
    """Return the share of spend that depends on each country (ISO 2) [1].

    share(country) = sum over classes of S_class e(class, country) / sum of S_class                       (1)

    e is the exposure of a part class (see `exposures_of`): the share of its most exposed component. A part that needs a
    foundry in one country and memory from another depends on both, so shares add up to more than 1. The foundry is
    that of the design's accelerator.

    Sources: data/suppliers.yaml. Materials further up (film, glass cloth, gallium) are listed there, not counted.
    """
    spend = spend_by_class(cluster.capex)
    whole = ops.summed(spend.values())
    sums: dict[str, Num] = {}
    for part_class, amount in spend.items():
        for country, exposure in facts.exposures[part_class].items():
            dependent = amount * at_origin(exposure, chip.origin)
            sums[country] = sums[country] + dependent if country in sums else dependent
    return {country: amount / whole for country, amount in sums.items()}


def single_source_share(cluster: Cluster, chip: ChipSource, facts: SourcingFacts) -> Num:
    """Return the share of spend on part classes with a component that only one maker can supply [1].

    share = sum of S_class over classes where largest maker >= sole_share / sum of S_class                (1)

    The largest maker is that of any component of the class, with its shares in all countries added up.

    Sources: data/suppliers.yaml; `sole_share` is a fact of `SourcingTerms`.
    """
    spend = spend_by_class(cluster.capex)
    lone: Num = 0.0
    for part_class, amount in spend.items():
        largest = at_origin(facts.largest_maker[part_class], chip.origin)
        lone = lone + amount * ops.where(largest >= facts.terms.sole_share, 1.0, 0.0)
    return lone / ops.summed(spend.values())


def remaining_supply(countries: Collection[str], chip: ChipSource, facts: SourcingFacts) -> dict[str, Num]:
    """Return, by part class, the share of world supply that is left without some countries [1].

    left(component) = sum of the shares of makers that can build in another country                       (1)
    left(class)     = min over its components of left(component)                                          (2)

    Sources: data/suppliers.yaml.
    """
    barred = frozenset(countries)

    def least_left(components: Iterable[tuple[Maker, ...]]) -> Num:
        left = (
            ops.summed(maker.share for maker in makers if not barred.issuperset(maker.countries))
            for makers in components
        )
        return ops.minimum(1.0, *left)

    shares = over_parts(facts.components, facts.makers, least_left)
    return {part_class: at_origin(share, chip.origin) for part_class, share in shares.items()}


def country_limits(
    cluster: Cluster, chip: ChipSource, facts: SourcingFacts, countries: Collection[str]
) -> tuple[Limit, ...]:
    """Return one limit per part class: enough supply must be left without the countries that are not allowed.

    left(class) >= least_share, for classes that the cluster contains                                     (1)

    A broken limit names the part class that cannot be sourced. No limits where every country is allowed.

    Sources: data/suppliers.yaml; `least_share` is a fact of `SourcingTerms`.
    """
    if not countries:
        return ()
    spend = spend_by_class(cluster.capex)
    words = ", ".join(sorted(countries))
    return tuple(
        Limit(
            name=f"supply of {part_class} without {words}",
            unit="1",
            value=ops.where(spend[part_class] > 0.0, left, 1.0),
            bound=facts.terms.least_share,
            floor=True,
        )
        for part_class, left in remaining_supply(countries, chip, facts).items()
        if part_class in spend
    )


def blocked_share(cluster: Cluster, chip: ChipSource, facts: SourcingFacts, countries: Collection[str]) -> Num:
    """Return the share of spend on part classes that cannot be sourced without some countries [1].

    share = sum of S_class over classes with left(class) < least_share / sum of S_class                   (1)

    Sources: data/suppliers.yaml; see `remaining_supply`.
    """
    spend = spend_by_class(cluster.capex)
    left = remaining_supply(countries, chip, facts)
    blocked = (amount * ops.where(left[name] < facts.terms.least_share, 1.0, 0.0) for name, amount in spend.items())
    return ops.summed(blocked) / ops.summed(spend.values())
