"""The layer holds what functions need, for the machine that they run on, and nothing else."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest

from infra.archive import source_files
from infra.config import Target
from infra.layer import ROOT, SOURCE, build_layer, build_packages
from infra.trimming import AWS_SERVICES, LOCALES
from souk.operations import NOT_SHIPPED
from tests.bench.caller import environment
from tests.infra.conftest import can_compile_for_aws

LIMIT = 250 * 1024 * 1024
"""Bytes that a function and its layers may unpack to."""
ARM64 = 183
"""How an ELF file calls it."""
UNCHECKED_HASH = b"\x01\0\0\0"


@pytest.fixture(scope="module")
def local_layer() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build_layer("local")) as archive:
        yield archive


@pytest.fixture(scope="module")
def aws_layer() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build_layer("aws", precompile=can_compile_for_aws())) as archive:
        yield archive


@pytest.fixture(scope="module")
def packages(local_layer: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layer's packages, unpacked as Lambda does it."""
    directory = tmp_path_factory.mktemp("layer")
    local_layer.extractall(directory)
    return directory / "python"


@pytest.mark.parametrize("target", ["aws", "local"])
def test_it_is_built_once(target: Target) -> None:
    precompile = target == "local" or can_compile_for_aws()
    built = build_layer(target, precompile=precompile)
    content = built.stat().st_ino
    assert build_layer(target, precompile=precompile) == built
    assert built.stat().st_ino == content


def test_it_holds_souk_without_the_local_run(local_layer: zipfile.ZipFile) -> None:
    names = local_layer.namelist()
    assert "python/souk/app.py" in names
    assert "python/souk/entry/manifest.pickle" in names
    folders = {name.split("/")[2] for name in names if name.startswith("python/souk/")}
    assert not folders & {"cli", "local", "operations"}


@pytest.mark.parametrize("layer", ["aws_layer", "local_layer"])
def test_half_of_lambdas_limit_is_free(layer: str, request: pytest.FixtureRequest) -> None:
    """The local layer always has bytecode, the AWS one where a Python of its version is installed."""
    archive: zipfile.ZipFile = request.getfixturevalue(layer)
    code = max(
        sum(file.stat().st_size for file in source_files(function)) for function in (ROOT / "functions").iterdir()
    )
    assert sum(entry.file_size for entry in archive.infolist()) + code < LIMIT / 2


def test_its_libraries_are_built_for_graviton(aws_layer: zipfile.ZipFile) -> None:
    libraries = [name for name in aws_layer.namelist() if name.endswith(".so")]
    assert libraries
    for name in libraries:
        with aws_layer.open(name) as library:
            assert int.from_bytes(library.read(20)[18:], "little") == ARM64, name
        assert "cpython" not in name or "cpython-313-" in name


@pytest.mark.parametrize(
    ("layer", "tag"), [("local_layer", sys.implementation.cache_tag), ("aws_layer", "cpython-313")]
)
def test_every_module_is_compiled_for_the_runtime(layer: str, tag: str, request: pytest.FixtureRequest) -> None:
    if layer == "aws_layer" and not can_compile_for_aws():
        pytest.skip("no Python 3.13 on this machine")
    archive: zipfile.ZipFile = request.getfixturevalue(layer)
    names = set(archive.namelist())
    for name in names:
        if name.endswith(".py"):
            folder, _, module = name.rpartition("/")
            with archive.open(f"{folder}/__pycache__/{module.removesuffix('.py')}.{tag}.pyc") as bytecode:
                assert bytecode.read(8)[4:] == UNCHECKED_HASH, name


def test_functions_start_from_it_alone(packages: Path) -> None:
    alone(
        packages,
        """
import boto3, souk.entry.api
from souk.entry import manifest
assert souk.__file__.startswith(sys.argv[1]), souk.__file__
assert not any(name.startswith("souk.domains.") for name in sys.modules)
assert manifest.ARTEFACT.exists()
known, anew = manifest.load(), manifest.compile_manifest()
assert known.declared_in == anew.declared_in
assert known.contract.domain_of == anew.contract.domain_of
made = {"fields", "values", "types"}
from graphql import GraphQLNamedType
types = known.contract.bare.type_map.items()
assert not [name for name, one in types if name not in GraphQLNamedType.reserved_types and made & vars(one).keys()]
from graphql import print_schema
from souk.graph.assembly import assemble
assert print_schema(known.contract.schema()) == print_schema(assemble().schema())
for service in sys.argv[2:]:
    boto3.client(service, region_name="eu-west-1")
""",
        *AWS_SERVICES,
    )


