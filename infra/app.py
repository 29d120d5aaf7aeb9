"""The CDK app. `cdk deploy` runs it; `python -m infra.app -c target=local` writes the templates without the CLI."""

import json
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping, Sequence

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from infra import assets
from infra.bytecode import PythonMissingError
from infra.config import Config, read_config
from infra.layer import ROOT
from infra.stack import SoukStack


def synthesize(context: Mapping[str, str], outdir: str | None = None) -> CloudAssembly:
    """Write the templates and assets to `outdir`, or to the CDK CLI's directory. `context` overrides cdk.json.

    Raises ValueError for a context value that means nothing, and PythonMissingError when the layer cannot be compiled.
    """
    app = App(
        outdir=outdir,
        context={**json.loads((ROOT / "cdk.json").read_text())["context"], "aws:cdk:disable-stack-trace": True},
        post_cli_context=context,
        builtin_cloud_formation_validation=False,  # cfn-lint does it in `make check`, in less time
        analytics_reporting=False,
        tree_metadata=False,
    )
    name = app.node.try_get_context("table")
    if name and not app.node.try_get_context("tableStream"):
        app.node.set_context("tableStream", newest_stream(name))
    config = read_config(app.node.try_get_context)
    SoukStack(app, config)
    for warning in warnings(config):
        sys.stderr.write(f"Warning: {warning}\n")
    return app.synth()


def newest_stream(table: str) -> str:
    """Return the ARN of a table's stream, with the credentials that boto3 finds. Raises ValueError if it has none."""
    import boto3  # noqa: PLC0415 - only for a restored table
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    region = os.environ.get("AWS_REGION") or os.environ.get("CDK_DEFAULT_REGION")  # the CDK CLI sets the second
    try:
        found = boto3.client("dynamodb", region_name=region).describe_table(TableName=table)["Table"]
    except (BotoCoreError, ClientError) as error:
        raise ValueError(f"context table={table!r}: it cannot be read: {error}. Give tableStream too.") from error
    stream = found.get("StreamSpecification", {})
    if not stream.get("StreamEnabled") or stream.get("StreamViewType") != "NEW_AND_OLD_IMAGES":
        raise ValueError(f"context table={table!r}: enable its stream, with new and old images (docs/restoring.md)")
    return found["LatestStreamArn"]


def warnings(config: Config) -> list[str]:
    """Return what a deployment with these settings lacks."""
    if config.on_aws and not config.alarm_email:
        return ["no alarm sends mail; choose an address with -c alarmEmail=ops@example.com (docs/deploying.md)"]
    return []


def main(arguments: Sequence[str] | None = None) -> None:
    """Synthesize with the context in `-c key=value` options, as the CDK CLI does."""
    parser = ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", metavar="KEY=VALUE", type=_pair, action="append", default=[])
    context = dict(parser.parse_args(arguments).context)
    if context.get("target") != "local" and not assets.DOCS.exists():
        print("The documentation is not built: run `make docs` before you deploy.", file=sys.stderr)  # noqa: T201
    try:
        synthesize(context)
    except PythonMissingError as missing:
        parser.exit(1, f"{missing}\n")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return name, value


if __name__ == "__main__":
    main()
