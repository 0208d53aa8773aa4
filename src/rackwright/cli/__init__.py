"""The command line: thin commands over the library, one error style, `--json` everywhere.

Exit codes: 0 done; 1 the plan exists but no design keeps every limit; 2 the input is invalid or an output would be
overwritten; 130 stopped by the user. Nothing is written unless the code is 0 or 1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

INVALID, STOPPED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    import typer
    from typer.exceptions import TyperException

    from rackwright.base.errors import RackwrightError
    from rackwright.cli.app import app

    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        code = app(args=words, prog_name="rackwright", standalone_mode=False)
    except TyperException as error:
        said = error.format_message()
        sys.stderr.write(f"{said}\n" if said.startswith("Usage:") else f"error: {said}\n" if said else "")
        return INVALID
    except RackwrightError as error:
        from rackwright.cli.output import show_error

        show_error(error)
        return INVALID
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        sys.stderr.write(f"error: {error.strerror or error}{where}\n")
        return INVALID
    if code == STOPPED:
        sys.stderr.write("stopped\n")
    return code if isinstance(code, int) else 0
