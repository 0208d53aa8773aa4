"""What tests of several rooms share."""

from pathlib import Path

import pytest
from hypothesis import settings

# The gate gives the same verdict every time and looks at no clock. `make test PYTEST=--hypothesis-profile=search` draws
# new examples.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("gate")

CASES = Path(__file__).parent.parent / "src" / "rackwright" / "cases"


@pytest.fixture(scope="session")
def demo_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `rackwright plan` writes for the shipped chat case."""
    from rackwright.cli import main

    folder = tmp_path_factory.mktemp("demo")
    code = main(["plan", str(CASES / "chat.yaml"), "--out", str(folder), "--force", "--quiet"])
    assert code == 0
    return folder
