"""The library in a handful of names."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

import rackwright
from rackwright.base.errors import InputError
from rackwright.plan import api
from rackwright.plan.api import Plan


def test_the_names_are_those_promised():
    assert set(rackwright.__all__) == {"Case", "Evaluation", "Plan", "compare", "evaluate", "explain", "load", "search"}
    assert all(getattr(rackwright, name) is getattr(api, name) for name in rackwright.__all__)
    with pytest.raises(AttributeError, match="no attribute 'plan_it'"):
        rackwright.plan_it  # noqa: B018


def test_a_case_is_read_from_text_and_from_a_file(plan_text, tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(plan_text, encoding="utf-8")
    assert rackwright.load(plan_text).name == rackwright.load(path).name == rackwright.load(str(path)).name
    with pytest.raises(InputError):
        rackwright.load(str(tmp_path / "absent.yaml"))
    with pytest.raises(InputError):
        rackwright.load("name: nothing\n")


def test_one_design_is_evaluated(serve_setting):
    found = rackwright.evaluate(serve_setting.case, tp=2, batch=32)
    assert found.metrics == serve_setting.metrics
    assert found.feasible
    assert found.broken == {}


def test_a_broken_design_says_what_it_breaks(serve_setting):
    found = rackwright.evaluate(serve_setting.case, tp=2, batch=4000)
    assert not found.feasible
    assert found.broken["memory per accelerator"] < 0
    assert all(not margin >= 0 for margin in found.broken.values())
    assert math.isfinite(found.metrics["usd_per_mtoken"])


def test_samples_and_seed_of_a_case_can_be_set_aside(plan_text):
    case = replace(rackwright.load(plan_text), workloads=rackwright.load(plan_text).workloads[:1])
    shares = []
    plan = rackwright.search(case, samples=0, seed=9, progress=lambda share, _text: shares.append(share))
    assert (plan.document["samples"], plan.document["seed"]) == (0, 9)
    assert plan.document["workloads"][0]["bands"] == []
    assert shares == sorted(shares)
    assert 0.0 < shares[0] <= shares[-1] <= 1.0


def test_a_plan_becomes_frames(small_plan):
    pandas = pytest.importorskip("pandas")
    frame = small_plan.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert set(frame["workload"]) == {"chat", "tuning"}
    price = frame[(frame["workload"] == "chat") & (frame["metric"] == "usd_per_mtoken")]["value"].item()
    assert price == small_plan.document["workloads"][0]["metrics"]["usd_per_mtoken"]["value"]
    front = small_plan.front()
    assert front[front["workload"] == "chat"]["recommended"].sum() == 1
    assert {"usd_per_mtoken", "carbon", "ready_date"} <= set(front.columns)


def test_a_plan_shows_itself_and_escapes_what_the_case_says(small_plan):
    hostile = "<script>alert(1)</script>&"
    document = json.loads(small_plan.to_json())
    document["headline"] = hostile
    document["workloads"][0]["design"]["workload"] = hostile
    for value in document["workloads"][0]["metrics"].values():
        value["label"] = hostile
    page = Plan(document)._repr_html_()
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;&amp;") == 1 + 12 * 2
    assert repr(small_plan) == f"Plan({small_plan.document['headline']})"


def test_a_written_plan_is_read_again(small_plan, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(small_plan.to_json(), encoding="utf-8")
    document = rackwright.plan.api.read_plan(path)
    assert document == api.read_plan(tmp_path)
    assert Plan(document).to_json() == small_plan.to_json()
    assert Plan(document).feasible == small_plan.feasible
    explanation, facts = api.explain(document, "usd_per_mw_year")
    assert explanation["steps"]
    assert facts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such plan"),
        (b"", "not JSON"),
        (b"[1, 2]", "not a plan"),
        (b'{"schema": "rackwright.plan/0"}', "not a plan of version"),
        (b'{"schema": "rackwright.plan/1"}', "not complete"),
        (b'{"a": \xff}', "not readable"),
        (b"[" * 100_000, "not JSON|not readable"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path, content, said):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        api.read_plan(path)


def test_faults_in_json_have_a_place(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('{\n  "a": nought\n}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        api.read_plan(path)
    assert (caught.value.faults[0].line, caught.value.faults[0].column) == (2, 8)


def test_plans_are_compared_metric_by_metric(small_plan):
    other = json.loads(small_plan.to_json())
    price = other["workloads"][0]["metrics"]["usd_per_mtoken"]
    price["value"] *= 1.25
    del other["workloads"][1]
    rows = rackwright.compare(small_plan, other)
    assert {row["workload"] for row in rows} == {"chat"}
    by_metric = {row["metric"]: row for row in rows}
    assert set(by_metric) == set(small_plan.document["workloads"][0]["metrics"])
    changed = by_metric["usd_per_mtoken"]
    assert changed["right"] == pytest.approx(1.25 * changed["left"])
    assert changed["change"] == "+25 %"
    assert by_metric["pue"]["left"] == pytest.approx(by_metric["pue"]["right"])


def test_plans_with_unknown_numbers_can_be_compared(small_plan):
    """What JSON has no number for is null in a written plan."""
    other = json.loads(small_plan.to_json())
    for side in (small_plan.document, other):
        assert side["workloads"][0]["metrics"]["water"]["value"] == 0.0
    other["workloads"][0]["metrics"]["ttft"]["value"] = None
    for left, right in ((small_plan, other), (other, small_plan), (other, other)):
        rows = {row["metric"]: row for row in rackwright.compare(left, right)}
        assert rows["ttft"]["change"] is not None
        json.dumps(list(rows.values()), allow_nan=False)


def test_defaults_and_metrics_are_listed(small_plan, plan_text):
    defaults = api.defaults_of(rackwright.load(plan_text))
    assert {"path", "value", "why"} == set(defaults[0])
    assert any(row["path"] == "economics.owner" for row in defaults)
    rows = api.metric_rows(small_plan.document, "tuning")
    assert "duration" in {row["metric"] for row in rows}
    assert "ttft" not in {row["metric"] for row in rows}


def test_numbers_are_written_alike_on_every_machine():
    text = Plan({"a": [0.1 + 0.2, math.inf, math.nan, -math.inf], "b": (1, True, None, "x")}).to_json()
    assert json.loads(text) == {"a": [0.3, None, None, None], "b": [1, True, None, "x"]}


def test_a_case_that_leans_on_files_can_not_be_explained_without_them(small_plan):
    document = json.loads(small_plan.to_json())
    document["case"]["text"] = document["case"]["text"].replace("model: llama-3.1-8b", "model: models/config.json", 1)
    with pytest.raises(InputError, match="config.json"):
        api.explain(document, "usd_per_mw_year")


def test_a_plan_with_a_model_of_ones_own_can_be_explained_elsewhere(tmp_path, monkeypatch) -> None:
    config = {
        "model_type": "llama", "hidden_size": 1024, "num_hidden_layers": 8, "num_attention_heads": 16,
        "num_key_value_heads": 4, "intermediate_size": 4096, "vocab_size": 32000, "tie_word_embeddings": False,
    }  # fmt: skip
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text(json.dumps(config))
    (tmp_path / "case.yaml").write_text(OWN_MODEL)
    document = api.search(api.load(tmp_path / "case.yaml"), samples=0).document
    assert document["case"]["models"] == {"mine/config.json": config}
    (tmp_path / "mine" / "config.json").unlink()
    monkeypatch.chdir(tmp_path / "mine")
    explanation, facts = api.explain(document, "annual_cost/energy")
    assert explanation["steps"]
    assert facts


OWN_MODEL = """
name: own model
workloads:
  - name: chat
    serve:
      model: mine/config.json
      traffic: {requests: 20 requests/s}
      input: 500
      output: 100
      latency: {ttft: 2 s, tpot: 50 ms}
candidates: {systems: hgx-h100, sites: dallas-tx, cooling: direct-to-chip-dry, mapping: {tp: 1, pp: 1, batch: 16}}
"""
