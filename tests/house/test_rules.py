"""Each house rule catches the fault it is for, and lets good code pass."""

import pytest

from house import (
    FRAGMENT,
    Source,
    no_formula_page,
    rough_statements,
    too_long,
    too_many_parameters,
    undocumented_package,
    unfinished,
)


def function(lines: int, docstring: int = 0) -> str:
    page = ['    """Page.'] + ["    more"] * (docstring - 2) + ['    """'] if docstring else []
    return "\n".join(["def f():", *page, *["    x = 1"] * (lines - 1)]) + "\n"


BAD = [
    (too_long, "x = 1\n" * 401, "site"),
    (too_long, function(61), "site"),
    (too_long, "class A:\n" + "".join(f"    {line}\n" for line in function(61).splitlines()), "site"),
    (too_many_parameters, "def f(a, b, c, d, e, /, f, g, *, h): ...\n", "plan"),
    (rough_statements, "assert x\n", "base"),
    (rough_statements, "try:\n    x\nexcept:\n    y\n", "cli"),
    (rough_statements, "try:\n    x\nexcept (ValueError, Exception):\n    y\n", "plan"),
    (rough_statements, "print(1)\n", "report"),
    (unfinished, "x = 1  # " + "TO" + "DO later\n", "cost"),
    (unfinished, "raise NotImplemented" + "Error\n", "cost"),
    (undocumented_package, "x = 1\n", "base"),
    (no_formula_page, 'def power() -> Num:\n    """Return the power."""\n', "site"),
    (no_formula_page, "def power(x: int | Num): ...\n", "cost"),
]

GOOD = [
    (too_long, "x = 1\n" * 400, "site"),
    (too_long, function(60), "site"),
    (too_long, function(55, docstring=40), "site"),
    (too_many_parameters, "def f(self, a, b, c, d, e, f, g): ...\n", "plan"),
    (too_many_parameters, "def f(a, b, c, d, e, f, g, h): ...\n", "cli"),
    (rough_statements, "try:\n    x\nexcept (ValueError, KeyError):\n    y\n", "plan"),
    (rough_statements, "print(1)\n", "cli"),
    (unfinished, "todos = 1\n", "cost"),
    (undocumented_package, '"""What it is."""\n', "base"),
    (no_formula_page, 'def power() -> Num:\n    """Return the power.\n\n    P = U I    (1)\n    """\n', "site"),
    (
        no_formula_page,
        'def power() -> Num:\n    """Do.\n\n    References\n    ----------\n    [1] A book.\n    """\n',
        "site",
    ),
    (no_formula_page, 'def _power() -> Num:\n    """Return the power."""\n', "site"),
    (no_formula_page, 'def power() -> Num:\n    """Return the power."""\n', "report"),
    (no_formula_page, 'def read(name: str) -> Weather:\n    """Read the weather."""\n', "site"),
    (no_formula_page, '"""Power.\n\nP = U I    (1)\n"""\ndef power() -> Num:\n    """Return it."""\n', "site"),
]


@pytest.mark.parametrize(("rule", "text", "room"), BAD)
def test_a_rule_catches_its_fault(rule, text, room):
    assert len(list(rule(Source.parse(text, room)))) == 1


@pytest.mark.parametrize(("rule", "text", "room"), GOOD)
def test_a_rule_lets_good_code_pass(rule, text, room):
    assert list(rule(Source.parse(text, room))) == []


def test_a_fault_says_where_it_is():
    source = Source.parse("x = 1\nassert x\n", "base")
    assert list(rough_statements(source)) == ["example.py:2: assert; raise one of our errors at the border instead"]


@pytest.mark.parametrize(
    ("name", "good"), [("12.fixed.md", True), ("+pue-chart.added.md", True), ("note.txt", False), ("x.added.md", False)]
)
def test_fragment_names(name, good):
    assert bool(FRAGMENT.fullmatch(name)) is good
