"""Whatever happens, a command ends with its code and a message for people, and writes all or nothing."""

from __future__ import annotations

import copy
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rackwright
from rackwright.cli import main
from rackwright.plan import api
from rackwright.report.html import render_html

SERVE = {
    "name": "Small",
    "workloads": [
        {
            "name": "chat",
            "serve": {
                "model": "llama-3.1-8b",
                "traffic": {"requests": "5 requests/s", "profile": "flat"},
                "input": {"mean": 1000, "p90": 2000},
                "output": {"mean": 200, "p90": 400},
                "latency": {"ttft": "2 s", "tpot": "80 ms", "percentile": "95 %"},
                "precision": "bf16",
                "prefix_hits": "10 %",
            },
        }
    ],
    "candidates": {
        "systems": ["hgx-h100"],
        "sites": ["dallas-tx"],
        "cooling": ["direct-to-chip-dry"],
        "mode": "aggregated",
        "mapping": {"tp": [1, 2], "pp": 1, "batch": [16, 64]},
    },
    "limits": {"site_power": "20 MW", "racks": 200, "budget": "$900M", "ready_by": "60 months"},
    "objective": {"minimise": "usd_per_mtoken"},
    "economics": {"owner": "hyperscaler", "horizon": "5 years"},
    "start": "2027-01-04",
    "samples": 0,
}
TRAIN = {
    **SERVE,
    "workloads": [
        {
            "name": "run",
            "train": {
                "model": "llama-3.1-8b",
                "tokens": "100B tokens",
                "sequence_length": 8192,
                "global_batch": "64 sequences",
                "deadline": "200 days",
                "precision": "bf16",
            },
        }
    ],
    "candidates": {
        **SERVE["candidates"],
        "mapping": {"tp": [1, 2], "pp": 1, "dp": [8, 16], "micro_batch": 1, "zero": 1, "recompute": "full"},
    },
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a small case, and work there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.yaml").write_text(yaml.safe_dump(SERVE), encoding="utf-8")
    return tmp_path


def written(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lines_of(error):
    return error.strip().splitlines()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan"], "Missing argument 'case'"),
        (["plan", "case.yaml", "more"], "unexpected extra argument"),
        (["plan", "case.yaml", "--colour"], "No such option: --colour"),
        (["plan", "case.yaml", "--samples", "many"], "--samples"),
        (["plan", "case.yaml", "--samples", "-1"], "--samples"),
        (["plan", "case.yaml", "--seed", "1.5"], "--seed"),
        (["frobnicate"], "No such command 'frobnicate'"),
        (["--frobnicate"], "No such option: --frobnicate"),
        (["catalog", "frobnicate"], "No such command 'frobnicate'"),
        (["explain", "case.yaml"], "Missing argument 'metric'"),
        (["catalog", "show", "h100-smx"], "did you mean h100-sxm"),
        (["catalog", "list", "acelerators"], "did you mean accelerators"),
        (["catalog", "sources", "nothing-like-it"], "unknown"),
    ],
)
def test_wrong_words_are_one_line_that_says_what_is_wrong(folder, capsys, words, said):
    before = written(folder)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = lines_of(err)
    assert line.startswith("error: ")
    assert said in line
    assert written(folder) == before


@pytest.mark.parametrize("words", [[], ["catalog"]])
def test_no_words_get_help(capsys, words):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert (out + err).startswith("Usage: ")
    assert "error" not in err


