"""The stacks of `souk search --stack`."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from souk.operations import search
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


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "client", Aws)


def test_stack_in_aws_is_read_by_its_outputs() -> None:
    deployment = search.in_aws("Souk-prod")
    assert deployment.outputs == {"SearchBucket": "the-index"}
    assert deployment.client("s3").service == "s3"


def test_missing_stack_raises_problem() -> None:
    with pytest.raises(Problem, match=r"The stack Souk-prd cannot be read: .*does not exist"):
        search.in_aws("Souk-prd")
