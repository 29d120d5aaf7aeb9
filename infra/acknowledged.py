"""Findings of cdk-nag that stay, each with its reason. `infra.checks` fails for others, and for stale ones."""

import re
from fnmatch import fnmatchcase
from typing import NamedTuple


class Acknowledged(NamedTuple):
    """A rule's finding that stays, at some constructs. Both are patterns with `*`; `[*]` is a star itself."""

    rule: str
    place: str
    """The path of constructs, below the stack."""
    reason: str

    def covers(self, rule: str, place: str) -> bool:
        """Return whether a finding is acknowledged here. `place` is a path below the stack."""
        finding = re.sub(r"\[(?!\*\])", "[[]", self.rule)  # other brackets are those of the finding
        return fnmatchcase(rule, finding) and fnmatchcase(place, self.place)


_SOUKS_TOKENS = "Souk's own authorization server proves tokens in the functions, which revokes them at once (ADR 8)"
_PARTS = "the permission ends in the prefix of what the function may touch; tests/infra/test_roles.py evaluates it"
_METRICS = "CloudWatch knows no resources for reading metrics (infra/machinery.py)"
_DEAD = "it is a dead-letter queue, of a stream, of events or of a queue"

ACKNOWLEDGED: tuple[Acknowledged, ...] = (
    Acknowledged("AwsSolutions-DDB3", "Storage/Counters/*", "it holds counts of requests, which expire after a day"),
    Acknowledged(
        "AwsSolutions-S1",
        "Storage/*",
        "all access goes through functions, which log it; CloudTrail's data events record reads of objects if wanted",
    ),
    Acknowledged(
        "AwsSolutions-SMG4",
        "*",
        "replacing these secrets ends sessions, pages and webhook secrets, so a person decides it (docs/operating.md)",
    ),
    Acknowledged(
        "AwsSolutions-COG1", "Identity/People/*", "NIST SP 800-63B-4 asks for length, and against rules of composition"
    ),
    Acknowledged("AwsSolutions-COG2", "Identity/People/*", "people choose a second factor; operators need one"),
    Acknowledged(
        "AwsSolutions-COG8",
        "Identity/People/*",
        "the Plus plan is paid for each person; `-c threatProtection=on` chooses it",
    ),
    Acknowledged("AwsSolutions-APIG4", "*", _SOUKS_TOKENS),
    Acknowledged("AwsSolutions-COG4", "Api/*", _SOUKS_TOKENS),
    Acknowledged(
        "AwsSolutions-APIG2",
        "Api/*",
        "GraphQL and OAuth define errors for wrong bodies, which the functions check and return",
    ),
    Acknowledged(
        "AwsSolutions-APIG6",
        "Api/*",
        "execution logs hold query strings, in which OAuth allows tokens (RFC 6750); there is an access log",
    ),
    Acknowledged(
        "AwsSolutions-IAM4[*AmazonAPIGatewayPushToCloudWatchLogs]",
        "Api/Rest/CloudWatchRole/*",
        "API Gateway documents this policy for its role, which serves the account",
    ),
    Acknowledged(
        "AwsSolutions-IAM4[*AWSCodeDeployRoleForLambdaLimited]",
        "Functions/Releases/Role/*",
        "CodeDeploy documents this policy for moving the aliases of functions",
    ),
    Acknowledged("AwsSolutions-IAM5[Resource::<Storage*.Arn>/*]", "Functions/*", _PARTS),
    Acknowledged(
        "AwsSolutions-IAM5[Resource::*:domain/*[*]]",
        "Functions/search_*",
        "an index has two names and an alias for each rebuild; the permission begins with its name (infra/indexes.py)",
    ),
    Acknowledged(
        "AwsSolutions-OS1",
        "SearchCluster/Domain/*",
        "the functions are in no VPC; each request is signed, and roles allow its path",
    ),
    Acknowledged("AwsSolutions-OS3", "SearchCluster/Domain/*", "functions have no addresses of their own"),
    Acknowledged(
        "AwsSolutions-OS4",
        "SearchCluster/Domain/*",
        "three small nodes elect a master among them; more are for ten nodes and up",
    ),
    Acknowledged(
        "AwsSolutions-OS5",
        "SearchCluster/Domain/*",
        "no policy of the domain allows anybody anything; roles do (infra/indexes.py)",
    ),
    Acknowledged(
        "AwsSolutions-OS9*",
        "SearchCluster/Domain/*",
        "slow logs hold what people search for, and texts of private rooms",
    ),
    Acknowledged(
        "AwsSolutions-IAM5[Resource::*:table/*/stream/[*]]",
        "Functions/*",
        "the name of a stream is its creation time; only with `-c table=`",
    ),
    Acknowledged(
        "AwsSolutions-IAM5[Resource::*:log-group:*:[*]]",
        "Functions/*",
        "AWS names a log group in two ways, and one ends so",
    ),
    Acknowledged(
        "AwsSolutions-IAM5[Resource::*/@connections/*]",
        "Functions/*",
        "the ids of sockets are not known before they open",
    ),
    Acknowledged(
        "AwsSolutions-IAM5[Resource::[*]]",
        "Functions/*/DefaultPolicy/*",
        "AWS X-Ray's permissions know no resources; only with `-c tracing=on`",
    ),
    Acknowledged("AwsSolutions-IAM5[Resource::[*]]", "Functions/operator/Role/Resource", _METRICS),
    Acknowledged("Serverless-LambdaStarPermissions", "Functions/operator/Role/Resource", _METRICS),
    Acknowledged("AwsSolutions-L1", "Functions/*", "the layer's packages are pinned and compiled for this Python"),
    Acknowledged("Serverless-LambdaLatestVersion", "Functions/*", "as above"),
    Acknowledged("AwsSolutions-SQS3", "*/DeadLetters/*", _DEAD),
    Acknowledged("Serverless-SQSRedrivePolicy", "*/DeadLetters/*", _DEAD),
    Acknowledged(
        "Serverless-CloudWatchLogGroupRetentionPeriod",
        "OperatorReads/*",
        "what operators read is kept as long as the audit trail (ADR 19)",
    ),
    Acknowledged(
        "Serverless-LambdaDLQ",
        "Functions/*",
        "functions that are invoked asynchronously have a destination for failures (infra/consumer.py)",
    ),
    Acknowledged(
        "Serverless-LambdaEventSourceMappingDestination",
        "*/Mapping?",
        "a queue's failed messages move to its dead-letter queue",
    ),
    Acknowledged("Serverless-LambdaTracing", "Functions/*", "it is paid for each request; `-c tracing=on` chooses it"),
    Acknowledged("Serverless-APIGWXrayEnabled", "Api/*", "as above"),
    Acknowledged(
        "Serverless-SNSRedrivePolicy", "Observability/Topic/*", "mail that AWS cannot deliver has no other receiver"
    ),
)