@pytest.mark.parametrize("command", ["plan", "check"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        ("folder", "is a folder"),
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00\xff\xfe", ""),
        (b"name: \xff\xfe\xfa", ""),
        (b"[" * 5000, ""),
        (b"a: &a [*a, *a]", ""),
        (b"just words", ""),
        (b"name: x\nname: y\n", ""),
    ],
    ids=["missing", "folder", "empty", "picture", "encoding", "deep", "alias", "words", "twice"],
)
def test_what_is_no_case_is_refused_with_its_place(folder, capsys, command, content, said):
    path = folder / "given.yaml"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    before = written(folder)
    assert main([command, "given.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "given.yaml" in err
    assert said in err
    assert "Traceback" not in err
    assert written(folder) == before


@pytest.mark.parametrize(
    ("words", "module", "name"),
    [
        (["plan", "case.yaml", "--out", "done"], "rackwright.plan.api", "make_plan"),
        (["check", "case.yaml"], "rackwright.plan.api", "load_case"),
        (["plan", "case.yaml", "--out", "done"], "rackwright.report.html", "render_html"),
    ],
)
def test_a_person_who_stops_a_command_gets_code_130_and_no_file(folder, capsys, monkeypatch, words, module, name):
    def stop(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"{module}.{name}", stop)
    before = written(folder)
    assert main(words) == 130
    assert capsys.readouterr().err.strip() == "stopped"
    assert written(folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "case.yaml", "--out", "case.yaml/inside"],
        ["schema", "--out", "case.yaml/inside"],
        ["init", "case.yaml/inside"],
    ],
    ids=" ".join,
)
def test_a_place_that_can_not_be_written_is_said(folder, capsys, words):
    before = written(folder)
    assert main(words) == 2
    (line,) = lines_of(capsys.readouterr().err)
    assert line.startswith("error: ")
    assert "case.yaml" in line
    assert written(folder) == before


def test_only_json_without_a_page(folder, capsys):
    assert main(["plan", "case.yaml", "--out", "done", "--no-html", "--quiet"]) == 0
    assert set(written(folder)) == {"case.yaml", "done/plan.json"}
    assert main(["plan", "case.yaml", "--quiet"]) == 0
    assert {"case-plan/plan.json", "case-plan/plan.html"} <= set(written(folder))


def test_a_page_that_is_there_keeps_both_files(folder, capsys):
    (folder / "done").mkdir()
    (folder / "done" / "plan.html").write_text("mine", encoding="utf-8")
    assert main(["plan", "case.yaml", "--out", "done"]) == 2
    assert set(written(folder)) == {"case.yaml", "done/plan.html"}
    assert written(folder)["done/plan.html"] == b"mine"


def test_a_mapping_that_can_not_be_laid_out_is_a_plan_with_code_1(folder, capsys):
    case = copy.deepcopy(SERVE)
    case["candidates"]["mapping"] = {"tp": 3, "pp": 1, "batch": 16}
    (folder / "case.yaml").write_text(yaml.safe_dump(case), encoding="utf-8")
    assert main(["plan", "case.yaml", "--out", "done", "--quiet"]) == 1
    out = capsys.readouterr().out
    assert "No design keeps every limit" in out
    assert "heads" in out
    assert "done/plan.json" in written(folder)


def test_a_job_that_fits_no_stated_number_says_so(folder, capsys):
    case = copy.deepcopy(TRAIN)
    case["workloads"][0]["train"]["accelerators"] = 1000
    (folder / "case.yaml").write_text(yaml.safe_dump(case), encoding="utf-8")
    assert main(["plan", "case.yaml", "--out", "done", "--quiet"]) == 1
    assert "job on the stated 1,000 accelerators" in capsys.readouterr().out


def test_numbers_that_are_not_in_the_plan_can_be_explained(folder, capsys):
    assert main(["plan", "case.yaml", "--out", "done", "--quiet"]) == 0
    capsys.readouterr()
    for metric in ("replica_size", "carbon_embodied", "wue", "usd_per_mw_year"):
        assert main(["explain", "done", metric, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["explanation"]["metric"] == metric
    assert main(["explain", "done", "annual_cost/energy", "--workload", "chat"]) == 0
    assert "electricity price" in capsys.readouterr().out.replace("_", " ").lower()
    assert main(["explain", "done", "usd_per_mtokem"]) == 2
    assert "did you mean usd_per_mtoken" in capsys.readouterr().err


def test_no_colour_is_written_where_none_is_wanted(folder, capsys, monkeypatch):
    assert main(["plan", "case.yaml", "--out", "plain", "--quiet"]) == 0
    assert "\x1b[" not in capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["explain", "plain", "usd_per_mtoken"]) == 0
    assert "\x1b[" not in capsys.readouterr().out
    monkeypatch.delenv("NO_COLOR")
    assert main(["explain", "plain", "usd_per_mtoken"]) == 0
    assert "\x1b[" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["schema", "catalog list accelerators", "plan case.yaml --out done -q"])
