"""Builds the Lambda layer without Docker: locked wheels for the target's platform, the `souk` package, bytecode.

Everything is kept under `build/` by a hash of what it was made from, so a build that would make the same
layer again does nothing, and one after a change in `shared/souk` reinstalls no wheel. The layer is deployed under a
hash of its content, so it is not deployed again when only the machine that built it differs.
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

from infra.archive import content_hash, fingerprint, pack, source_files
from infra.bytecode import Compiler, compile_ahead, find_compiler
from infra.config import Target
from infra.trimming import remove, trim
from souk.operations import NOT_SHIPPED

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
LOCK = LOCKS / "layer.txt"
SOURCE = ROOT / "shared" / "souk"
BUILD = ROOT / "build"

_BUILD_CODE = frozenset({"archive", "bytecode", "layer", "trimming"})
"""Modules of this package that decide what a layer holds."""


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
        return Platform("3.13", "arm64", "aarch64-manylinux_2_28")  # Amazon Linux 2023 has glibc 2.34
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    return Platform(f"3.{sys.version_info.minor}", machine, None)


def build_layer(target: Target, *, precompile: bool = True) -> Path:
    """Return the layer's zip file for the target, made now if it is not there yet.

    Its name ends in a hash of what is in it. Without `precompile` it holds no bytecode.

    Raises PythonMissingError when nothing here compiles for the target's Python, and subprocess.CalledProcessError
    when a wheel cannot be had or the schema cannot be compiled.
    """
    place = platform_of(target)
    compiler = find_compiler(place.python) if precompile else None
    recipe = _recipe(place, compiler)
    package = [path for path in source_files(SOURCE) if path.relative_to(SOURCE).parts[0] not in NOT_SHIPPED]
    wheels = BUILD / target / f"wheels-{fingerprint([LOCK], *recipe, root=ROOT)}"
    inputs = fingerprint(package, wheels.name, root=ROOT)
    with _one_at_a_time(wheels.parent):
        if wheels.exists():
            wheels.touch()  # or it may be forgotten as unused
        archive = next(wheels.parent.glob(f"layer-{inputs}-*.zip"), None)
        if archive is None:
            if not wheels.exists():
                _install_wheels(LOCK, wheels, place, compiler)
            _forget_old_builds(wheels.parent)
            archive = _pack_layer(f"layer-{inputs}", wheels, package, compiler)
        archive.touch()
    return archive


def build_packages(name: str, target: Target, *, precompile: bool = True) -> Path:
    """Return a folder with the packages of `requirements/<name>.txt`, which only one function has.

    Raises as `build_layer`.
    """
    place = platform_of(target)
    compiler = find_compiler(place.python) if precompile else None
    lock = LOCKS / f"{name}.txt"
    wheels = BUILD / target / f"{name}-{fingerprint([lock], *_recipe(place, compiler), root=ROOT)}"
    with _one_at_a_time(wheels.parent):
        if not wheels.exists():
            _install_wheels(lock, wheels, place, compiler)
        wheels.touch()  # or it may be forgotten as unused
    return wheels


def _recipe(place: Platform, compiler: Compiler | None) -> tuple[str, ...]:
    """Return what decides, besides the lock, how packages are installed."""
    build_code = [path.read_text() for path in sorted(Path(__file__).parent.glob("*.py")) if path.stem in _BUILD_CODE]
    return (*build_code, str(place), compiler.version if compiler else "no bytecode")


def _install_wheels(lock: Path, wheels: Path, place: Platform, compiler: Compiler | None) -> None:
    """Install locked wheels; of the layer's, only what functions load."""
    _say(f"Fetching the packages of {lock.name}")
    unfinished = wheels.with_suffix(".unfinished")
    remove(unfinished)
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
        str(lock),
    )  # fmt: skip - one command, read as one
    if lock == LOCK:
        trim(unfinished)
    if compiler:
        compile_ahead(compiler, unfinished)
    unfinished.replace(wheels)


def _pack_layer(name: str, wheels: Path, package: list[Path], compiler: Compiler | None) -> Path:
    """Put the wheels, the package and the compiled manifest together; return the archive."""
    _say("Building the layer")
    with TemporaryDirectory(dir=BUILD) as scratch:
        own = Path(scratch)
        for path in package:
            copy = own / "souk" / path.relative_to(SOURCE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        _run(sys.executable, "-m", "souk.entry.manifest", str(own / "souk" / "entry" / "manifest.pickle"))
        if compiler:
            compile_ahead(compiler, own)
        return pack_packages(wheels.parent, name, wheels, own)


def pack_packages(directory: Path, name: str, *roots: Path) -> Path:
    """Write what is in the roots into one archive `<name>-<hash of the content>.zip`, as Lambda wants a layer."""
    found = ((path, root) for root in roots for path in root.rglob("*") if path.is_file())
    files = {f"python/{path.relative_to(root).as_posix()}": path for path, root in found}
    archive = directory / f"{name}-{content_hash(files)}.zip"
    pack(archive, files)
    return archive


def _forget_old_builds(directory: Path) -> None:
    """Remove what no build has used for a day."""
    for path in directory.iterdir():
        if path.stat().st_mtime < time.time() - 86_400:
            remove(path)


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    """Let a second build wait for the first, whose result it then finds."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(progress: str) -> None:
    print(progress, file=sys.stderr)  # noqa: T201 - this is a command's work


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)
