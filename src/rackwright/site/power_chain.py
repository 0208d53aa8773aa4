"""From the grid to the IT inlet: substation, transformer, UPS or rack battery, distribution; and lighting.

References
----------
[1] The three-term loss model of transformers and converters, P_in = P_out + a + b P_out + c P_out^2 / P_rated, as in
    IEC 60076-20 for transformers; constants in `data/site_facts.yaml`.
"""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.site.records import SiteFacts


def electrical_losses(facts: SiteFacts) -> Breakdown:
    """Losses at full load over rated IT power, by stage and law of load.

    A stage whose installed capacity is r times what is needed carries l/r of its rating, so that over IT power

    loss(l) = r (a + b l/r + c (l/r)^2) = r a + b l + (c/r) l^2                                            (1)

    N has r = 1, N+1 of four 1.25, 2N r = 2: doubling equipment doubles the idle loss and halves the load loss.
    Stages are added rather than multiplied; products of losses are below 0.1 % of IT power. So is the loss that
    cooling power causes in the transformer, which is left out.

    Parameters
    ----------
    facts : constants of the facility, one record per kind of power chain

    Returns
    -------
    Breakdown in [1], part names `stage/law` with law one of fixed, linear, square.
    """
    ratio, ups = facts.transformer_ratio, facts.ups_ratio
    parts: dict[str, Num] = {
        "substation/fixed": facts.substation_idle,
        "substation/square": facts.substation_load,
        "transformer/fixed": ratio * facts.transformer_idle,
        "transformer/square": facts.transformer_load / ratio,
        "UPS/fixed": ups * facts.ups_idle,
        "UPS/linear": facts.ups_linear,
        "UPS/square": facts.ups_load / ups,
        "distribution/linear": facts.distribution_linear,
        "distribution/square": facts.distribution_load,
        "lighting/fixed": facts.lighting,
    }
    return Breakdown("1", parts, "Electrical losses")


def conversion_efficiency(liquid_share: Num, facts: SiteFacts) -> Num:
    """Share of IT power that reaches the dies, after shelf, bus converter, regulator and server fans.

    eta = eta_shelf eta_bus eta_regulator (1 - s_fan (1 - liquid share))                                   (2)
    """
    fans = facts.server_fan_share * (1.0 - liquid_share)
    return facts.shelf_efficiency * facts.bus_efficiency * facts.regulator_efficiency * (1.0 - fans)