def test_a_reader_who_stops_early_changes_neither_code_nor_files(folder, words):
    program = [sys.executable, "-c", "from rackwright.cli import main; raise SystemExit(main())", *words.split()]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        started.stdout.close()
        errors = started.stderr.read()
        code = started.wait()
    assert (code, errors) == (0, b"")
    if words.startswith("plan"):
        assert {"done/plan.json", "done/plan.html"} <= set(written(folder))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said():
    program = [sys.executable, "-c", "from rackwright.cli import main; raise SystemExit(main())", "schema"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode != 0
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_said(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rackwright {rackwright.__version__}\n"


def test_a_schema_is_written_once(folder, capsys):
    assert main(["schema", "--out", "schema.json"]) == 0
    assert capsys.readouterr().out == "wrote schema.json\n"
    first = written(folder)["schema.json"]
    assert json.loads(first)["title"]
    assert main(["schema", "--out", "schema.json"]) == 2
    assert main(["schema", "--out", "schema.json", "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"wrote": "schema.json"}
    assert main(["schema"]) == 0
    assert capsys.readouterr().out.encode() == first


def test_a_record_is_shown_with_its_notes_and_sources(capsys):
    assert main(["catalog", "show", "h100-sxm"]) == 0
    out = capsys.readouterr().out
    assert "memory_bandwidth" in out.replace(" ", "_")
    assert "TB/s" in out or "GB/s" in out
    assert "\n sources\n" in out
    assert main(["catalog", "show", "accelerators.h100-sxm", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(row["source"] and row["grade"] for row in rows)
    assert main(["catalog", "sources", "accelerators", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 3


class Screen(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self):
        return True


def test_long_work_shows_how_far_it_is_and_quiet_work_does_not(folder, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen())
    assert main(["plan", "case.yaml", "--out", "one"]) == 0
    assert "%" in sys.stderr.getvalue()
    monkeypatch.setattr(sys, "stderr", Screen())
    assert main(["plan", "case.yaml", "--out", "two", "--quiet"]) == 0
    assert sys.stderr.getvalue() == ""


# ---------------------------------------------------------------------------------------------------------- fuzz

STRANGE = [
    None, True, -1, 0, 1e400, float("nan"), 10**30, "", "nan", "1e308 s", "5 kg", "-3 s", "0 s", "1e-9 s", "free",
    "all", "llama-9", "hgx-h10", "€", "\u202e", "x" * 5000, [], {}, [[[]]], [None], {"a": {"b": []}}, "40 ms",
    "1e15 requests/s", "1e-9 requests/s", "99.99 %", "1 W", "$1", "1e30 USD", "2026-02-31", "1 day", 3.5,
]  # fmt: skip


def places(node, path=()):
    """Yield the path of every value of a case."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def mutated(seed):
    """Return a small case with one to three things wrong, strange or missing."""
    draw = random.Random(seed)
    case = copy.deepcopy(draw.choice([SERVE, TRAIN]))
    for _ in range(draw.randint(1, 3)):
        path = draw.choice(list(places(case)))
        holder = case
        for key in path[:-1]:
            holder = holder[key]
        action = draw.randrange(4)
        if action == 0:
            del holder[path[-1]]
        elif action == 1 and isinstance(holder, dict):
            holder[f"{path[-1]}{draw.choice(['s', '_', 'é', ' '])}"] = holder.pop(path[-1])
        elif action == 2 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        else:
            holder[path[-1]] = draw.choice(STRANGE)
        if not case:
            break
    return yaml.safe_dump(case, allow_unicode=True)


def run(words, folder, capsys):
    """Run a command on a case and hold it to its promises; return the code."""
    before = written(folder)
    code = main(words)
    out, err = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "Traceback" not in out + err
    if code == 2:
        assert out == ""
        assert "error: " in err
        assert "case.yaml" in err
        assert written(folder) == before
    return code


QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@settings(QUIET, max_examples=150)
@given(seed=st.integers(0, 10**9))
def test_any_case_is_checked_or_refused(seed, folder, capsys):
    (folder / "case.yaml").write_text(mutated(seed), encoding="utf-8")
    assert run(["check", "case.yaml"], folder, capsys) in {0, 2}


TEMPERED = {
    ("serve", "traffic", "requests"): ["1e-9 requests/s", "1 requests/day", "1e6 requests/s", "1e15 requests/s"],
    ("serve", "input", "mean"): [1, 10, 1e6],
    ("serve", "output", "mean"): [1, 2, 1e5],
    ("serve", "latency", "ttft"): ["1 us", "1 ms", "1000 s", "1e9 s"],
    ("serve", "latency", "tpot"): ["1 ns", "1 ms", "100 s"],
    ("serve", "latency", "percentile"): ["50 %", "99.9 %"],
    ("serve", "prefix_hits"): ["0 %", "99 %"],
    ("serve", "model"): ["deepseek-v3", "gpt-oss-20b", "llama-3.1-405b", "qwen3-30b-a3b"],
    ("train", "model"): ["deepseek-v3", "gpt-oss-20b", "llama-3.1-405b", "qwen3-30b-a3b"],
    ("train", "tokens"): ["1 tokens", "1e6 tokens", "1e18 tokens"],
    ("train", "sequence_length"): [1, 128, 1048576],
    ("train", "global_batch"): ["1 sequences", "7 sequences", "1e6 sequences"],
    ("train", "deadline"): ["1 s", "1 day", "1000 years"],
    ("train", "accelerators"): [1, 8, 16, 1000, 100_000_000],
}
AROUND = {
    ("limits", "site_power"): ["1 W", "1 kW", "1e12 W"],
    ("limits", "racks"): [1, 10**9],
    ("limits", "budget"): ["$1", "1e15 USD"],
    ("limits", "ready_by"): ["1 day", "90 years", "2027-01-05"],
    ("limits", "countries_not_allowed"): [["US"], ["TW", "CN"]],
    ("objective", "minimise"): ["total_cost", "energy", "carbon", "ready_date"],
    ("economics", "owner"): ["neocloud", "hyperscaler"],
    ("economics", "horizon"): ["1 day", "100 years"],
    ("candidates", "systems"): [["gb200-nvl72"], ["mi300x-8oam"], ["dgx-h100"]],
    ("candidates", "cooling"): [["immersion"], ["direct-evaporative"], ["rear-door"], ["air-chiller"]],
    ("candidates", "mode"): ["disaggregated", ["aggregated", "disaggregated"]],
    ("candidates", "mapping", "tp"): [[1], [3], [64], [5, 8]],
    ("candidates", "mapping", "pp"): [[1], [7], [64]],
    ("candidates", "mapping", "batch"): [[1], [100_000]],
    ("candidates", "mapping", "dp"): [[1], [8], [7, 4096]],
    ("samples",): [0, 1, 5],
    ("start",): ["2020-01-01", "2059-12-31"],
}


def tempered(seed):
    """Return a case that can be read, with extreme demands, limits and mappings."""
    draw = random.Random(seed)
    case = copy.deepcopy(draw.choice([SERVE, TRAIN]))
    kind = "serve" if "serve" in case["workloads"][0] else "train"
    own = {path: values for path, values in TEMPERED.items() if path[0] == kind}
    for path, values in draw.sample(sorted({**own, **AROUND}.items()), draw.randint(1, 4)):
        holder = case["workloads"][0] if path[0] == kind else case
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = draw.choice(values)
    return yaml.safe_dump(case)


@settings(QUIET, max_examples=int(os.environ.get("RACKWRIGHT_FUZZ", "8")))
@given(seed=st.integers(0, 10**9))
def test_any_case_that_can_be_read_gets_a_plan(seed, folder, capsys):
    (folder / "case.yaml").write_text(tempered(seed), encoding="utf-8")
    if run(["plan", "case.yaml", "--out", "done", "--force", "--quiet"], folder, capsys) == 2:
        assert run(["check", "case.yaml"], folder, capsys) == 2
        return
    document = api.read_plan(folder / "done")
    assert render_html(document).endswith("</html>\n")
    for view in document["search"]:
        assert view["designs"] == view["feasible"] + sum(item["count"] for item in view["rejected"])
