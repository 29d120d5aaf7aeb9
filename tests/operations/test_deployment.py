"""The stacks of `--stack`."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from souk.operations.deployment import in_aws
from souk.operations.problem import Problem


class Aws:
    """A fake CloudFormation for an account with one stack."""

    def __init__(self, service: str) -> None:
        self.service = service

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if StackName != "Souk-prod":
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return {"Stacks": [{"Outputs": [{"OutputKey": "SearchBucket", "OutputValue": "the-index"}]}]}


class Session:
    """A fake session of boto3, which records its profile and region."""

    def __init__(self, profile_name: str | None, region_name: str | None) -> None:
        self.chosen = (profile_name, region_name)
        SESSIONS.append(self)

    def client(self, service: str, **_: object) -> Aws:
        return Aws(service)


SESSIONS: list[Session] = []


def test_profile_and_region_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    in_aws("Souk-prod")
    in_aws("Souk-prod", profile="founder", region="eu-central-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    in_aws("Souk-prod")
    assert [one.chosen for one in SESSIONS[-3:]] == [(None, None), ("founder", "eu-central-1"), (None, "eu-west-1")]


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setattr(boto3, "Session", Session)


def test_stack_in_aws_is_read_by_its_outputs() -> None:
    deployment = in_aws("Souk-prod")
    assert deployment.outputs == {"SearchBucket": "the-index"}
    assert deployment.client("s3").service == "s3"


def test_missing_stack_raises_problem() -> None:
    with pytest.raises(Problem, match=r"The stack Souk-prd cannot be read: .*does not exist"):
        in_aws("Souk-prd")
