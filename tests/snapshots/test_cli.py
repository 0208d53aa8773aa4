"""What the commands say, held by snapshots."""

import json

import pytest

import pages

COMMANDS = ["", "catalog", *pages.commands()]
FAULTY = """\
name: Faults of every kind
workloads:
  - name: a
    serve:
      model: llama-9
      traffic: {requests: 5 kg}
      input: {fixed: 100}
      output: {fixed: .nan}
colour: blue
"""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda name: name or "rackwright")
def test_help(command, run, snapshot):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert out == snapshot


def test_faults(run, snapshot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.yaml").write_text(FAULTY, encoding="utf-8")
    code, out, err = run("check", "case.yaml")
    assert (code, out) == (2, "")
    assert err == snapshot


def test_faults_for_machines(run, snapshot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.yaml").write_text(FAULTY, encoding="utf-8")
    code, out, err = run("check", "case.yaml", "--json")
    assert (code, err) == (2, "")
    assert json.loads(out) == snapshot


def test_tables_of_the_catalogue(run, snapshot, without_numbers):
    code, out, _ = run("catalog", "list")
    assert code == 0
    assert without_numbers(out) == snapshot
