"""The layer holds what functions need, for the machine that they run on, and nothing else."""

import ast
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.config import Target
from infra.layer import AWS_SERVICES, ROOT, SOURCE, build_layer
from souk.operations import NOT_SHIPPED

LIMIT = 250 * 1024 * 1024
"""Bytes that a function and its layers may unpack to, of which Souk leaves a good part free."""
ARM64 = 183
"""How an ELF file calls it."""
UNCHECKED_HASH = b"\x01\0\0\0"


@pytest.fixture(scope="module")
def local_layer() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build_layer("local")) as archive:
        yield archive


@pytest.fixture(scope="module")
def aws_layer() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build_layer("aws")) as archive:
        yield archive


@pytest.mark.parametrize("target", ["aws", "local"])
def test_it_is_built_once(target: Target) -> None:
    built = build_layer(target)
    content = built.stat().st_ino
    started = time.process_time()
    assert build_layer(target) == built
    assert built.stat().st_ino == content
    assert time.process_time() - started < 2


def test_it_holds_souk_without_the_local_run(local_layer: zipfile.ZipFile) -> None:
    names = local_layer.namelist()
    assert "python/souk/app.py" in names
    assert "python/souk/entry/manifest.pickle" in names
    folders = {name.split("/")[2] for name in names if name.startswith("python/souk/")}
    assert not folders & {"cli", "local", "operations"}


def test_it_leaves_room(aws_layer: zipfile.ZipFile) -> None:
    assert sum(entry.file_size for entry in aws_layer.infolist()) < LIMIT / 2


def test_its_libraries_are_built_for_graviton(aws_layer: zipfile.ZipFile) -> None:
    libraries = [name for name in aws_layer.namelist() if name.endswith(".so")]
    assert libraries
    for name in libraries:
        with aws_layer.open(name) as library:
            assert int.from_bytes(library.read(20)[18:], "little") == ARM64, name
        assert "cpython" not in name or "cpython-313-" in name


def test_everything_is_compiled_and_trusted(local_layer: zipfile.ZipFile) -> None:
    names = set(local_layer.namelist())
    for name in names:
        if name.endswith(".py"):
            folder, _, module = name.rpartition("/")
            compiled = f"{folder}/__pycache__/{module.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
            with local_layer.open(compiled) as bytecode:
                assert bytecode.read(8)[4:] == UNCHECKED_HASH, name


def test_functions_start_from_it_alone(local_layer: zipfile.ZipFile, tmp_path: Path) -> None:
    local_layer.extractall(tmp_path)
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import boto3, souk.entry.api
from souk.entry import manifest
assert souk.__file__.startswith(sys.argv[1]), souk.__file__
assert not any(name.startswith("souk.domains.") for name in sys.modules)
assert manifest.ARTEFACT.exists()
known, anew = manifest.load(), manifest.compile_manifest()
assert known.declared_in == anew.declared_in
assert known.contract.domain_of == anew.contract.domain_of
from graphql import print_schema
from souk.graph.assembly import assemble
assert print_schema(known.contract.schema()) == print_schema(assemble().schema())
for service in sys.argv[2:]:
    boto3.client(service, region_name="eu-west-1")
import souk.accounts, souk.runtime.mail, souk.oauth
"""
    command = [sys.executable, "-I", "-S", "-c", program, str(tmp_path / "python"), *AWS_SERVICES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_client_that_functions_make_is_of_a_service_in_it() -> None:
    made = set()
    for folder in (SOURCE, ROOT / "functions"):
        for file in folder.rglob("*.py"):
            if not any(file.is_relative_to(SOURCE / package) for package in NOT_SHIPPED):
                made |= set(_clients(ast.parse(file.read_text())))
    assert made
    assert made <= AWS_SERVICES


def _clients(tree: ast.AST) -> Iterator[str]:
    """Yield the names of services in calls of `_client("...")`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_client"), args=[ast.Constant(value=str(service)), *_]):
                yield service
