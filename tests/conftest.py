"""What tests of several rooms share."""

from pathlib import Path

import pytest

CASES = Path(__file__).parent.parent / "src" / "rackwright" / "cases"


@pytest.fixture(scope="session")
def demo_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `rackwright plan` writes for the shipped chat case."""
    from rackwright.cli import main

    folder = tmp_path_factory.mktemp("demo")
    code = main(["plan", str(CASES / "chat.yaml"), "--out", str(folder), "--force", "--quiet"])
    assert code == 0
    return folder
