"""Rackwright plans AI infrastructure from the workload down to the parts list.

import rackwright
case = rackwright.load("case.yaml")
plan = rackwright.search(case)
explanation, facts = rackwright.explain(plan, "usd_per_mtoken")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Case", "Evaluation", "Plan", "compare", "evaluate", "explain", "load", "search"]

if TYPE_CHECKING:
    from rackwright.plan.api import Case, Evaluation, Plan, compare, evaluate, explain, load, search


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rackwright.plan import api

    return getattr(api, name)
