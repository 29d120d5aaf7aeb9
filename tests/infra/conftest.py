"""The CDK app's two templates, synthesized once per test run, without an AWS account."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from infra.bytecode import PythonMissingError, find_compiler
from infra.layer import ROOT, platform_of
from souk.local import deploy
from souk.local.choices import CONTEXT
from tests.infra.template import Template
from tests.support.running import CHOICES

MAIL_FROM = "souk@mail.example.com"


@cache
def can_compile_for_aws() -> bool:
    """Return whether a Python of the functions' version is installed; if not, tests build without bytecode."""
    try:
        find_compiler(platform_of("aws").python)
    except PythonMissingError:
        return False
    return True


@contextmanager
def _one_at_a_time(template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """Yield a folder that the pytest-xdist workers of this run share, for a template to one of them at a time."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with (shared / f"{template}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared


@pytest.fixture(scope="session")
def aws_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Template:
    """Return the template for AWS, like `make synth`, for an operator who sends mail."""
    with _one_at_a_time("aws", tmp_path_factory, worker_id) as shared:
        outdir = shared / "cdk.out"
        if not (outdir / "manifest.json").exists():
            clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "infra.app",
                    f"--context=mailFrom={MAIL_FROM}",
                    f"--context=precompile={can_compile_for_aws()}",
                ],
                cwd=ROOT,
                env=clean | {"CDK_OUTDIR": str(outdir)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
        return Template.of_assembly(deploy.read_assembly(outdir))


@pytest.fixture(scope="session")
def local_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Template:
    """Return the template for the emulator, from the assembly that the end-to-end tests use."""
    with _one_at_a_time("local", tmp_path_factory, worker_id), pytest.MonkeyPatch.context() as patch:
        for variable in CONTEXT:
            patch.delenv(variable, raising=False)
        for variable, value in CHOICES.items():
            patch.setenv(variable, value)
        return Template.of_assembly(deploy.synthesize(print))
