"""Bytecode, and with it the layer's hash, depends on the sources and the Python version alone."""

import os
import sys
from pathlib import Path

import pytest

from infra import app
from infra.bytecode import Compiler, PythonMissingError, compile_ahead, find_compiler
from infra.layer import pack_packages

SOURCES = {
    "souk/__init__.py": '"""A package."""\n',
    "souk/app.py": 'KINDS = {"a", "b", "c"}\n\n\ndef known(kind: str) -> bool:\n    return kind in {"a", "b", "c"}\n',
}
HERE = find_compiler(f"3.{sys.version_info.minor}")


def build(directory: Path, compiler: Compiler, age: int = 0) -> Path:
    """Compile and pack the sources in a folder of their own."""
    for name, text in SOURCES.items():
        file = directory / "packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (age, age))
    compile_ahead(compiler, directory / "packages")
    return pack_packages(directory, "layer", directory / "packages")


def test_hash_ignores_folder_interpreter_path_and_dates(tmp_path: Path) -> None:
    other = tmp_path / "another" / "python"
    other.parent.mkdir()
    other.symlink_to(Path(sys.executable).resolve())
    first = build(tmp_path / "a", HERE)
    second = build(tmp_path / "b" / "deeper", Compiler(str(other), HERE.version), age=1_000_000_000)
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_hash_changes_with_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(tmp_path / "a", HERE)
    monkeypatch.setitem(SOURCES, "souk/app.py", "KINDS = set()\n")
    assert build(tmp_path / "b", HERE).name != first.name


def test_hash_changes_without_bytecode(tmp_path: Path) -> None:
    compiled = build(tmp_path, HERE)
    for bytecode in (tmp_path / "packages").rglob("*.pyc"):
        bytecode.unlink()
    assert pack_packages(tmp_path, "layer", tmp_path / "packages").name != compiled.name


def test_compiler_has_the_version_asked_for() -> None:
    assert HERE.version == ".".join(str(part) for part in sys.version_info[:3])


def test_missing_python_is_an_error_with_both_ways_out() -> None:
    with pytest.raises(PythonMissingError, match=r"uv python install 3\.99.*precompile=false"):
        find_compiler("3.99")


def test_synthesis_fails_with_that_sentence_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("infra.app.synthesize", lambda _: find_compiler("3.99"))
    with pytest.raises(SystemExit) as end:
        app.main([])
    assert end.value.code == 1
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .startswith("Functions run on Python 3.99, and no Python 3.99 was found")
    )