LIBRARIES = {
    *("annotated_types", "aws_lambda_powertools", "botocore", "certifi", "dateutil", "graphql", "jmespath", "orjson"),
    *("pydantic", "pydantic_core", "six", "typing_extensions", "typing_inspection", "urllib3"),
}
"""What every function that serves the graph loads."""


@pytest.mark.parametrize(
    ("function", "libraries", "most", "unused"),
    [
        ("graphql", LIBRARIES, 85, ("souk.domains.", "souk.accounts", "souk.oauth", "souk.search", "souk.events")),
        ("contracts", LIBRARIES, 45, ("souk.domains.", "souk.accounts", "souk.oauth", "souk.search", "souk.graph")),
        ("web", LIBRARIES | {"markupsafe"}, 165, ("souk.accounts.application", "souk.oauth.server")),
    ],
)
def test_functions_load_no_more_than_their_first_request_needs(
    packages: Path, function: str, libraries: set[str], most: int, unused: tuple[str, ...]
) -> None:
    """What they load is their cold start (ADR 1). `most` is of Souk's own modules; raise it with a reason only."""
    alone(
        packages,
        """
import json, os, runpy
os.environ.update(json.loads(sys.argv[3]))
runpy.run_path(sys.argv[2])
print(*sys.modules, file=sys.stderr)
installed = {path.name.partition(".")[0] for path in __import__("pathlib").Path(sys.argv[1]).iterdir()}
libraries = {name for name in sys.modules if name in installed} - {"souk", "share"}
unwanted = libraries - set(json.loads(sys.argv[4]))
assert not unwanted, f"loads {unwanted}"
own = [name for name in sys.modules if name.startswith("souk.")]
unused = [name for name in own if name.startswith(tuple(json.loads(sys.argv[6])))]
assert not unused, f"loads {unused}"
assert len(own) <= int(sys.argv[5]), f"loads {len(own)} modules"
""",
        str(ROOT / "functions" / function / "handler.py"),
        json.dumps(environment() | {"SOUK_FUNCTION": function}),
        json.dumps(sorted(libraries)),
        str(most),
        json.dumps(unused),
    )


def test_every_import_of_souk_is_in_it(packages: Path) -> None:
    """Also those inside functions, which no import of the module itself would miss. Only `images` has Pillow."""
    alone(
        packages,
        """
import ast, importlib
from pathlib import Path

def imports(tree):
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass  # for type checkers alone
            case ast.Import(names=names):
                yield from ((name.name, None) for name in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield from ((module, name.name) for name in names)
            case _:
                yield from imports(node)

root, seen, with_pillow = Path(sys.argv[1]), set(), set()
sys.path.append(sys.argv[2])
for file in sorted((root / "souk").rglob("*.py")):
    importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"))
    found = set(imports(ast.parse(file.read_text())))
    seen |= found
    with_pillow |= {file.name for module, _ in found if module == "PIL"}
for module, name in sorted(seen, key=str):
    found = importlib.import_module(module)
    if name is not None and not hasattr(found, name):
        importlib.import_module(f"{module}.{name}")
assert {"babel", "pycountry", "stripe"} <= {module for module, _ in seen}
assert with_pillow == {"imaging.py"}
""",
        str(build_packages("images", "local")),
    )


def test_trimmed_packages_still_work(packages: Path) -> None:
    alone(
        packages,
        """
import importlib
import stripe
from stripe._object_classes import OBJECT_CLASSES
for module, name in OBJECT_CLASSES.values():  # a webhook may carry any of them
    getattr(importlib.import_module(module), name)
stripe.StripeClient("key", http_client=stripe.RequestsClient()).v1.checkout.sessions
from souk.domains.reference import world
assert {country.name for country in world.countries()} >= {"Germany", "Japan"}
assert {language.english_name for language in world.languages()} >= {"German", "Japanese"}
assert world.time_zones(2026)
""",
    )


