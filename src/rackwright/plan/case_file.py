"""Read a case file's bytes: bounded, and as UTF-8 alone."""

from __future__ import annotations

from pathlib import Path

from rackwright.base.errors import Fault, InputError
from rackwright.plan.case_yaml import INIT, LARGEST_FILE

_SMALL = "a case is a few kilobytes"


def _refused(file: str, message: str, hint: str = "", place: tuple[int, int] = (0, 0)) -> InputError:
    return InputError([Fault(file, *place, message, hint)])


def read_text(path: Path) -> str:
    """Return the text of a case file.

    Raises
    ------
    InputError
        If it is no file, too large, or not UTF-8; the place of a wrong byte is said.
    """
    file = str(path)
    try:
        if path.is_dir():
            raise _refused(file, "is a folder; a case file is needed")
        if not path.exists():
            raise _refused(file, "there is no such file", INIT)
        if not path.is_file():
            raise _refused(file, "is no regular file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _refused(file, f"{size:,} bytes; at most {LARGEST_FILE:,} are read", _SMALL)
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise _refused(file, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return decode(data, file)


def decode(data: bytes, file: str) -> str:
    """Return UTF-8 bytes as text, a byte-order mark taken off.

    Raises
    ------
    InputError
        If the bytes are in another encoding.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] == b"\0\0\xfe\xff":
        raise _refused(file, "is UTF-16 or UTF-32", "save it as UTF-8", (1, 1))
    at = data.find(b"\0")
    if at >= 0:
        raise _refused(file, "a NUL byte", "is this a text file? Save it as UTF-8", _place(data, at))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise _refused(file, wrong, "save the file as UTF-8", _place(data, error.start)) from error


def _place(data: bytes, at: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at) + 1, len(data[start:at].decode("utf-8", "replace")) + 1
