"""A config that remembers which keys were read, so that none that matters can be overlooked."""

from __future__ import annotations

import math
from typing import Any

from rackwright.base.errors import UnsupportedModelError
from rackwright.workload.config import Config

_LARGEST = 10**9


class Reader:
    """Typed access to a config; every key asked for is remembered in `used`."""

    def __init__(self, config: Config, name: str) -> None:
        self.config, self.name = config, name
        self.used: set[str] = set()
        self.notes: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value as it stands, or `default`."""
        self.used.add(key)
        value = self.config.get(key)
        return default if value is None else value

    def superseded(self, *keys: str) -> None:
        """Count keys as read that another feature of the same config makes meaningless."""
        self.used.update(keys)

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number of at least 0; without a default the key must be there."""
        value = self.get(key, default)
        if value is None:
            raise UnsupportedModelError(f"{self.name}: config key `{key}` is missing")
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            raise UnsupportedModelError(f"{self.name}: config key `{key}` must be a whole number, not {value!r:.80}")
        if not 0 <= value <= _LARGEST or int(value) != value:
            raise UnsupportedModelError(f"{self.name}: config key `{key}` must be a whole number, not {value!r:.80}")
        return int(value)

    def positive(self, key: str, default: int | None = None) -> int:
        """Return a whole number above 0."""
        value = self.whole(key, default)
        if value < 1:
            raise UnsupportedModelError(f"{self.name}: config key `{key}` must be at least 1, not {value}")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a yes or no."""
        return bool(self.get(key, default))

    def per_layer(self, key: str, count: int) -> list[Any]:
        """Return a list with one entry per layer; longer lists (draft layers at the end) are cut."""
        values = self.get(key)
        if not isinstance(values, list | tuple | str) or len(values) < count:
            raise UnsupportedModelError(f"{self.name}: config key `{key}` must list {count} layers, not {values!r:.80}")
        return list(values[:count])
