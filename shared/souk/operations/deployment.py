"""A deployment that operators work on: the local run, or a stack in AWS."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from souk.domains.reference.model import Entry
from souk.domains.reference.ontology import current, own
from souk.graph.questions import ask
from souk.operations.problem import Problem
from souk.storage import Table, market_time
from souk.storage.served import serve
from souk.values.clock import Clock

if TYPE_CHECKING:
    from souk.runtime.aws import Sign

_LONGEST_SECONDS = 150
"""More than the longest function takes, so that its call is not sent again meanwhile."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stack, with the caller's access to it."""

    outputs: Mapping[str, str]
    client: Callable[..., Any]
    """Returns the client of an AWS service, by the service's name."""
    url: str
    """The base URL of its pages, without a trailing slash."""
    in_aws: bool = False
    signer: "Callable[[str], Sign] | None" = None
    """Returns what signs requests to a service of AWS that boto3 has no client for. None if nothing signs them."""

    @property
    def in_production(self) -> bool:
        """Whether its clock cannot be moved. So it is for stacks of earlier releases, which do not say it."""
        return self.outputs.get("Production") != "false"

    def invoke(self, function: str, event: Mapping[str, object]) -> dict[str, Any]:
        """Invoke a function, by its short name, and return its answer. Raises Problem if it fails."""
        answer = self.client("lambda").invoke(
            FunctionName=f"{self.outputs['Prefix']}-{function}", Payload=json.dumps(event).encode()
        )
        payload: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise Problem(f"The function {function} failed: {payload.get('errorMessage', payload)}")
        return payload

    def reason(self, command: str) -> str:
        """Return the reason of a command for the audit trail, with the caller's AWS identity."""
        if not self.in_aws:
            return f"{command}, on this machine"
        return f"{command}, by {self.client('sts').get_caller_identity()['Arn']}"


def open_table(deployment: Deployment) -> Table:
    """Return a deployment's table, with the caller's rights. Its clock shows the market time as it is now."""
    clock = Clock(movable=not deployment.in_production)
    table = Table(deployment.client("dynamodb"), deployment.outputs["TableName"], clock, writes=("",))
    market_time.read(table)
    work_on(deployment, table)
    return table


def work_on(deployment: Deployment, table: Table) -> None:
    """Have this process work on a deployment: on its table, and with the ontology that holds there."""
    serve(table)
    has_own = deployment.outputs.get("OwnOntology") == "true"
    current.ask_for_entries(partial(_entries, deployment) if has_own else None)


def _entries(deployment: Deployment) -> Sequence[Entry]:
    """Return the deployment's own entries of the ontology, which are in the code of its functions. Raises Problem."""
    return own.unpacked(ask(deployment.invoke, "operator", "dataimports.entries_of_deployment", {}))


def in_aws(stack: str, profile: str | None = None, region: str | None = None) -> Deployment:
    """Return a stack in AWS, with the caller's credentials and region, by default those that boto3 finds.

    As the AWS CLI does, and boto3 does not, it reads the region from AWS_REGION too.

    Raises Problem if the stack does not exist or cannot be read.
    """
    import boto3  # noqa: PLC0415 - not needed for the local run, whose clients are botocore's
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from souk.runtime.aws import sign_with  # noqa: PLC0415

    try:
        session = boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION"))
        [description] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise Problem(f"The stack {stack} cannot be read: {error}") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in description["Outputs"]}
    url = outputs.get("ApiUrl", "").removesuffix("/graphql")
    client = partial(session.client, config=Config(read_timeout=_LONGEST_SECONDS))

    def signer(service: str) -> "Sign":
        return sign_with(session.get_credentials(), service, session.region_name)

    return Deployment(outputs, client, url, in_aws=True, signer=signer)
