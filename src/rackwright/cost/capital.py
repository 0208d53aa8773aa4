"""Money spent before service, and what it costs per year."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.cost.records import Economics
from rackwright.site.records import Site
from rackwright.system.records import Cluster

_SHELL_PARTS = frozenset({"shell", "site works", "offices", "back of house"})
_ASSET_CLASSES = ("it", "network", "mep", "shell", "land")
_SMALLEST_RATE = 1e-9  # keeps the recovery factor finite at a cost of capital of zero, where it tends to 1 / n


def recovery_factor(rate: Num, periods: Num) -> Num:
    """Return the capital recovery factor: the level yearly payment that repays one unit of money with interest [1].

    CRF(r, n) = r / (1 - (1 + r)^-n),   CRF(0, n) = 1 / n                                                (1)

    References
    ----------
    [1] Park, Contemporary Engineering Economics, chapter 3 (equal-payment series).
    """
    positive = ops.maximum(rate, _SMALLEST_RATE)
    return -positive / ops.expm1(-periods * ops.log1p(positive))


def capital_charge(price: Num, rate: Num, periods: Num, residual: Num) -> Num:
    """Return the level yearly charge for an asset that is resold at the end of its life [USD per year].

    A = C ((1 - rho) CRF(r, n) + rho r)                                                                   (1)

    where rho is the resale value over the price C: the part that is lost is repaid with interest, the part that comes
    back only bears interest. The present value of n charges equals C less the present value of the resale,
    sum_{t=1..n} A / (1 + r)^t = C - rho C / (1 + r)^n                                                    (2)

    References
    ----------
    [1] Park, Contemporary Engineering Economics, chapter 6 (capital recovery with salvage value).
    """
    return price * ((1.0 - residual) * recovery_factor(rate, periods) + residual * rate)


def outlay(cluster: Cluster, site: Site, economics: Economics) -> Breakdown:
    """Return the money spent before service, by part [USD].

    it/x       = purchase price of part x of the systems,  network/x = that of the network                (1)
    */installation = installation (sum of it/x, sum of network/x)                                         (2)
    facility/x = new_build (construction cost of x)                                                       (3)
    facility/soft_cost = soft_cost (sum of 3),  facility/contingency = contingency (sum of 3)             (4)
    facility/land = new_build land_cost P_rated                                                           (5)

    Sources: the facility's cost by part comes from the site room, the systems' from the bill of materials.
    """
    it, network = _split(cluster.capex)
    built = {name: amount * economics.new_build for name, amount in site.construction.items()}
    construction = ops.summed(built.values())
    parts = {f"it/{name}": amount for name, amount in it.items()}
    parts["it/installation"] = ops.summed(it.values()) * economics.installation
    if network:
        parts |= {f"network/{name}": amount for name, amount in network.items()}
        parts["network/installation"] = ops.summed(network.values()) * economics.installation
    parts |= {f"facility/{name}": amount for name, amount in built.items()}
    parts["facility/soft_cost"] = construction * economics.soft_cost
    parts["facility/contingency"] = construction * economics.contingency
    parts["facility/land"] = economics.new_build * economics.land_cost * cluster.power_rated
    return Breakdown("USD", parts, "Capital outlay")


def by_asset_class(capex: Breakdown, economics: Economics) -> dict[str, Num]:
    """Return the outlay by asset class: it, network, mep (power and cooling plant), shell and land [USD].

    C_class = sum of the parts of the class, with soft_cost and contingency shared out over mep and shell
    in proportion to construction cost,  C_it + C_network + C_mep + C_shell + C_land = capex              (1)

    Sources: the classes are those of the lives and residual values in `Economics`.
    """
    sums: dict[str, Num] = dict.fromkeys(_ASSET_CLASSES, capex.total * 0.0)
    for name, amount in capex.items():
        asset = _asset_class(name)
        if asset:
            sums[asset] = sums[asset] + amount
    uplift = 1.0 + economics.soft_cost + economics.contingency
    return sums | {"mep": sums["mep"] * uplift, "shell": sums["shell"] * uplift}


def capital_charges(capex: Breakdown, economics: Economics) -> Breakdown:
    """Return the yearly capital charge by asset class [USD per year].

    A_class = capital_charge(C_class, r, life_class / year, rho_class),   A_land = r C_land               (1)

    Land keeps its value, so it only bears interest.

    Sources: lives and residual values are facts of the chosen `Economics` record.
    """
    amounts, rate, year = by_asset_class(capex, economics), economics.cost_of_capital, economics.year
    terms = {
        "it": (economics.life_it, economics.residual_it),
        "network": (economics.life_network, economics.residual_network),
        "mep": (economics.life_mep, economics.residual_mep),
        "shell": (economics.life_shell, economics.residual_shell),
    }
    parts = {
        f"capital/{asset}": capital_charge(amounts[asset], rate, life / year, residual)
        for asset, (life, residual) in terms.items()
    }
    parts["capital/land"] = amounts["land"] * rate
    return Breakdown("USD", parts, "Capital charge")


def _asset_class(name: str) -> str:
    """Return the asset class of a part of the outlay; empty for what is shared out over other parts."""
    head, _, rest = name.partition("/")
    if head != "facility":
        return head
    if rest in ("soft_cost", "contingency"):
        return ""
    if rest == "land":
        return "land"
    return "shell" if rest in _SHELL_PARTS else "mep"


def _split(capex: Breakdown) -> tuple[dict[str, Num], dict[str, Num]]:
    """Part the cluster's price into IT and network, by the first word of each part's name."""
    it: dict[str, Num] = {}
    network: dict[str, Num] = {}
    for name, amount in capex.items():
        if name.startswith("network/"):
            network[name.removeprefix("network/")] = amount
        else:
            it[name] = amount
    return it, network
