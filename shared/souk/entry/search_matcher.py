"""The `search_matcher` function: compares postings that more people may see with the saved searches."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from souk.domains.savedsearches.search.matching import Matcher
from souk.entry.deployment import on_market_time, table
from souk.runtime.log import logger
from souk.runtime.queues import Message, process_batch


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queue's batches. It reports the messages that failed; Lambda sends them again."""
    matcher = Matcher(table())

    def take(message: Message) -> None:
        posting_id = orjson.loads(message["body"])["detail"]["payload"]["id"]
        if number := matcher.match(posting_id):
            logger.info("matched", posting_id=posting_id, searches=number)

    return on_market_time(lambda event, _context: process_batch(event["Records"], take))
