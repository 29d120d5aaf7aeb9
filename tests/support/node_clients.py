"""Runs the scripts of tests/clients: published Node.js libraries, with the versions of their lock file."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parents[1] / "clients"


def no_browser(url: str) -> str:
    """Fail: the script needs no browser."""
    raise AssertionError(f"The script opened {url}.")


class NodeClients:
    """The scripts with their packages installed."""

    def __init__(self, folder: Path) -> None:
        """`folder` is an empty folder for the scripts and packages."""
        self._folder = folder
        for file in SCRIPTS.iterdir():
            if file.is_file():
                shutil.copy(file, folder)
        install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(install, cwd=folder, check=True, capture_output=True)

    def run(self, script: str, browser: Callable[[str], str] = no_browser, **environment: str) -> Any:
        """Run a script and return its result. `browser` opens a URL and returns where it was sent back to."""
        with subprocess.Popen(
            ["node", script],
            cwd=self._folder,
            env=os.environ | {"NODE_NO_WARNINGS": "1"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                said = json.loads(line)
                if "result" in said:
                    return said["result"]
                process.stdin.write(browser(said["visit"]) + "\n")
                process.stdin.flush()
            raise AssertionError(process.stderr.read())
