"""Ways to carry heat out of a hall; every module of this package that registers a strategy is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from rackwright.site.cooling.strategy import Draw, Strategy, strategies, strategy

__all__ = ["Draw", "Strategy", "strategies", "strategy"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
