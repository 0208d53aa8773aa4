"""A small SVG writer: escapes all text, keeps every coordinate finite and every mark inside the frame."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence

from rackwright.report.svg.palette import colour
from rackwright.report.svg.scale import finite
from rackwright.report.svg.text import NORMAL, Box, fit, text_width

WIDE, NARROW = 760.0, 360.0
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_CONTROL = {code: " " for code in (*range(32), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if code not in (9, 10, 13)}


def escape(text: str) -> str:
    """Make any text harmless in XML content and attributes; characters XML does not know become spaces."""
    return text.translate(_CONTROL).translate(_ESCAPES)


def number(value: float) -> str:
    """Write a coordinate: finite, at most one decimal."""
    written = f"{finite(value):.1f}"
    written = written.removesuffix(".0")
    return "0" if written == "-0" else written


class Drawing:
    """An SVG being drawn.

    Parameters
    ----------
    size : width and height of the frame in pixels
    title : its name, read out by a screen reader
    description : what it shows, in a sentence or two
    name : makes the identifiers of two like drawings on one page differ
    """

    def __init__(self, size: tuple[float, float], title: str, description: str, name: str = "") -> None:
        self.frame = Box(0.0, 0.0, *size)
        self.title, self.description = title, description
        digest = zlib.crc32(f"{name}|{title}|{description}|{size}".encode("utf-8", "replace"))
        self.identifier = f"d{digest:08x}"
        self._parts: list[str] = []

    def __str__(self) -> str:
        width, height = number(self.frame.width), number(self.frame.height)
        one = self.identifier
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img" aria-labelledby="{one}t {one}d" font-size="{number(NORMAL)}"'
            f' font-family="system-ui,-apple-system,Roboto,Arial,sans-serif">'
            f'<title id="{one}t">{escape(self.title)}</title><desc id="{one}d">{escape(self.description)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )

    def rect(
        self, box: Box, fill: str, *, tip: str = "", radius: float = 0.0, opacity: float = 1.0, edge: str = ""
    ) -> None:
        """Draw a rectangle, cut at the frame."""
        left, right = self._x(box.x), self._x(box.right)
        top, bottom = self._y(box.y), self._y(box.bottom)
        attributes = f' rx="{number(radius)}"' if radius else ""
        attributes += f' fill-opacity="{opacity:g}"' if opacity != 1.0 else ""
        attributes += f' stroke="{edge}"' if edge else ""
        place = f'x="{number(left)}" y="{number(top)}" width="{number(right - left)}" height="{number(bottom - top)}"'
        self._add("rect", f'{place} fill="{fill}"{attributes}', tip)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        stroke: str = "",
        *,
        width: float = 1.0,
        dash: str = "",
    ) -> None:
        """Draw a straight line, each end kept within the frame."""
        (left, top), (right, bottom) = self._point(start), self._point(end)
        attributes = f' stroke-dasharray="{dash}"' if dash else ""
        place = f'x1="{number(left)}" y1="{number(top)}" x2="{number(right)}" y2="{number(bottom)}"'
        self._add("line", f'{place} stroke="{stroke or colour("line")}" stroke-width="{number(width)}"{attributes}')

    def polyline(
        self, points: Sequence[tuple[float, float]], stroke: str, *, width: float = 1.5, dash: str = ""
    ) -> None:
        """Draw an open line through points."""
        text = " ".join(f"{number(x)},{number(y)}" for x, y in map(self._point, points))
        attributes = f' stroke-dasharray="{dash}"' if dash else ""
        self._add(
            "polyline", f'points="{text}" fill="none" stroke="{stroke}" stroke-width="{number(width)}"{attributes}'
        )

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, *, tip: str = "", edge: str = "") -> None:
        """Draw a closed shape."""
        text = " ".join(f"{number(x)},{number(y)}" for x, y in map(self._point, points))
        self._add("polygon", f'points="{text}" fill="{fill}"' + (f' stroke="{edge}"' if edge else ""), tip)

    def ribbon(self, start: Box, end: Box, fill: str, *, tip: str = "", opacity: float = 0.35) -> None:
        """Draw a curved band from the right edge of one box to the left edge of another."""
        left, right = self._x(start.right), self._x(end.x)
        middle = number((left + right) / 2)
        a, b, c, d = (number(self._y(y)) for y in (start.y, end.y, end.bottom, start.bottom))
        x, z = number(left), number(right)
        path = f"M{x},{a}C{middle},{a} {middle},{b} {z},{b}V{c}C{middle},{c} {middle},{d} {x},{d}Z"
        self._add("path", f'd="{path}" fill="{fill}" fill-opacity="{opacity:g}"', tip)

    def circle(self, x: float, y: float, radius: float, fill: str, *, tip: str = "", edge: str = "") -> None:
        """Draw a circle, moved inwards until it lies within the frame."""
        x = min(max(finite(x), radius), self.frame.width - radius)
        y = min(max(finite(y), radius), self.frame.height - radius)
        attributes = f' stroke="{edge}"' if edge else ""
        self._add("circle", f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{attributes}', tip)

    def text(
        self, x: float, y: float, text: str, *, size: float = NORMAL, anchor: str = "start", look: str = ""
    ) -> None:
        """Write one line with its baseline at y, shortened to what the frame leaves.

        `look` is any of the words `soft`, `bold`, `warn`, `halo` (readable across lines), separated by spaces.
        """
        x, y = min(max(finite(x), 0.0), self.frame.width), min(max(finite(y), size), self.frame.height - 0.3 * size)
        beside = {"start": self.frame.width - x, "end": x}.get(anchor, 2.0 * min(x, self.frame.width - x))
        shown = fit(text, beside + 0.01, size * (1.06 if "bold" in look else 1.0))
        if not shown:
            return
        fill = colour("soft" if "soft" in look else "warn" if "warn" in look else "ink")
        attributes = f' font-size="{number(size)}"' if size != NORMAL else ""
        attributes += f' text-anchor="{anchor}"' if anchor != "start" else ""
        attributes += ' font-weight="600"' if "bold" in look else ""
        if "halo" in look:
            attributes += f' paint-order="stroke" stroke="{colour("paper")}" stroke-width="4" stroke-linejoin="round"'
        place = f'x="{number(x)}" y="{number(y)}" fill="{fill}"'
        whole = "" if shown == " ".join(text.split()) else f"<title>{escape(text)}</title>"
        self._parts.append(f"<text {place}{attributes}>{escape(shown)}{whole}</text>")

    def legend(
        self,
        x: float,
        y: float,
        entries: Iterable[tuple[str, str]],
        mark: Callable[[int, float, float], None] | None = None,
    ) -> None:
        """Write a legend of (paint, name) from (x, y), breaking lines at the frame.

        `mark` draws the sign of an entry, by index, around a point; squares where it is not given.
        """
        left = x
        for index, (paint, name) in enumerate(entries):
            shown = fit(name, self.frame.width - x - 18.0, NORMAL)
            needed = 18.0 + text_width(shown)
            if left > x and left + needed > self.frame.width:
                left, y = x, y + 20.0
            if mark:
                mark(index, left + 6.0, y + 6.0)
            else:
                self.rect(Box(left, y, 11.0, 11.0), paint, radius=2.0)
            self.text(left + 16.0, y + 10.0, shown, look="soft")
            left += needed + 14.0

    def _add(self, tag: str, attributes: str, tip: str = "") -> None:
        inner = f"><title>{escape(tip)}</title></{tag}>" if tip else "/>"
        self._parts.append(f"<{tag} {attributes}{inner}")

    def _x(self, x: float) -> float:
        return min(max(finite(x), 0.0), self.frame.width)

    def _y(self, y: float) -> float:
        return min(max(finite(y), 0.0), self.frame.height)

    def _point(self, point: tuple[float, float]) -> tuple[float, float]:
        return self._x(point[0]), self._y(point[1])


def legend_height(entries: Iterable[tuple[str, str]], width: float) -> float:
    """Return how high a legend of these entries will be in a frame of this width."""
    rows, left = 1, 0.0
    for _, name in entries:
        needed = 18.0 + text_width(fit(name, width - 18.0))
        if left > 0.0 and left + needed > width:
            rows, left = rows + 1, 0.0
        left += needed + 14.0
    return 20.0 * rows
