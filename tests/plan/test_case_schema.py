"""The exported schema describes every key, and accepts the shipped cases and nothing strange."""

import json

import pytest
import yaml

from rackwright.plan.case_models import CaseIn
from rackwright.plan.case_schema import case_schema, shipped_case, shipped_cases

SCHEMA = case_schema()
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


class Plain(yaml.SafeLoader):
    """Reads dates as text, as an editor's schema check does."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith("timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def has_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def accepts(schema, value):
    """Check the few keywords of JSON Schema that the exported schema uses."""
    if "$ref" in schema:
        return accepts(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], value)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return any(accepts(option, value) for option in options)
    names = schema.get("type", [])
    names = names if isinstance(names, list) else [names]
    fits = value in schema.get("enum", [value]) and (not names or any(has_type(value, name) for name in names))
    if isinstance(value, list):
        return fits and all(accepts(schema.get("items", {}), item) for item in value)
    return fits and (not isinstance(value, dict) or accepts_keys(schema, value))


def accepts_keys(schema, value):
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
    unknown = value.keys() - known.keys()
    if rest is False and unknown:
        return False
    rest = rest if isinstance(rest, dict) else {}
    return not set(schema.get("required", ())) - value.keys() and all(
        accepts(known.get(key, rest), item) for key, item in value.items()
    )


def properties():
    owners = {"case": SCHEMA, **SCHEMA["$defs"]}
    return [(owner, name, spec) for owner, part in owners.items() for name, spec in part.get("properties", {}).items()]


@pytest.mark.parametrize("name", shipped_cases())
def test_shipped_cases_fit_the_schema(name):
    assert accepts(SCHEMA, yaml.load(shipped_case(name), Loader=Plain))


@pytest.mark.parametrize(
    "change",
    [{"nam": "x"}, {"workloads": "none"}, {"limits": {"site_power": 3}}, {"objective": {"minimise": "fun"}},
     {"candidates": {"mapping": {"tp": "eight", "xp": 1}}}],
)  # fmt: skip
def test_wrong_cases_do_not(change):
    case = yaml.load(shipped_case("starter"), Loader=Plain)
    assert not accepts(SCHEMA, {**case, **change})


@pytest.mark.parametrize(
    ("owner", "name", "spec"), properties(), ids=lambda part: part if isinstance(part, str) else ""
)
def test_every_key_says_what_it_means(owner, name, spec):
    assert spec.get("description"), f"{owner}.{name}"


def test_the_schema_is_json_and_the_same_each_time():
    assert json.dumps(case_schema()) == json.dumps(SCHEMA)
    assert SCHEMA["$schema"].startswith("https://json-schema.org/")


def test_every_default_that_matters_says_why():
    fields = {name: field for name, field in CaseIn.model_fields.items() if not field.is_required()}
    silent = [
        name for name, field in fields.items() if field.default and not (field.json_schema_extra or {}).get("why")
    ]
    assert silent == []
