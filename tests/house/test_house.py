"""The project keeps its own rules."""

import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import house

ROOT = house.ROOT
LOCKS = ("lock.txt", "lock-dev.txt", "lock-docs.txt")
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+) \\$", re.MULTILINE)
MAKE = re.compile(r"^(?: {4}|\$ )?make ([a-z]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def sources():
    return house.sources()


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_rule(rule, sources):
    assert [fault for source in sources for fault in rule(source)] == []


def test_every_room_has_tests(sources):
    rooms = {source.room for source in sources if source.path.name != "__init__.py"} - {""}
    tested = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert rooms - tested == set()


def test_every_package_folder_is_a_package():
    folders = {path.parent for path in house.PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_layer_contract_names_every_room(sources, project):
    contract = project["tool"]["importlinter"]["contracts"][0]
    layers = {name.strip(" ()") for layer in contract["layers"] for name in layer.split("|")}
    rooms = {source.room for source in sources} - {""}
    assert rooms - layers - set(contract["exhaustive_ignores"]) == set()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_file_is_exact_and_names_no_index(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("#", "    --hash=sha256:"))]
    assert [line for line in lines if not PINNED.match(line)] == []
    assert "://" not in text
    assert "file:" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", LOCKS[1:])
def test_lock_files_agree(name):
    runtime = dict(PINNED.findall((ROOT / "requirements" / LOCKS[0]).read_text(encoding="utf-8")))
    other = dict(PINNED.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))
    assert runtime.items() <= other.items()


def test_every_dependency_is_locked(project):
    def names(requirements):
        return {re.split(r"[<>=\[;]", text)[0].strip().lower() for text in requirements}

    def locked(name):
        return {found for found, _ in PINNED.findall((ROOT / "requirements" / name).read_text(encoding="utf-8"))}

    meta, extras = project["project"], project["project"]["optional-dependencies"]
    assert names(meta["dependencies"] + project["build-system"]["requires"]) <= locked("lock.txt")
    assert names(extras["frames"] + extras["test"] + extras["dev"]) <= locked("lock-dev.txt")
    assert names(extras["docs"]) <= locked("lock-docs.txt")


def test_one_version_everywhere(project):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["project"]["version"]


def fragments() -> list[Path]:
    return [path for path in sorted((ROOT / "changelog.d").iterdir()) if path.name not in (".gitignore", "README.md")]


def test_changelog_fragments_are_well_formed():
    faults = []
    for path in fragments():
        text = path.read_text(encoding="utf-8")
        if not house.FRAGMENT.fullmatch(path.name):
            faults.append(f"{path.name}: name it like +short-name.added.md")
        if not text.strip() or not text.endswith(".\n") or text.startswith(("#", "-", "*", " ")):
            faults.append(f"{path.name}: write plain sentences and end with a full stop and a newline")
    assert faults == []


def test_fragment_types_are_the_configured_ones(project):
    configured = {kind["directory"] for kind in project["tool"]["towncrier"]["type"]}
    assert configured == set(house.FRAGMENT.pattern.rsplit("(", 1)[1].split(")")[0].split("|"))


def test_documented_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    named = {(page.name, name) for page in pages for name in MAKE.findall(page.read_text(encoding="utf-8"))}
    assert {("README.md", "demo"), ("README.md", "test")} <= named
    assert {pair for pair in named if pair[1] not in targets} == set()


@pytest.mark.parametrize("path", [".ci/run", "tools/lock", "tools/ensure-browser"])
def test_scripts_are_executable(path):
    assert os.access(ROOT / path, os.X_OK)


def test_every_import_is_a_declared_dependency(sources, project):
    meta, module_of = project["project"], {"pyyaml": "yaml"}
    carried = {"pydantic_core", "markupsafe"}  # parts of pydantic and jinja2 with a name of their own
    requirements = meta["dependencies"] + meta["optional-dependencies"]["frames"]
    declared = {re.split(r"[<>=\[;]", text)[0].strip().lower() for text in requirements}
    modules = {module_of.get(name, name) for name in declared} | carried | {"rackwright"} | sys.stdlib_module_names
    used = {(root, source.path.name) for source in sources for root in house.imported_roots(source)}
    assert {pair for pair in used if pair[0] not in modules} == set()
