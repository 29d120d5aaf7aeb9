"""Finds the Chromium that the browser tests drive."""

import os
import shutil

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")  # .ci/chromium looks for the same


def find_chromium() -> str:
    """Return the path of this machine's Chromium.

    Without one the test is skipped; on CI (`CI=true`) it fails, so that browser tests never go unrun there.
    """
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(
            "Browser tests must run on CI, and no Chromium is installed (on Debian: apt-get install chromium). "
            ".ci/run installs it when it runs as root.",
            pytrace=False,
        )
    pytest.skip("no Chromium on this machine (on Debian: apt-get install chromium)")
