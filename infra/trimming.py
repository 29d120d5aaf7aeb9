"""Removes from the layer's packages the files that no function loads; see `tests/infra/test_layer.py` for the proof."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

AWS_SERVICES = frozenset(
    {
        "apigatewaymanagementapi",
        "cloudwatch",
        "cognito-idp",
        "dynamodb",
        "events",
        "lambda",
        "logs",
        "s3",
        "secretsmanager",
        "sesv2",
        "sqs",
        "sts",
    }
)
"""The services whose clients functions make. botocore describes 400 more (27 MB).

A client of any other service raises UnknownServiceError.
"""

LOCALES = frozenset({"root", "en"})
"""The locales that Babel can answer in (of 1100, 29 MB); every locale is based on `root`."""

_NOT_LOADED = (
    ".lock",  # uv's own
    "bin",  # console scripts
    "**/tests",
    "**/*.pyi",
    "*.dist-info/INSTALLER",
    "*.dist-info/RECORD",  # holds the path of the Python that installed
    "*.dist-info/REQUESTED",
    "*.dist-info/sboms",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    "boto3/data",  # for boto3.resource(); functions make clients
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    "joserfc*",  # Authlib uses it for signed and encrypted tokens; Souk's are opaque
    "pycountry/locales",  # translations; Souk answers in English
    "pycparser*",  # cffi uses it to make bindings; cryptography's are made
    "stripe/events",  # events of API v2; Souk's webhooks are v1
    "stripe/params",  # types for type checkers
)


def trim(packages: Path) -> None:
    """Remove the files that no function loads from a folder of installed packages."""
    unused = {path for path in (packages / "botocore" / "data").iterdir() if path.is_dir()}
    unused -= {packages / "botocore" / "data" / service for service in AWS_SERVICES}
    unused |= {path for path in (packages / "babel" / "locale-data").glob("*.dat") if path.stem not in LOCALES}
    unused |= {path for pattern in _NOT_LOADED for path in packages.glob(pattern)}
    for path in unused:
        remove(path)
    _trim_descriptions(packages / "botocore" / "data")


def _trim_descriptions(data: Path) -> None:
    """Leave out of botocore's descriptions what clients do not read: each start would parse it, for 20 ms.

    These are the texts of the services' documentation, and the addresses of all other services.
    """
    prefixes = set()
    for compressed in data.glob("*/*/service-2.json.gz"):
        service = _without_documentation(json.loads(gzip.decompress(compressed.read_bytes())))
        prefixes.add(service["metadata"]["endpointPrefix"])
        compressed.with_suffix("").write_text(json.dumps(service))
        compressed.unlink()
    addresses = json.loads((data / "endpoints.json").read_text())
    for partition in addresses["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in prefixes}
    remove(data / "endpoints.json")  # it may be a link to the installer's own copy
    (data / "endpoints.json").write_text(json.dumps(addresses))


def _without_documentation(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_documentation(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {  # a member may have this name, too: it is no text
        name: "" if name == "documentation" and isinstance(one, str) else _without_documentation(one)
        for name, one in part.items()
    }


def remove(path: Path) -> None:
    """Remove a file or a folder, if it exists."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
