"""What would have been right: the known names nearest to a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 120
_FEW = 12


def nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the known names that look most like `name`."""
    options = {option.lower(): option for option in known}
    found = difflib.get_close_matches(name.lower()[:_LONGEST], options, n=most, cutoff=0.55)
    return tuple(options[match] for match in found)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `did you mean a or b?`, or the allowed names where they are few, or nothing."""
    listed = list(known)
    close = nearest(name, listed)
    if close:
        return f"did you mean {' or '.join(f'`{option}`' for option in close)}?"
    return f"one of {', '.join(listed)}" if 0 < len(listed) <= _FEW else ""
