"""What the function of operators may do with the machinery: read the log of requests, and use dead letters."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from infra import grants
from infra.consumer import Consumer
from infra.functions import Functions, Provision
from infra.indexes import SearchIndexes
from souk.domains.machinery.providers.queues import LetterKind
from souk.graph.execution import GATEWAY


def machinery_provision(
    stack: Stack,
    functions: Functions,
    consumers: Sequence[Consumer],
    *,
    bus: events.EventBus,
    indexes: SearchIndexes,
) -> Provision:
    """Return the settings and permissions (`souk.runtime.settings.machinery_settings`)."""
    config = functions.config
    letters = [one.dead_letters.queue_arn for one in consumers]
    sources = [one.letters_from for one in consumers if one.letters_from]
    called = [functions.arn_of(one.name) for one in consumers if one.letter_kind is LetterKind.EVENT]
    log = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=f"/aws/lambda/{functions.name_of(GATEWAY)}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    entries = (
        ",".join(
            (
                one.name,
                one.letter_kind,
                one.dead_letters.queue_url,
                one.letters_from.queue_url if one.letters_from else "",
            )
        )
        for one in consumers
    )
    return Provision(
        {"SOUK_DEAD_LETTERS": " ".join(entries)},
        [
            iam.PolicyStatement(
                actions=["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"], resources=letters
            ),
            grants.send_messages(sources, config),
            grants.invoke([*called, functions.arn_of("search_indexer")]),
            grants.put_events(bus),
            iam.PolicyStatement(actions=["logs:FilterLogEvents"], resources=[log, f"{log}:*"]),
            # CloudWatch knows no resources for metrics.
            iam.PolicyStatement(actions=["cloudwatch:GetMetricStatistics"], resources=["*"]),
            *indexes.know(),
        ],
    )
