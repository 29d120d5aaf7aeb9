"""Synthesizes the CDK app and deploys it to the local AWS with CloudFormation, as `cdk deploy` does.

A step is skipped if its input has not changed. For synthesis this is a hash of the files that the CDK app reads. For
the deployment it is a hash of the template, which contains the hashes of its assets; it is stored in the stack's tags.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from souk.local import choices
from souk.local.emulator import ACCOUNT, REGION, Clients, Cloud, Say
from souk.local.home import CACHE, PROJECT
from souk.local.mail import SENDER
from souk.operations import NOT_SHIPPED
from souk.operations.problem import Problem

READ_BY_SYNTHESIS = (
    "build/docs",
    "cdk.json",
    "functions",
    "infra",
    "requirements/images.txt",
    "requirements/layer.txt",
    "shared/souk",
)
NOT_READ = tuple(PROJECT / "shared" / "souk" / package for package in NOT_SHIPPED)
ASSEMBLIES_KEPT = 3
TAG = "souk:template"
"""The stack tag with the hash of the deployed template."""

DEPLOYED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
UPDATABLE = DEPLOYED | {"UPDATE_ROLLBACK_COMPLETE"}

NODE = 20
"""The oldest Node that aws-cdk-lib runs on."""

DEPLOY_SECONDS = 300.0
PROGRESS_SECONDS = 2.0
"""The time between two progress lines of a deployment."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """A synthesized stack: https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/README.md."""

    stack: str
    template: str
    assets: tuple[tuple[Path, str, str], ...]
    """File, bucket, key."""

    @property
    def key(self) -> str:
        """A hash of the deployment's input."""
        return hashlib.sha256(self.template.encode()).hexdigest()[:32]


def context() -> dict[str, str]:
    """Return what the CDK app is told. Raises Problem for a choice that is not allowed."""
    return {"target": "local", "stage": "local", "mailFrom": SENDER} | choices.context()


def source_files(project: Path = PROJECT) -> Iterator[Path]:
    """Yield the files that synthesis reads, in a fixed order."""
    for name in READ_BY_SYNTHESIS:
        root = project / name
        for file in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if file.is_file() and "__pycache__" not in file.parts and not any(map(file.is_relative_to, NOT_READ)):
                yield file


