"""A headless Chromium for the whole run, skipped with a reason where there is none."""

from collections.abc import Iterator

import pytest

from browser import Browser, find_browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = find_browser()
    if executable is None:
        pytest.skip("no Chromium on this machine; install it with: apt-get install chromium")
    with Browser(executable) as browser:
        yield browser
