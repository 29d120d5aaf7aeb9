"""Builds the Lambda layer without Docker: locked wheels for the target's platform, the `souk` package, bytecode.

Everything is kept under `build/` by a hash of what it was made from, so a build that would make the same
layer again does nothing, and one after a change in `shared/souk` reinstalls no wheel.
"""

import fcntl
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from uv import find_uv_bin

from infra.archive import fingerprint, pack, source_files
from infra.config import Target
from souk.operations import NOT_SHIPPED

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "layer.txt"
SOURCE = ROOT / "shared" / "souk"
BUILD = ROOT / "build"

AWS_SERVICES = frozenset({"cognito-idp", "dynamodb", "events", "lambda", "s3", "secretsmanager", "sesv2", "sqs", "sts"})
"""The services whose clients functions make. botocore describes 400 more (27 MB), which stay at home;
a client of any other service raises UnknownServiceError."""

_NEVER_LOADED = (
    "bin",  # console scripts
    "**/tests",
    "boto3/examples",
    "pycountry/locales",  # translations; Souk answers in English
    "joserfc*",  # Authlib asks for it for signed and encrypted tokens; ours are opaque, and its OAuth2 core needs none
    "pycparser*",  # cffi asks for it; cryptography comes with its bindings made
    "**/*.pyi",
)


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a layer runs."""

    python: str
    """`3.13`"""
    machine: str
    """As Lambda calls it: `arm64` or `x86_64`."""
    wheels: str | None
    """uv's name of the platform whose wheels fit, or None for the host's own."""


def platform_of(target: Target) -> Platform:
    """Return where functions run: Lambda on Graviton, or for `local` this very interpreter.

    The emulator runs functions with its own interpreter, which is the one that builds.
    """
    if target == "aws":
        return Platform("3.13", "arm64", "aarch64-manylinux2014")
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    return Platform(f"3.{sys.version_info.minor}", machine, None)


def build_layer(target: Target) -> Path:
    """Return the layer's zip file for the target, made now if it is not there yet.

    Raises subprocess.CalledProcessError when a wheel cannot be had or the schema cannot be compiled.
    """
    place = platform_of(target)
    compiler = _compiler(place.python)
    recipe = (Path(__file__).read_text(), str(place), compiler or "no bytecode")
    package = [path for path in source_files(SOURCE) if path.relative_to(SOURCE).parts[0] not in NOT_SHIPPED]
    wheels = BUILD / target / f"wheels-{fingerprint([LOCK], *recipe, root=ROOT)}"
    archive = BUILD / target / f"layer-{fingerprint(package, wheels.name, root=ROOT)}.zip"
    with _one_at_a_time(archive.parent):
        if not archive.exists():
            if not wheels.exists():
                _install_wheels(wheels, place, compiler)
            _forget_old_builds(archive.parent)
            _pack_layer(archive, wheels, package, compiler)
        archive.touch()
        wheels.touch()
    return archive


def _install_wheels(wheels: Path, place: Platform, compiler: str | None) -> None:
    """Install the locked wheels, less what no function loads."""
    _say("Fetching the layer's packages")
    unfinished = wheels.with_suffix(".unfinished")
    _remove(unfinished)
    foreign = ("--python-platform", place.wheels) if place.wheels else ()
    _run(
        find_uv_bin(),
        "pip",
        "install",
        "--quiet",
        "--target",
        str(unfinished),
        "--python",
        sys.executable,
        "--python-version",
        place.python,
        *foreign,
        "--only-binary",
        ":all:",
        "--no-deps",
        "--require-hashes",
        "--requirement",
        str(LOCK),
    )  # fmt: skip - one command, read as one
    services = {path for path in (unfinished / "botocore" / "data").iterdir() if path.is_dir()}
    unused = {path for path in services if path.name not in AWS_SERVICES}
    unused.update(path for pattern in _NEVER_LOADED for path in unfinished.glob(pattern))
    for path in unused:
        _remove(path)
    if compiler:
        _compile(compiler, unfinished)
    else:
        _say(f"No Python {place.python} here to compile with: functions will take longer to start")
    unfinished.replace(wheels)


def _pack_layer(archive: Path, wheels: Path, package: list[Path], compiler: str | None) -> None:
    """Put the wheels, the package and the compiled manifest together."""
    _say("Building the layer")
    with TemporaryDirectory(dir=BUILD) as scratch:
        own = Path(scratch)
        for path in package:
            copy = own / "souk" / path.relative_to(SOURCE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        _run(sys.executable, "-m", "souk.entry.manifest", str(own / "souk" / "entry" / "manifest.pickle"))
        if compiler:
            _compile(compiler, own)
        files = (path for root in (wheels, own) for path in root.rglob("*") if path.is_file())
        named = {f"python/{path.relative_to(wheels if path.is_relative_to(wheels) else own)}": path for path in files}
        pack(archive, named)


def _compiler(version: str) -> str | None:
    """Find an interpreter of that version, the only one whose bytecode is loaded; None where there is none."""
    if version == f"3.{sys.version_info.minor}":
        return sys.executable
    search = [find_uv_bin(), "python", "find", "--no-project", "--no-python-downloads", version]
    found = subprocess.run(search, check=False, capture_output=True, text=True, cwd=ROOT)
    return found.stdout.strip() or None


def _compile(compiler: str, directory: Path) -> None:
    """Compile ahead of time, for Lambda cannot keep what it compiles; unchecked, for a zip's dates mean nothing."""
    _run(
        compiler,
        "-m",
        "compileall",
        "-q",
        "-j",
        "0",
        "--invalidation-mode",
        "unchecked-hash",
        "-s",
        str(directory),
        "-p",
        "/opt/python",
        str(directory),
    )  # fmt: skip - one command, read as one


def _forget_old_builds(directory: Path) -> None:
    """Remove what no build has used for a day."""
    for path in directory.iterdir():
        if path.stat().st_mtime < time.time() - 86_400:
            _remove(path)


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    """Let a second build wait for the first, whose result it then finds."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _say(progress: str) -> None:
    print(progress, file=sys.stderr)  # noqa: T201 - this is a command's work


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)
