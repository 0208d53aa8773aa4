"""The tutorial's commands work as they stand, one after the other."""

import re
import shutil
from pathlib import Path

from rackwright.cli import main

TUTORIAL = Path(__file__).parent.parent.parent / "docs" / "tutorial.md"
STEP = re.compile(r"^    \.venv/bin/rackwright ([^\n]+)$|^```yaml\n(.+?)^```$", re.MULTILINE | re.DOTALL)


def steps():
    """Return the tutorial's commands and the lines it adds to the case, in order."""
    text = TUTORIAL.read_text(encoding="utf-8")
    return [(found.group(1), found.group(2)) for found in STEP.finditer(text)]


def test_the_tutorial_from_end_to_end(demo_plan, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(demo_plan, "out/demo")
    spoken = {}
    for command, added in steps():
        if added:
            with Path("my-case.yaml").open("a", encoding="utf-8") as case:
                case.write(added)
            continue
        assert main(command.split()) == 0, command
        spoken[command] = capsys.readouterr().out
    assert len(spoken) == 7
    assert Path("out/mine/plan.json").read_bytes() != Path("out/dear/plan.json").read_bytes()
    assert "locations.dallas-tx.electricity_price" in Path("out/dear/plan.json").read_text(encoding="utf-8")
