"""Text from outside made harmless for a page or a terminal: no control characters, nothing that cannot be encoded."""

from __future__ import annotations

from typing import Any, TypeVar, cast

T = TypeVar("T")
_HARMLESS = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233, 65534, 65535), " ")
_HARMLESS.update(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""))
_HARMLESS.update(dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"))
_KEPT = {ord("\n"): "\n", ord("\t"): "    ", ord("\r"): ""}


def clean_text(text: str) -> str:
    """Replace control characters by spaces, drop those that turn text around, and mark what UTF-8 cannot write."""
    return text if text.isascii() and text.isprintable() else text.translate(_HARMLESS | _KEPT)


def clean(value: T) -> T:
    """Return a copy of a document with every text in it made harmless, keys included."""
    return cast(T, _cleaned(value))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
