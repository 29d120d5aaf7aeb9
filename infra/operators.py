"""The log of what operators read."""

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Config
from infra.functions import Provision


class OperatorLog(Construct):
    """A log group that is kept as long as the audit trail: nothing in it expires, and a deleted stack leaves it.

    The function that runs queries appends to it, and no function reads, changes or deletes what is there.
    """

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        # Without a name of its own: a new stack could not be made beside the retained group of a deleted one.
        log = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.INFINITE,
            removal_policy=RemovalPolicy.RETAIN if config.retain else RemovalPolicy.DESTROY,
        )
        self.name = log.log_group_name
        group = Stack.of(self).format_arn(
            service="logs", resource="log-group", resource_name=self.name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        self.provision = Provision(
            {"SOUK_OPERATOR_LOG": self.name},
            [
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[group, f"{group}:*"],  # AWS names a group in both ways
                )
            ],
        )
