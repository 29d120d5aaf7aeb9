"""The cluster of the search indexes, for deployments that have outgrown files (docs/opensearch.md).

It is a nested stack, because a stack has at most 500 resources.
"""

from aws_cdk import Aws, NestedStack, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.config import Config

_ZONES = 3
"""The zones that nodes are spread over, if there are enough of them."""


class SearchCluster(NestedStack):
    """The cluster and its log. It holds nothing that cannot be made again from the table.

    No policy of the cluster allows anything. Functions reach it by the permissions of their roles alone, and sign each
    request (`infra.indexes`).
    """

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_, description=f"The search cluster of Souk ({config.stage})")
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/opensearch/{config.prefix}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        may_log = logs.CfnResourcePolicy(
            self,
            "LogPolicy",
            policy_name=f"{config.prefix}-search",
            policy_document=self.to_json_string(_log_policy(log).to_json()),
        )
        zones = min(config.search_nodes, _ZONES)
        self.domain = opensearch.Domain(
            self,
            "Domain",
            domain_name=config.prefix,
            version=opensearch.EngineVersion.open_search("2.19"),
            capacity=opensearch.CapacityConfig(
                data_nodes=config.search_nodes,
                data_node_instance_type=config.search_instance,
                multi_az_with_standby_enabled=False,
            ),
            ebs=opensearch.EbsOptions(volume_size=config.search_storage, volume_type=ec2.EbsDeviceVolumeType.GP3),
            zone_awareness=opensearch.ZoneAwarenessConfig(enabled=zones > 1, availability_zone_count=zones)
            if zones > 1
            else None,
            encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True),
            node_to_node_encryption=True,
            enforce_https=True,
            tls_security_policy=opensearch.TLSSecurityPolicy.TLS_1_2_PFS,
            advanced_options={
                # Otherwise a bulk request could name an index that its path, and so the role, does not.
                "rest.action.multi.allow_explicit_index": "false",
                # A text of a search can have five hundred words, each looked up in several fields.
                "indices.query.bool.max_clause_count": "8192",
            },
            logging=opensearch.LoggingOptions(app_log_enabled=True, app_log_group=log),
            suppress_logs_resource_policy=True,
            enable_auto_software_update=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.domain.node.add_dependency(may_log)


def _log_policy(log: logs.LogGroup) -> iam.PolicyDocument:
    """Return the policy of logs with which the cluster writes its own. Only this account's clusters may."""
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("es.amazonaws.com")],
                actions=["logs:PutLogEvents", "logs:CreateLogStream"],
                resources=[log.log_group_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        ]
    )
