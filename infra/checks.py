"""Checks the stack with cdk-nag and cfn-lint: `python -m infra.checks`, which `make check` runs.

The packs AwsSolutions and Serverless look at the stack as it is by default, and with every choice of an operator.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from aws_cdk import App
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra.acknowledged import ACKNOWLEDGED
from infra.config import read_config
from infra.stack import SoukStack

_DEFAULTS: Final = {"precompile": "false"}
_EVERYTHING: Final = {
    **_DEFAULTS,
    "alarmEmail": "ops@example.com",
    "certificate": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    "domain": "api.example.com",
    "liveDomain": "live.example.com",
    "mailFrom": "souk@mail.example.com",
    "search": "opensearch,tantivy",
    "snapStart": "on",
    "table": "restored",
    "tableStream": "arn:aws:dynamodb:eu-west-1:123456789012:table/restored/stream/2026-11-29T10:00:00.000",
    "stripeSecret": "stripe",
    "threatProtection": "on",
    "tracing": "on",
}
_LINTER: Final = Path(sys.executable).with_name("cfn-lint")
_LINTER_IGNORES: Final = ("W3005",)
"""The CDK writes dependencies that a reference implies already."""


class Finding(NamedTuple):
    """A rule that a construct breaks."""

    rule: str
    place: str
    """The path of the construct, below the stack."""
    explanation: str


def main() -> None:
    """Print the findings that nobody has acknowledged, and exit with 1 if there are any."""
    with TemporaryDirectory() as directory:
        app = _app(_EVERYTHING, directory)
        app.synth()
        templates = [str(path) for path in Path(directory).glob("*.template.json")]
        linter = subprocess.Popen([_LINTER, "-i", *_LINTER_IGNORES, "--", *templates])
        findings = dict.fromkeys((*_findings(app), *_findings(_app(_DEFAULTS, directory))))
        problems = [
            f"{one.rule} at {one.place}: {one.explanation}"
            for one in findings
            if not any(known.covers(one.rule, one.place) for known in ACKNOWLEDGED)
        ]
        problems += [
            f"infra/acknowledged.py: {known.rule} is not found any more at {known.place}"
            for known in ACKNOWLEDGED
            if not any(known.covers(one.rule, one.place) for one in findings)
        ]
        sys.stdout.write("".join(f"{problem}\n" for problem in problems))
        sys.exit(1 if linter.wait() or problems else 0)


def _app(context: Mapping[str, str], outdir: str) -> App:
    app = App(
        outdir=outdir,
        post_cli_context=context,
        builtin_cloud_formation_validation=False,  # cfn-lint does it
        analytics_reporting=False,
        tree_metadata=False,
    )
    SoukStack(app, read_config(app.node.try_get_context))
    return app


def _findings(app: App) -> Iterator[Finding]:
    """Yield what the packs find."""
    for pack in (AwsSolutionsChecks(), ServerlessChecks()):
        for violation in pack.validate_scope(app).violations:
            for resource in violation.violating_resources:
                place = (resource.construct_path or "").partition("/")[2]
                yield Finding(violation.rule_name, place, violation.description)


if __name__ == "__main__":
    main()
