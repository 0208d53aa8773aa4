"""Text in drawings: how wide it runs, how to shorten or wrap it, and where labels fit without touching each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SMALL, NORMAL, LARGE = 11.0, 12.0, 14.0
LINE_HEIGHT = 1.3
_ELLIPSIS = "…"
_WIDE_SCRIPTS = 0x2E80

# Widths in em, those of the widest of the usual system typefaces, so that an estimate is never too small.
_WIDTHS = {
    **dict.fromkeys("ijlI|!'.,:; ", 0.36),
    **dict.fromkeys('frt()[]{}/\\-·"', 0.44),
    **dict.fromkeys("mMwW@%", 1.0),
    **dict.fromkeys("0123456789$", 0.64),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&+=<>×–~", 0.78),
    **dict.fromkeys("cksvxyz", 0.58),
}
_OTHER = 0.65


def spoken(name: str) -> str:
    """Turn the name of a part, `racks/power_shelves`, into words."""
    return name.replace("_", " ").replace("/", " / ")


def text_width(text: str, size: float = NORMAL) -> float:
    """Estimate the width of one line of text in pixels."""
    return size * sum(1.0 if ord(sign) >= _WIDE_SCRIPTS else _WIDTHS.get(sign, _OTHER) for sign in text)


def fit(text: str, room: float, size: float = NORMAL) -> str:
    """Shorten text with an ellipsis until it fits into `room` pixels; empty when not even one letter does."""
    text = " ".join(text.split())
    if text_width(text, size) <= room:
        return text
    room -= text_width(_ELLIPSIS, size)
    width, kept = 0.0, 0
    for sign in text:
        width += text_width(sign, size)
        if width > room:
            break
        kept += 1
    return text[:kept].rstrip() + _ELLIPSIS if kept else ""


def wrap(text: str, room: float, size: float = NORMAL, lines: int = 2) -> list[str]:
    """Break text into at most `lines` lines of `room` pixels, shortening the last one."""
    result: list[str] = []
    rest = text.split()
    while rest and len(result) < lines - 1:
        taken = 0
        while taken < len(rest) and text_width(" ".join(rest[: taken + 1]), size) <= room:
            taken += 1
        if not taken:
            break
        result.append(" ".join(rest[:taken]))
        rest = rest[taken:]
    if rest:
        result.append(fit(" ".join(rest), room, size))
    return [line for line in result if line]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, top left corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height

    def touches(self, other: Box) -> bool:
        """Tell whether two boxes overlap."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def inside(self, other: Box) -> bool:
        """Tell whether this box lies within the other."""
        return self.x >= other.x and self.y >= other.y and self.right <= other.right and self.bottom <= other.bottom


def place_beside(x: float, y: float, width: float, taken: Iterable[Box], frame: Box, gap: float = 8.0) -> Box | None:
    """Find a free place for a label of one line, `gap` from the point (x, y), or None where there is none."""
    height = NORMAL * LINE_HEIGHT
    middle = y - height / 2
    offers = (
        (x + gap, middle),
        (x - gap - width, middle),
        (x - width / 2, y - gap - height),
        (x - width / 2, y + gap),
        (x + gap, y - gap - height),
        (x + gap, y + gap),
        (x - gap - width, y - gap - height),
        (x - gap - width, y + gap),
    )
    occupied = list(taken)
    for left, top in offers:
        box = Box(left, top, width, height)
        if box.inside(frame) and not any(box.touches(other) for other in occupied):
            return box
    return None


def spread(positions: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions (sorted) apart until they are `gap` from each other, within [low, high] as far as they fit."""
    count = len(positions)
    if not count:
        return []
    gap = min(gap, (high - low) / max(count - 1, 1))
    placed: list[float] = []
    for position in positions:
        floor = placed[-1] + gap if placed else low
        placed.append(max(position, floor))
    ceiling = high
    for index in range(count - 1, -1, -1):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return [min(max(position, low), high) for position in placed]
