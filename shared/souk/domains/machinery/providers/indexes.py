"""The state of the search indexes: what their engine knows, and how far the indexer is behind the table."""

from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from souk.domains import search_indexes
from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import settings
from souk.search import IndexState
from souk.search.engines import deployed
from souk.values.errors import Unavailable

_FUNCTION: Final = "search_indexer"
_PERIOD: Final = timedelta(minutes=5)


def states() -> dict[str, IndexState]:
    """Return what is known about each index that is searched, by its name. Raises Unavailable."""
    engines = deployed()
    try:
        return {one.schema.name: engines.state(one.schema) for one in search_indexes()}
    except (ClientError, BotoCoreError) as error:
        logger.error("The state of the search indexes cannot be read", reason=type(error).__name__)
        raise Unavailable("The state of the search indexes cannot be read just now.") from None


def lag_seconds(now: datetime) -> int:
    """Return how old the oldest change was that the indexer has not processed, within the last minutes, in seconds.

    It is 0 if nothing has changed, and in the emulator, which has no such metric. `now` is real time. Raises
    Unavailable.
    """
    question: dict[str, Any] = {
        "Namespace": "AWS/Lambda",
        "MetricName": "IteratorAge",
        "Dimensions": [{"Name": "FunctionName", "Value": settings().function_name(_FUNCTION)}],
        "StartTime": now - _PERIOD,
        "EndTime": now,
        "Period": int(_PERIOD.total_seconds()),
        "Statistics": ["Maximum"],
    }
    try:
        points = aws.cloudwatch().get_metric_statistics(**question)["Datapoints"]
    except (ClientError, BotoCoreError) as error:
        logger.error("The indexer's lag cannot be read", reason=type(error).__name__)
        raise Unavailable("The indexer's lag cannot be read just now.") from None
    return round(max((point["Maximum"] for point in points), default=0.0) / 1000)
