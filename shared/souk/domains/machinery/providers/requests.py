"""How many requests the API received, by day: invocations of the function that receives them, as AWS counts them."""

from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import settings
from souk.values.errors import Unavailable

FUNCTION: Final = "graphql"
"""The function that receives all requests to the API (`souk.graph.execution.GATEWAY`)."""
_DAY: Final = timedelta(days=1)


def by_day(now: datetime, days: int) -> dict[str, int]:
    """Return the numbers of the last days (UTC), today included; days without any are left out.

    `now` is real time. Raises Unavailable, also if nothing was counted on any of the days: then nobody knows whether
    something counts. The emulator has no such metric, and that of a new deployment is some minutes late.
    """
    first = (now - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    question: dict[str, Any] = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Invocations",
        "Dimensions": [{"Name": "FunctionName", "Value": settings().function_name(FUNCTION)}],
        "StartTime": first,
        "EndTime": now,
        "Period": int(_DAY.total_seconds()),
        "Statistics": ["Sum"],
    }
    try:
        points = aws.cloudwatch().get_metric_statistics(**question)["Datapoints"]
    except (ClientError, BotoCoreError) as error:
        logger.error("The number of requests cannot be read", reason=type(error).__name__)
        raise Unavailable("The number of requests cannot be read just now.") from None
    if not points:
        raise Unavailable(
            f"No request of the last {days} days was counted. A local run counts none, and AWS takes some minutes."
        )
    return {point["Timestamp"].date().isoformat(): round(point["Sum"]) for point in points}
