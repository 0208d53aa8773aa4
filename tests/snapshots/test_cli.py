"""What the commands say, held by snapshots."""

import pytest

import pages

COMMANDS = ["", "catalog", *pages.commands()]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda name: name or "rackwright")
def test_help(command, run, snapshot):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert out == snapshot
