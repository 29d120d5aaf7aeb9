"""Compiles Python ahead of time for Lambda, which cannot keep what it compiles itself.

The bytecode depends on the sources and the compiler's version alone: not on paths, dates, or the order of the work.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

UNPACKED = "/opt/python"
"""Where Lambda unpacks the layer's packages; tracebacks name files below it."""


class PythonMissingError(Exception):
    """No interpreter of the version that functions run on is on this machine."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """An interpreter that compiles for its own version."""

    python: str
    """Its path."""
    version: str
    """`3.13.0`"""


def find_compiler(version: str) -> Compiler:
    """Return an interpreter of that version (`3.13`), the only one whose bytecode a function loads.

    Raises PythonMissingError.
    """
    running = ".".join(str(part) for part in sys.version_info[:3])
    if running.startswith(f"{version}."):
        return Compiler(sys.executable, running)
    search = [find_uv_bin(), "python", "find", "--no-project", "--no-python-downloads", version]
    found = subprocess.run(search, check=False, capture_output=True, text=True)
    python = found.stdout.strip()
    if found.returncode or not python:
        raise PythonMissingError(
            f"Functions run on Python {version}, and no Python {version} was found here to compile their code. "
            f"Install one (.venv/bin/uv python install {version}), "
            "or choose precompile=false: functions work without it and start more slowly."
        )
    asked = subprocess.run(
        [python, "-c", "import platform; print(platform.python_version())"], check=True, capture_output=True, text=True
    )
    return Compiler(python, asked.stdout.strip())


def compile_ahead(compiler: Compiler, directory: Path) -> None:
    """Compile every module in the directory, which Lambda will find in `UNPACKED`.

    Raises subprocess.CalledProcessError when a module cannot be compiled.
    """
    command = [compiler.python, "-I", "-m", "compileall", "-q", "-j", "0"]
    command += ["--invalidation-mode", "unchecked-hash"]  # a zip's dates mean nothing
    command += ["-s", str(directory), "-p", UNPACKED, str(directory)]
    subprocess.run(command, check=True)
