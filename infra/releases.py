"""Releases of the functions whose callers wait: published versions, the alias that is called, and how traffic moves.

Everything calls the alias `live` of such a function. In AWS, CodeDeploy sends a tenth of the calls to a new version
first, and goes back to the old one when an alarm goes off, which also rolls the deployment back. A function is released
after the functions that it calls: owners first, then `graphql`. The emulator has no CodeDeploy, so the alias moves at
once there (docs/adr/0056-releases.md).
"""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Config
from souk.app import FunctionSpec
from souk.runtime.settings import ALIAS


class Releases(Construct):
    """Publishes versions of functions under their alias, and moves traffic to them."""

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        self._config = config
        self.aliases: dict[str, lambda_.Alias] = {}
        """The aliases, by the short names of the functions."""
        self._groups: dict[str, codedeploy.LambdaDeploymentGroup] = {}
        self._traffic = self._make_application() if config.canary else None

    def publish(self, spec: FunctionSpec, function: lambda_.Function) -> lambda_.Alias:
        """Publish a function's version, and return the alias that leads to it."""
        scope = Construct(self, spec.name)
        alias = lambda_.Alias(scope, "Alias", alias_name=ALIAS, version=function.current_version)
        if self._traffic:
            application, role = self._traffic
            group = codedeploy.LambdaDeploymentGroup(
                scope,
                "Traffic",
                application=application,
                deployment_group_name=function.function_name,
                role=role,
                alias=alias,
                deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
                alarms=[self._alarm_on_new_version(scope, spec, alias)],
                auto_rollback=codedeploy.AutoRollbackConfig(
                    deployment_in_alarm=True, failed_deployment=True, stopped_deployment=True
                ),
            )
            self._groups[spec.name] = group
        self.aliases[spec.name] = alias
        return alias

    def release_last(self, caller: Construct, called: Iterable[str]) -> None:
        """Update a caller only when the new versions of the functions that it calls have all the traffic."""
        caller.node.add_dependency(*(self.aliases[name] for name in called))

    def stop_on(self, alarm: cloudwatch.IAlarm, function: str | None = None) -> None:
        """Take a release back when an alarm goes off: that of one function, or of any."""
        for name, group in self._groups.items():
            if function in (None, name):
                group.add_alarm(alarm)

    def _alarm_on_new_version(self, scope: Construct, spec: FunctionSpec, alias: lambda_.Alias) -> cloudwatch.Alarm:
        """Return an alarm on the calls of the new version alone, so that the old one's errors do not stop its repair.

        Lambda has this metric while the alias leads to two versions:
        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.
        """
        function = f"{self._config.prefix}-{spec.name.replace('_', '-')}"
        errors = cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="Errors",
            dimensions_map={
                "FunctionName": function,
                "Resource": f"{function}:{ALIAS}",
                "ExecutedVersion": alias.version.version,
            },
            statistic="Sum",
            period=Duration.minutes(1),
        )
        return cloudwatch.Alarm(
            scope,
            "NewVersionErrors",
            alarm_name=f"{function}-new-version-errors",
            alarm_description=f"The new version of {spec.name} failed or timed out, and its release is taken back. "
            "See docs/runbook.md#new-version-errors",
            metric=errors,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _make_application(self) -> tuple[codedeploy.LambdaApplication, iam.Role]:
        application = codedeploy.LambdaApplication(self, "Application", application_name=self._config.prefix)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            description="Moves the aliases of functions to new versions",
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSCodeDeployRoleForLambdaLimited")
            ],
        )
        return application, role
