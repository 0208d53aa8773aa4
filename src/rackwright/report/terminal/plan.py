"""The answer to a case: what to build, how sure it is, what binds, who lost, and what was filled in."""

from __future__ import annotations

from rackwright.plan.document import LimitValue, MetricValue, PlanDocument, RunnerUp, WorkloadAnswer
from rackwright.report.clean import clean
from rackwright.report.terminal.page import Page, styled
from rackwright.report.views import (
    UNSURE,
    built,
    margin_text,
    metrics_of,
    movers,
    path_text,
    search_text,
    spread_text,
    status_word,
    tightest,
)

_MOST_METRICS = 24
_MOST_RUNNERS_UP = 4
_MOST_DEFAULTS = 12
_MOST_WARNINGS = 6
_ROOMY = 84
_LOOKS = {"broken": "bold red", "binds": "yellow", "kept": ""}


def render_plan(document: PlanDocument, width: int | None = None, color: bool = False) -> str:
    """Write a plan for a terminal.

    Parameters
    ----------
    document : the plan
    width : characters per line; 100 when None
    color : use ANSI colours; nothing is said by colour alone
    """
    document = clean(document)
    page = Page(width, color=color)
    _write_head(page, document)
    for answer in document["workloads"]:
        _write_workload(page, document, answer)
    _write_totals(page, document)
    _write_defaults(page, document)
    for warning in document["warnings"][:_MOST_WARNINGS]:
        page.bullet(warning, sign="!", style="yellow")
    if len(document["warnings"]) > _MOST_WARNINGS:
        page.paragraph(
            f"and {len(document['warnings']) - _MOST_WARNINGS} more warnings, in plan.html", style="dim", indent=2
        )
    return str(page)


def _write_head(page: Page, document: PlanDocument) -> None:
    page.paragraph(document["headline"], style="bold" if document["feasible"] else "bold red")
    about = [document["case"]["name"], f"objective: {document['objective']}" if document["objective"] else ""]
    page.paragraph(" · ".join(text for text in about if text), style="dim")
    for line in document["summary"]:
        page.bullet(line)


def _write_workload(page: Page, document: PlanDocument, answer: WorkloadAnswer) -> None:
    view = answer["design"]
    page.heading(f"{view['workload']} — {view['kind']} {view['model']}", rule=True)
    page.pairs(
        [
            ("Build", built(answer)),
            ("Mapping", " · ".join(text for text in (view["mapping_text"], view["precision"]) if text)),
            ("Site", view["site_name"] or view["site"]),
            ("Cooling", view["cooling_name"] or view["cooling"]),
        ]
    )
    page.show("")
    _write_metrics(page, metrics_of(answer))
    _write_limits(page, "What binds", answer["limits"])
    path = path_text(answer)
    if path:
        page.heading("Critical path")
        page.paragraph(path, indent=2)
    _write_movers(page, answer)
    _write_runners_up(page, [item for item in document["runners_up"] if item["workload"] == view["workload"]])
    searched = search_text(document, view["workload"])
    if searched:
        page.heading("Search")
        page.paragraph(searched, indent=2)
    for line in answer["reference"]:
        page.paragraph(f"compare: {line}", style="dim", indent=2)


def _write_metrics(page: Page, metrics: dict[str, MetricValue]) -> None:
    rows = [[metric["label"], metric["text"], spread_text(metric)] for metric in metrics.values()]
    spread = any(row[2] for row in rows)
    if rows:
        shown = [row if spread else row[:2] for row in rows[:_MOST_METRICS]]
        page.table(["", "nominal", *(["P10–P90"] if spread else [])], shown, right="1 2")
    if len(rows) > _MOST_METRICS:
        page.paragraph(
            f"and {len(rows) - _MOST_METRICS} more numbers, in plan.html and plan.json", style="dim", indent=1
        )


def _write_limits(page: Page, title: str, limits: list[LimitValue]) -> None:
    shown = tightest(limits)
    if not shown:
        return
    page.heading(title)
    rows = []
    for limit in shown:
        word = status_word(limit)
        rows.append([limit["name"], limit["text"], margin_text(limit), styled(word, _LOOKS[word])])
    page.table(["limit", "value of bound", "margin", ""], rows, right="2", whole="1 3")


def _write_movers(page: Page, answer: WorkloadAnswer) -> None:
    found = movers(answer["tornado"])
    if not found:
        return
    page.heading(f"Pin down first, for {_lowered(answer['tornado']['label'])}")
    roomy = page.width >= _ROOMY
    rows = []
    for mover in found:
        grade = styled(mover.grade, "yellow" if mover.grade in UNSURE else "")
        rows.append([mover.label, *([mover.range_text] if roomy else []), mover.change_text, grade])
    heads = ["fact", *(["its range"] if roomy else []), "moves the result", "grade"]
    page.table(heads, rows, right="2" if roomy else "1", whole="1 3" if roomy else "2")


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _write_runners_up(page: Page, runners_up: list[RunnerUp]) -> None:
    if not runners_up:
        return
    page.heading("Runners-up")
    rows = []
    for item in runners_up[:_MOST_RUNNERS_UP]:
        view = item["design"]
        first = next(iter(item["metrics"].values()), None)
        name = f"{view['system_name']}, {view['site_name']}, {view['cooling_name']}"
        rows.append([name, first["text"] if first else "", item["why"]])
    head = next((next(iter(item["metrics"].values()))["label"] for item in runners_up if item["metrics"]), "")
    page.table(["design", _lowered(head), "why it lost"], rows, right="1")


def _write_totals(page: Page, document: PlanDocument) -> None:
    if len(document["workloads"]) > 1 and document["totals"]:
        page.heading("All workloads together", rule=True)
        _write_metrics(page, document["totals"])
    _write_limits(page, "Limits of the whole", document["total_limits"])


def _write_defaults(page: Page, document: PlanDocument) -> None:
    defaults = document["defaults"]
    if not defaults:
        return
    page.heading("Filled in by default", rule=True)
    page.table(["", "value", "why"], [[item["path"], item["value"], item["why"]] for item in defaults[:_MOST_DEFAULTS]])
    if len(defaults) > _MOST_DEFAULTS:
        page.paragraph(f"and {len(defaults) - _MOST_DEFAULTS} more, listed in plan.json", style="dim", indent=2)
