"""No resource with data is replaced. CloudFormation creates a new, empty one if the logical id or name changes.

`stateful.json` lists the resources of both templates with data, and those that determine the API's URL. It changes only
when one is added. The ids depend on the paths of the constructs, so moving a construct changes them too.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.infra.template import Template

SNAPSHOT: Final = Path(__file__).parent / "stateful.json"
DATA: Final = {
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolClient": "ClientName",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Archive": "ArchiveName",
    "AWS::Events::EventBus": "Name",
    "AWS::KMS::Alias": "AliasName",
    "AWS::KMS::Key": None,
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SQS::Queue": "QueueName",
}
"""The types with data, and the property with the name of each."""
ADDRESS: Final = {
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::ApiGatewayV2::Stage": "StageName",
}
"""The same for the types that determine the URLs of the API and of sockets. They contain the ids of the two APIs."""
STATELESS: Final = frozenset(
    {
        "AWS::CDK::Metadata",
        "AWS::Events::Rule",
        "AWS::Logs::MetricFilter",
        "AWS::S3::BucketPolicy",
        "AWS::SQS::QueuePolicy",
    }
)
"""Types of the same services without data."""
LOST: Final = (
    "The logical id, the type or the name of a resource that holds data has changed. CloudFormation replaces such a "
    "resource and its data is lost: items, files, accounts, secrets, messages or logs. (A new RestApi or Stage changes "
    "the address of the API.) Keep the path of the construct and the name. Add new resources to "
    "tests/infra/stateful.json."
)

KEPT: Final = {
    "AWS::Cognito::UserPool": ["IdentityPeople"],
    "AWS::DynamoDB::Table": ["StorageTable"],
    "AWS::Logs::LogGroup": ["OperatorReadsLog"],
    "AWS::S3::Bucket": ["StorageAttachments"],
    "AWS::SecretsManager::Secret": ["IdentityTokenSecret", "StorageCursorSecret", "WebhooksSecret"],
}
"""The resources that outlive the stack with `retain`, by type: the beginnings of their logical ids."""
GONE: Final = {
    "AWS::Cognito::UserPoolClient": "it holds settings only; a new stack has its own",
    "AWS::DynamoDB::Table": "Counters: the requests of today",
    "AWS::Events::Archive": "its events were delivered, and it cannot outlive the bus",
    "AWS::Events::EventBus": "it stores nothing itself",
    "AWS::Logs::LogGroup": "logs of functions and requests",
    "AWS::S3::Bucket": "Search: indexes, which are made from the table",
    "AWS::SQS::Queue": "work in progress; its causes are in the table",
}
"""Why the other resources of these types go with the stack."""

Resources = dict[str, dict[str, Any]]


@pytest.mark.parametrize("target", ["aws", "local"])
def test_no_stateful_resource_is_replaced(target: str, request: pytest.FixtureRequest) -> None:
    template: Template = request.getfixturevalue(f"{target}_template")
    expected = json.loads(SNAPSHOT.read_text("utf-8"))
    assert stateful(template) == expected[target], LOST


@pytest.mark.parametrize("target", ["aws", "local"])
def test_every_type_of_a_stateful_service_is_listed(target: str, request: pytest.FixtureRequest) -> None:
    template: Template = request.getfixturevalue(f"{target}_template")
    services = {kind.rpartition("::")[0] for kind in DATA}
    types = {resource["Type"] for resource in template.resources.values()}
    unknown = {kind for kind in types if kind.rpartition("::")[0] in services} - DATA.keys() - STATELESS
    assert not unknown, "Add it to DATA or STATELESS."


def test_data_and_secrets_outlive_the_stack(aws_template: Template, local_template: Template) -> None:
    resources = {id_: aws_template.resources[id_] for id_ in stateful(aws_template)}
    data = {id_: one for id_, one in resources.items() if one["Type"] in DATA}
    for id_, one in data.items():
        kept = any(id_.rstrip("0123456789ABCDEF") == name for name in KEPT.get(one["Type"], ()))
        policies = {one.get("DeletionPolicy", "Delete"), one.get("UpdateReplacePolicy", "Delete")}
        assert policies == {"Retain" if kept else "Delete"}, f"{id_}: is it in KEPT or GONE?"
        assert kept or one["Type"] in GONE, id_
    assert sum(map(len, KEPT.values())) == sum(one.get("DeletionPolicy") == "Retain" for one in data.values())
    local = [local_template.resources[id_] for id_ in stateful(local_template)]
    assert not [one for one in local if one.get("DeletionPolicy") == "Retain"], "a trial leaves nothing"


def stateful(template: Template) -> Resources:
    """Return the resources to keep, by logical id: the type, and the name if the template sets one."""
    return {
        id_: {"type": resource["Type"]} | _name(resource)
        for id_, resource in sorted(template.resources.items())
        if resource["Type"] in DATA | ADDRESS
    }


def _name(resource: dict[str, Any]) -> dict[str, Any]:
    name = resource.get("Properties", {}).get((DATA | ADDRESS)[resource["Type"]] or "")
    return {} if name is None else {"name": name}
