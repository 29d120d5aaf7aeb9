"""The `search_fanout` function: updates the documents that show the same change, piece by piece."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.entry.search_indexer import indexer, writers
from souk.runtime.queues import Message, process_batch
from souk.search.fanout import Piece


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the queue's batches. It reports the messages that failed; Lambda sends them again."""
    own = indexer(writers())

    def take(message: Message) -> None:
        own.take(Piece.decode(message["body"]))

    return lambda event, _context: process_batch(event["Records"], take)
