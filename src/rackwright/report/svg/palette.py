"""The colours of every drawing: CSS variables, so that a page can turn dark, with a light value to fall back on.

The categorical hues are told apart with normal, red-blind and green-blind sight (a test simulates both); no meaning
rests on colour alone.
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "paper": "#ffffff",
    "wash": "#f5f4f1",
    "ink": "#1d2125",
    "soft": "#5b636b",
    "line": "#d9d7d2",
    "dull": "#b7b3aa",
    "accent": "#0b6aa8",
    "warn": "#b3380f",
    "c1": "#1f77b4",
    "c2": "#e08a1e",
    "c3": "#37a078",
    "c4": "#bb5a8d",
    "c5": "#6cb4e0",
    "c6": "#a8432a",
    "c7": "#6873db",
    "c8": "#8b9298",
}
DARK: dict[str, str] = {
    "paper": "#15181b",
    "wash": "#1e2226",
    "ink": "#e8e6e1",
    "soft": "#a3abb3",
    "line": "#383e44",
    "dull": "#5f666d",
    "accent": "#6fb7e9",
    "warn": "#ff9a76",
    "c1": "#4a9bd4",
    "c2": "#eba54c",
    "c3": "#4cc09a",
    "c4": "#ce7dac",
    "c5": "#9bd0f0",
    "c6": "#d0694e",
    "c7": "#8a9cff",
    "c8": "#8d959c",
}
HUES = ("c1", "c2", "c3", "c4", "c5", "c6", "c7")
REST = "c8"


def colour(name: str) -> str:
    """Return the paint of a named colour: its CSS variable, or its light value where no style sheet is at hand."""
    return f"var(--{name},{LIGHT[name]})"


def hue(index: int) -> str:
    """Return the paint of the n-th category; neutral grey once the hues are used up."""
    return colour(HUES[index] if 0 <= index < len(HUES) else REST)


def style_sheet() -> str:
    """Return the colours as CSS: light, dark where the system asks for it, and either where the page's switch does."""
    light = ";".join(f"--{name}:{value}" for name, value in LIGHT.items())
    dark = ";".join(f"--{name}:{value}" for name, value in DARK.items())
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=light]{{color-scheme:light;{light}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )
