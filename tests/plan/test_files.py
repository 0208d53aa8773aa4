"""Outputs are whole or absent, and never replace a file unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackwright.base.errors import OutputExistsError
from rackwright.plan.files import refuse_existing, write_atomically


def test_existing_files_are_named_and_kept(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    target.write_text("mine")
    with pytest.raises(OutputExistsError, match="plan.json"):
        refuse_existing([target, tmp_path / "plan.html"], force=False)
    refuse_existing([target], force=True)
    assert target.read_text() == "mine"


def test_writing_makes_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new" / "plan.json"
    write_atomically(target, "é\n")
    assert target.read_bytes() == "é\n".encode()
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(target, "\ud800")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
