"""Browser tests are skipped on a laptop without Chromium, and fail on CI."""

import pytest

from infra.layer import ROOT
from tests.accounts.chromium import PROGRAMS, find_chromium


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("ci", ["", "false"])
def test_laptop_without_chromium_skips_with_the_reason(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"):
        find_chromium()


@pytest.mark.usefixtures("nothing_installed")
def test_ci_without_chromium_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Browser tests must run on CI, and no Chromium is installed"):
        find_chromium()


def test_ci_installs_only_what_tests_would_not_find() -> None:
    assert f"for name in {' '.join(PROGRAMS)}; do" in (ROOT / ".ci" / "chromium").read_text()
