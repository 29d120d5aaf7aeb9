"""The CDK app, synthesized once per test run for each target, as `make synth` does it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.config import Target
from infra.layer import ROOT
from tests.infra.template import Template


def synthesize(target: Target, outdir: Path) -> Template:
    """Run the CDK app with no AWS account in sight."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.app", "-c", f"target={target}"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        | {"CDK_OUTDIR": str(outdir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Template.read(outdir)


@pytest.fixture(scope="session")
def template_of(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[Target], Template]:
    """Return the template for a target. The workers of one run (pytest-xdist) share the work."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    made: dict[Target, Template] = {}

    def template(target: Target) -> Template:
        if target not in made:
            outdir = shared / f"cdk-{target}"
            with (shared / f"cdk-{target}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                there = (outdir / "manifest.json").exists()
                made[target] = Template.read(outdir) if there else synthesize(target, outdir)
        return made[target]

    return template


@pytest.fixture(scope="session")
def aws_template(template_of: Callable[[Target], Template]) -> Template:
    """Return what is deployed to AWS."""
    return template_of("aws")


@pytest.fixture(scope="session")
def local_template(template_of: Callable[[Target], Template]) -> Template:
    """Return what is deployed into the emulator."""
    return template_of("local")
