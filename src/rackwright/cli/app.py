"""The commands."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from rackwright.cli.output import colored, note, progress, say, say_json, width

app = typer.Typer(
    name="rackwright",
    help="Plan AI infrastructure: what should be built for a workload, from which parts, where, at what cost, by when.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
catalog = typer.Typer(help="Look up the facts behind every number.", no_args_is_help=True)
app.add_typer(catalog, name="catalog")

CaseFile = Annotated[Path, typer.Argument(help="The case, a YAML file.", show_default=False)]
PlanFile = Annotated[Path, typer.Argument(help="A plan.json, or the folder that holds one.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Force = Annotated[bool, typer.Option("--force", help="Replace existing output files.")]


def _version(asked: bool) -> None:
    if asked:
        from rackwright import __version__

        say(f"rackwright {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Plan AI infrastructure from the workload down to the parts list."""


@app.command()
def plan(
    case: CaseFile,
    out: Annotated[Path | None, typer.Option(help="Folder for plan.json and plan.html. [default: CASE-plan]")] = None,
    force: Force = False,
    samples: Annotated[int | None, typer.Option(min=0, max=100_000, help="Draws of the facts' ranges.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the draws.")] = None,
    html: Annotated[bool, typer.Option("--html/--no-html", help="Write plan.html too.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    as_json: Json = False,
) -> int:
    """Answer a case: evaluate every sensible combination and recommend."""
    from rackwright.plan import api
    from rackwright.plan.files import refuse_existing, write_atomically

    folder = out or Path(f"{case.stem}-plan")
    targets = [folder / "plan.json", *([folder / "plan.html"] if html else [])]
    loaded = api.load(case)
    refuse_existing(targets, force=force)
    with progress(quiet or as_json) as report:
        result = api.search(loaded, samples=samples, seed=seed, progress=report)
    text = result.to_json()
    pages = [text]
    if html:
        from rackwright.report.html import render_html

        pages.append(render_html(result.document))
    for target, page in zip(targets, pages, strict=True):
        write_atomically(target, page)
    if as_json:
        say(text)
    else:
        from rackwright.report.terminal import render_plan

        say(render_plan(result.document, width(), colored()))
        for target in targets:
            say(f"wrote {target}")
    return 0 if result.feasible else 1


@app.command()
def check(case: CaseFile, as_json: Json = False) -> None:
    """Validate a case and name every fault at once, with file, line and column."""
    from rackwright.base.errors import InputError
    from rackwright.cli.output import fault_rows
    from rackwright.plan import api

    try:
        loaded = api.load(case)
    except InputError as error:
        if not as_json:
            raise
        say_json({"valid": False, "faults": fault_rows(error)})
        raise typer.Exit(2) from None
    if as_json:
        say_json({"valid": True, "faults": [], "name": loaded.name, "defaults": api.defaults_of(loaded)})
        return
    say(f"{case}: valid")
    for row in api.defaults_of(loaded):
        say(f"  default  {row['path']} = {row['value']}  ({row['why']})")


@app.command()
def explain(
    plan: PlanFile,
    metric: Annotated[str, typer.Argument(help="A metric such as usd_per_mtoken, or `list`.")],
    workload: Annotated[str | None, typer.Option(help="Which workload. [default: the first]")] = None,
    steps: Annotated[int | None, typer.Option(min=1, max=5000, help="Walk this many steps. [default: 40]")] = None,
    as_json: Json = False,
) -> None:
    """Take a number apart: formula steps, facts, sources, grades and elasticities."""
    from rackwright.plan import api

    read = api.read_plan(plan)
    if metric == "list":
        rows = api.metric_rows(read, workload)
        if as_json:
            say_json(rows)
        else:
            say("\n".join(f"{row['metric']:28} {row['text']:>18}  {row['label']}" for row in rows))
        return
    explanation, facts = api.explain(read, metric, workload, steps)
    if as_json:
        say_json({"explanation": explanation, "facts": facts})
        return
    from rackwright.report.terminal import render_explanation

    say(render_explanation(explanation, facts, width(), colored()))


@app.command()
def compare(left: PlanFile, right: PlanFile, as_json: Json = False) -> None:
    """Set two plans side by side, workload by workload."""
    from rackwright.plan import api

    first, second = api.read_plan(left), api.read_plan(right)
    if as_json:
        say_json(api.compare(first, second))
        return
    from rackwright.report.terminal import render_compare

    say(render_compare(first, second, width(), colored()))


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="Write to this file. [default: print]")] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Print the JSON Schema of a case, for completion and checks in an editor."""
    import json

    from rackwright.plan.case_schema import case_schema

    text = json.dumps(case_schema(), indent=2) + "\n"
    if out is None:
        say(text)
        return
    from rackwright.plan.files import refuse_existing, write_atomically

    refuse_existing([out], force=force)
    write_atomically(out, text)
    say_json({"wrote": str(out)}) if as_json else say(f"wrote {out}")


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write the case.")] = Path("case.yaml"),
    as_json: Json = False,
) -> None:
    """Write a commented case to start from; never over an existing file."""
    from rackwright.base.errors import OutputExistsError
    from rackwright.plan.case_schema import starter_case
    from rackwright.plan.files import write_atomically

    if path.exists():
        raise OutputExistsError(f"{path} exists already, and init never replaces a file; name another")
    write_atomically(path, starter_case())
    if as_json:
        say_json({"wrote": str(path)})
    else:
        say(f"wrote {path}; next: rackwright plan {path}")


@catalog.command("list")
def catalog_list(
    table: Annotated[str | None, typer.Argument(help="One table. [default: all tables]")] = None,
    as_json: Json = False,
) -> None:
    """List the tables of the catalogue, or the records of one."""
    from rackwright.plan import catalogue_rows

    _show_rows(catalogue_rows.catalogue_list(table), as_json)


@catalog.command("show")
def catalog_show(
    record: Annotated[str, typer.Argument(help="TABLE.RECORD, such as accelerators.h100-sxm, or a record's name.")],
    as_json: Json = False,
) -> None:
    """Show every number of a record with unit, range, grade and source."""
    from rackwright.plan import catalogue_rows

    rows = catalogue_rows.catalogue_show(record)
    if as_json or not rows:
        _show_rows(rows, as_json)
        return
    sources = dict(row["source"].partition(": ")[::2] for row in rows)
    short = [{**row, "source": row["source"].partition(":")[0], "note": ""} for row in rows]
    _show_rows(short, as_json)
    for heading, lines in (("notes", {row["field"]: row["note"] for row in rows if row["note"]}), ("sources", sources)):
        if lines:
            say(f"\n {heading}")
        for key, text in lines.items():
            say(textwrap.fill(f"{key}: {text}", width(), initial_indent="  ", subsequent_indent="    "))


@catalog.command("sources")
def catalog_sources(
    table: Annotated[str | None, typer.Argument(help="One table. [default: all tables]")] = None,
    as_json: Json = False,
) -> None:
    """List the sources cited by the catalogue."""
    from rackwright.plan import catalogue_rows

    _show_rows(catalogue_rows.catalogue_sources(table), as_json)


def _show_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        say_json(rows)
        return
    if not rows:
        note("nothing found")
        return
    from rackwright.report.terminal import render_catalogue_rows

    say(render_catalogue_rows(rows, width(), colored()))
