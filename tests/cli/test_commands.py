"""The commands as a user meets them: exit codes, where text goes, what is written and what is never written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rackwright.cli import main

CASES = Path(__file__).parent.parent.parent / "src" / "rackwright" / "cases"
CASE = """\
name: Small
workloads:
  - name: chat
    serve:
      model: llama-3.1-8b
      traffic: {requests: 5 requests/s}
      input: {fixed: 1000}
      output: {fixed: 200}
      latency: {ttft: 2 s, tpot: 80 ms, percentile: 95 %}
      precision: bf16
candidates:
  systems: [hgx-h100]
  sites: [dallas-tx]
  mode: aggregated
samples: 16
start: 2027-01-04
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def first_plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    case = folder / "case.yaml"
    case.write_text(CASE, encoding="utf-8")
    assert main(["plan", str(case), "--out", str(folder / "first"), "--quiet"]) == 0
    return folder / "first"


@pytest.fixture
def planned(folder, first_plan):
    shutil.copytree(first_plan, folder / "first")
    return folder


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_plan_is_a_document_and_a_page(planned):
    assert set(files(planned)) == {"case.yaml", "first/plan.json", "first/plan.html"}
    document = json.loads((planned / "first" / "plan.json").read_text(encoding="utf-8"))
    assert document["schema"].startswith("rackwright.plan/")


def test_the_same_case_gives_the_same_bytes(planned):
    assert main(["plan", "case.yaml", "--out", "second", "--quiet"]) == 0
    written = files(planned)
    assert written["first/plan.json"] == written["second/plan.json"]
    assert written["first/plan.html"] == written["second/plan.html"]


def test_another_seed_gives_another_plan(planned):
    assert main(["plan", "case.yaml", "--out", "second", "--quiet", "--seed", "7"]) == 0
    written = files(planned)
    assert written["first/plan.json"] != written["second/plan.json"]


def test_nothing_is_overwritten_unasked(planned, capsys):
    before = files(planned)
    assert main(["plan", "case.yaml", "--out", "first", "--quiet"]) == 2
    assert files(planned) == before
    assert "--force" in capsys.readouterr().err
    assert main(["plan", "case.yaml", "--out", "first", "--quiet", "--force"]) == 0
    assert main(["init", "case.yaml"]) == 2
    assert files(planned)["case.yaml"] == CASE.encode()


def test_a_limit_that_nothing_keeps_is_a_plan_with_code_1(folder, capsys):
    (folder / "case.yaml").write_text(CASE + "limits: {budget: $5}\n", encoding="utf-8")
    assert main(["plan", "case.yaml", "--out", "first", "--quiet"]) == 1
    assert "first/plan.json" in files(folder)
    assert "budget" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "absent.yaml"],
        ["plan", "."],
        ["check", "absent.yaml"],
        ["explain", "absent.json", "usd_per_mtoken"],
        ["compare", "case.yaml", "case.yaml"],
        ["catalog", "show", "accelerators.h1000"],
        ["catalog", "list", "cheeses"],
        ["plan"],
        ["plan", "case.yaml", "--samples", "many"],
        ["frobnicate"],
    ],
    ids=" ".join,
)
def test_wrong_input_is_code_2_with_a_message_and_writes_nothing(folder, capsys, words):
    before = files(folder)
    assert main(words) == 2
    written = capsys.readouterr()
    assert written.err.strip()
    assert "Traceback" not in written.err
    assert written.out == ""
    assert files(folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ["check", "case.yaml"],
        ["explain", "first", "list"],
        ["explain", "first", "usd_per_mtoken"],
        ["compare", "first", "first/plan.json"],
        ["catalog", "list"],
        ["catalog", "list", "accelerators"],
        ["catalog", "show", "accelerators.h100-sxm"],
        ["catalog", "sources"],
        ["schema"],
        ["plan", "case.yaml", "--out", "second"],
        ["init", "new.yaml"],
    ],
    ids=" ".join,
)
def test_every_command_speaks_json(planned, capsys, words):
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    written = capsys.readouterr()
    assert json.loads(written.out)
    assert written.err == ""


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("*.yaml")))
def test_every_shipped_case_is_valid(case, capsys):
    assert main(["check", str(CASES / case)]) == 0
    assert capsys.readouterr().err == ""


def test_init_writes_the_shipped_starter_and_it_is_valid(folder, capsys):
    assert main(["init", "new.yaml"]) == 0
    assert "next: rackwright plan new.yaml" in capsys.readouterr().out
    assert (folder / "new.yaml").read_bytes() == (CASES / "starter.yaml").read_bytes()
    assert main(["check", "new.yaml"]) == 0


def test_a_reader_who_stops_early_is_no_error(folder):
    program = [sys.executable, "-c", "from rackwright.cli import main; raise SystemExit(main())", "schema"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        started.stdout.close()
        errors = started.stderr.read()
        started.wait()
    assert errors == b""


def test_help_needs_no_heavy_import():
    heavy = ("pint", "pandas", "pydantic", "jinja2", "numpy", "yaml", "scipy")
    program = (
        "import sys; from rackwright.cli import main; main(['--help']); "
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