def test_clients_are_as_those_of_the_whole_botocore(packages: Path) -> None:
    """In each of AWS's partitions they call the same addresses, have the same operations, and can send one."""
    regions = ("eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1")
    whole = botocore.session.Session()
    expected = {
        service: [
            [whole.create_client(service, region).meta.endpoint_url for region in regions],
            list(whole.get_service_model(service).operation_names),
        ]
        for service in sorted(AWS_SERVICES)
    }
    alone(
        packages,
        """
import json, botocore.session
from botocore import xform_name

class Sent(Exception):
    pass

def sent(request, **_):
    raise Sent(request.url)

own = botocore.session.Session()
own.set_credentials("id", "secret")
for service, (addresses, operations) in json.loads(sys.argv[2]).items():
    clients = [own.create_client(service, region) for region in json.loads(sys.argv[3])]
    assert [client.meta.endpoint_url for client in clients] == addresses
    model = own.get_service_model(service)
    assert list(model.operation_names) == operations
    models = [model.operation_model(name) for name in operations]
    assert not any(one.documentation for one in models)
    for client, address in zip(clients, addresses):
        client.meta.events.register("before-send", sent)
        needed = {one.name: one.input_shape.required_members if one.input_shape else () for one in models}
        simple = min(needed, key=lambda name: len(needed[name]))
        try:
            getattr(client, xform_name(simple))(**dict.fromkeys(needed[simple], "text"))
        except Sent as request:
            assert address.rpartition("/")[2] in str(request), (service, address, request)
        else:
            raise AssertionError(service)
""",
        json.dumps(expected),
        json.dumps(regions),
    )


def test_stripe_tests_pass_with_the_trimmed_stripe(packages: Path, tmp_path: Path) -> None:
    (tmp_path / "stripe").symlink_to(packages / "stripe")
    program = """
import sys, pytest
from importlib.util import find_spec
assert find_spec("stripe").origin.startswith(sys.argv[1])
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/domains/payments/test_stripe.py"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def alone(packages: Path, program: str, *arguments: str) -> None:
    """Run a program in an interpreter that finds the layer's packages and nothing else that is installed."""
    program = f"import sys\nsys.path.insert(0, sys.argv[1])\n{program}"
    command = [sys.executable, "-I", "-S", "-c", program, str(packages), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_client_that_functions_make_is_of_a_service_in_it() -> None:
    made = set(_first_arguments("_client"))
    assert made
    assert made <= AWS_SERVICES


def test_every_locale_that_functions_use_is_in_it() -> None:
    used = set(_first_arguments("Locale"))
    assert used
    assert used <= LOCALES


def _first_arguments(function: str) -> Iterator[str]:
    """Yield the texts that functions call this function with (`_client("...")`)."""
    for folder in (SOURCE, ROOT / "functions"):
        for file in folder.rglob("*.py"):
            if not any(file.is_relative_to(SOURCE / package) for package in NOT_SHIPPED):
                for node in ast.walk(ast.parse(file.read_text())):
                    match node:
                        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if (
                            name == function
                        ):
                            yield text


def test_a_layer_after_days_still_has_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(_lock: Path, wheels: Path, *_: object) -> None:
        wheels.mkdir()
        (wheels / "package.py").touch()

    monkeypatch.setattr("infra.layer._install_wheels", install)
    monkeypatch.setattr("infra.layer._run", lambda *_: None)  # the schema, which takes seconds to compile
    monkeypatch.setattr("infra.layer.BUILD", tmp_path)
    build_layer("local", precompile=False).unlink()
    (wheels,) = (tmp_path / "local").glob("wheels-*")
    os.utime(wheels, (0, 0))
    with zipfile.ZipFile(build_layer("local", precompile=False)) as layer:
        assert "python/package.py" in layer.namelist()
