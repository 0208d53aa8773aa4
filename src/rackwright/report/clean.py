"""Text from outside made harmless for a page or a terminal: no control characters, nothing that cannot be encoded."""

from __future__ import annotations

from typing import Any, TypeVar, cast

T = TypeVar("T")
_HARMLESS = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233, 65534, 65535), " ")
_HARMLESS.update(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""))
_HARMLESS.update(dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"))
_LABELS = ("label", "labels")
_KEPT = {ord("\n"): "\n", ord("\t"): "    ", ord("\r"): ""}


def clean_text(text: str) -> str:
    """Replace control characters by spaces, drop those that turn text around, and mark what UTF-8 cannot write."""
    return text if text.isascii() and text.isprintable() else text.translate(_HARMLESS | _KEPT)


def clean(value: T) -> T:
    """Return a copy of a document with every text made harmless, keys included, and labels begun with a capital."""
    return cast(T, _cleaned(value, ""))


def _cleaned(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return _begun(clean_text(value)) if name in _LABELS else clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key) if isinstance(key, str) else key: _cleaned(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item, name) for item in value]
    return value


def _begun(label: str) -> str:
    """Begin a label with a capital, unless it begins with a symbol such as `kW`."""
    return label[0].upper() + label[1:] if label[1:2].islower() else label
