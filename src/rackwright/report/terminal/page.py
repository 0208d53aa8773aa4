"""A page of text: headings, paragraphs and tables, drawn by rich into a string of a given width."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

NARROWEST, USUAL, WIDEST = 40, 100, 200


class Page:
    """Text being laid out; `str()` gives it with no trailing blanks, coloured only when asked."""

    def __init__(self, width: int | None, *, color: bool) -> None:
        from rich.console import Console

        self.width = min(max(width or USUAL, NARROWEST), WIDEST)
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=self.width,
            force_terminal=color,
            color_system="standard" if color else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},
        )

    def __str__(self) -> str:
        lines = (line.rstrip() for line in self._out.getvalue().split("\n"))
        return "\n".join(lines).rstrip("\n") + "\n"

    def heading(self, text: str, *, rule: bool = False) -> None:
        """Write a heading, with a rule under it where a new part of the answer begins."""
        self._console.print()
        self._console.print(text, style="bold")
        if rule:
            self._console.print("─" * self.width, style="dim")

    def paragraph(self, text: str, *, style: str = "", indent: int = 0) -> None:
        """Write a paragraph, wrapped and indented."""
        from rich.padding import Padding
        from rich.text import Text

        if text:
            self._console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))

    def bullet(self, text: str, *, sign: str = "•", style: str = "") -> None:
        """Write one item of a list with a hanging indent."""
        table = self.grid(2)
        table.add_row(f"  {sign}", styled(text, style))
        self.show(table)

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write names and what they are, in two columns."""
        table = self.grid(2)
        for name, text in rows:
            if text:
                table.add_row(styled(f"  {name}", "dim"), styled(text))
        self.show(table)

    def grid(self, columns: int) -> Table:
        """Return a table without lines, its last column as wide as there is room."""
        from rich.table import Table

        table = Table.grid(padding=(0, 2, 0, 0), expand=False)
        for index in range(columns):
            table.add_column(overflow="fold", no_wrap=False, ratio=None if index < columns - 1 else 1)
        return table

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str | RenderableType]], *, right: str = "", whole: str = ""
    ) -> None:
        """Write a table; `right` names the columns, by index, that align right, `whole` others that never wrap."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=True, padding=(0, 1), header_style="dim")
        for index, head in enumerate(heads):
            side = str(index) in right.split()
            unbroken = side or str(index) in whole.split()
            table.add_column(head, justify="right" if side else "left", overflow="fold", no_wrap=unbroken)
        for row in rows:
            table.add_row(*row)
        self.show(table)

    def show(self, renderable: RenderableType) -> None:
        """Write anything rich can draw."""
        self._console.print(renderable)


def styled(text: str, style: str = "") -> RenderableType:
    """Return text that rich takes as it is, without reading markup into it."""
    from rich.text import Text

    return Text(text, style=style)