def fingerprint(files: Iterable[Path], project: Path = PROJECT) -> str:
    """Return a hash of the files' names and contents, the CDK context, and the Python version of the layer."""
    digest = hashlib.sha256(f"{sys.version}\0{platform.machine()}\0{context()}".encode())
    for file in files:
        digest.update(f"\0{file.relative_to(project).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def synthesize(say: Say) -> Assembly:
    """Return the CDK app's assembly, synthesized unless its sources are unchanged.

    Raises Problem if Node is missing or the CDK app fails.
    """
    target = CACHE / f"assembly-{fingerprint(source_files())}"
    if (target / "manifest.json").exists():
        say("Nothing to synthesize")
    else:
        say("Synthesizing the CDK app")
        need_node()
        partial = CACHE / f"{target.name}.{os.getpid()}"
        options = [f"--context={name}={value}" for name, value in context().items()]
        log = CACHE / "synthesis.log"
        CACHE.mkdir(parents=True, exist_ok=True)
        with log.open("w") as output:
            result = subprocess.run(
                [sys.executable, "-m", "infra.app", *options],
                cwd=PROJECT,
                env=os.environ | {"CDK_OUTDIR": str(partial), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"},
                stdout=output,
                stderr=output,
                check=False,
            )
        if result.returncode:
            shutil.rmtree(partial, ignore_errors=True)
            output_lines = log.read_text(errors="replace").strip().splitlines() or ["no output"]
            raise Problem(f"The CDK app could not be synthesized: {output_lines[-1]}\nIts full output is in {log}")
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
        for old in sorted(CACHE.glob("assembly-*"), key=lambda path: path.stat().st_mtime)[:-ASSEMBLIES_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return read_assembly(target)


def read_assembly(folder: Path) -> Assembly:
    """Read the single stack of an assembly and the file assets of its template."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    stack, properties = next(
        (artifact.get("displayName", name), artifact["properties"])
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    )
    assets = []
    for artifact in artifacts.values():
        if artifact["type"] != "cdk:asset-manifest":
            continue
        files = json.loads((folder / artifact["properties"]["file"]).read_text())["files"]
        for asset in files.values():
            source = folder / asset["source"]["path"]
            if asset["source"].get("packaging") == "zip":
                source = _zipped(source)
            assets += [
                (source, _here(place["bucketName"]), _here(place["objectKey"]))
                for place in asset["destinations"].values()
            ]
    return Assembly(stack, (folder / properties["templateFile"]).read_text(), tuple(assets))


def deploy(assembly: Assembly, cloud: Cloud, say: Say) -> dict[str, str]:
    """Create or update the stack and return its outputs.

    Raises Problem with CloudFormation's reason if that fails.
    """
    cloudformation = cloud.client("cloudformation")
    stack = _describe(cloudformation, assembly.stack)
    if stack and stack["StackStatus"] in DEPLOYED and _tag(stack) == assembly.key:
        say("Nothing to deploy")
        return _outputs(stack)
    if stack and stack["StackStatus"] not in UPDATABLE:
        status = stack["StackStatus"]
        raise Problem(f"The local deployment is in the state {status}. To start over, run `make reset`.")
    template = _publish(assembly, cloud.client, say)
    act = cloudformation.update_stack if stack else cloudformation.create_stack
    say(f"Deploying {len(json.loads(assembly.template)['Resources'])} resources")
    act(
        StackName=assembly.stack,
        TemplateURL=f"{cloud.endpoint}/{template}",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Tags=[{"Key": TAG, "Value": assembly.key}],
    )
    return _outputs(_settled(cloudformation, assembly.stack, say))


def need_node() -> None:
    """Raise Problem unless a Node that aws-cdk-lib runs on is on the PATH."""
    node = shutil.which("node")
    required = f"Souk needs Node.js {NODE} or newer (https://nodejs.org), for the AWS CDK"
    if node is None:
        raise Problem(f"{required}; there is no `node` on the PATH.")
    output = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", output)
    if version is None or int(version[1]) < NODE:
        raise Problem(f"{required}; {node} is {output.strip() or 'broken'}.")


def _publish(assembly: Assembly, client: Clients, say: Say) -> str:
    """Upload missing assets, delete those that are no longer used, and return the template's bucket and key."""
    s3 = client("s3")
    template = f"{assembly.key}.json"
    buckets = {bucket for _, bucket, _ in assembly.assets}
    used = {template} | {key for _, _, key in assembly.assets}
    present: dict[str, set[str]] = {}
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        present[bucket] = {item["Key"] for page in pages for item in page.get("Contents", [])}
        for key in present[bucket] - used:
            s3.delete_object(Bucket=bucket, Key=key)
    missing = [asset for asset in assembly.assets if asset[2] not in present[asset[1]]]
    if missing:
        say(f"Uploading {sum(file.stat().st_size for file, _, _ in missing) / 1e6:.1f} MB of code")
    for file, bucket, key in missing:
        with file.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    bucket = min(buckets)
    s3.put_object(Bucket=bucket, Key=template, Body=assembly.template.encode())
    return f"{bucket}/{template}"


def _settled(cloudformation: Any, name: str, say: Say) -> dict[str, Any]:
    """Wait until the deployment ends and return the stack. Raises Problem with the failed resource and its reason."""
    deadline = time.monotonic() + DEPLOY_SECONDS
    last_progress = time.monotonic()
    while time.monotonic() < deadline:
        stack = _describe(cloudformation, name)
        if stack is None:
            break
        status = stack["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            if status in DEPLOYED:
                return stack
            raise Problem(f"The deployment ended in {status}: {_reason(cloudformation, name)}")
        if time.monotonic() - last_progress > PROGRESS_SECONDS:
            last_progress = time.monotonic()
            resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
            complete = sum(resource["ResourceStatus"].endswith("_COMPLETE") for resource in resources)
            say(f"Deploying: {complete} resources are ready")
        time.sleep(0.1)
    raise Problem(f"The deployment did not end within {DEPLOY_SECONDS:.0f} seconds.")


def _reason(cloudformation: Any, name: str) -> str:
    """Return CloudFormation's reason for the first resource that failed."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    if not failed:
        return "CloudFormation gave no reason."
    first = failed[-1]  # newest come first
    return f"{first['LogicalResourceId']} ({first['ResourceType']}): {first.get('ResourceStatusReason', 'no reason')}"


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _tag(stack: dict[str, Any]) -> str | None:
    return next((tag["Value"] for tag in stack.get("Tags", []) if tag["Key"] == TAG), None)


def _outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _here(name: str) -> str:
    """Replace the placeholders for account and region in an environment-agnostic assembly."""
    return name.replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", REGION)


def _zipped(folder: Path) -> Path:
    """Return the folder as a zip file next to it, created once: the folder's name contains a hash of its content."""
    archive = folder.with_name(f"{folder.name}.zip")
    if not archive.exists():
        partial = shutil.make_archive(str(folder.with_name(f"{folder.name}.partial")), "zip", folder)
        Path(partial).rename(archive)
    return archive
