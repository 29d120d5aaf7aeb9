"""Races: an action between a command's reads and its write, or many concurrent calls."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

import pytest
from botocore.client import BaseClient

from souk.storage import Transaction
from tests.support.api import Answer

CALLERS = 50
Result = TypeVar("Result")


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> list[Any]:
    """Call `act` right before the next commit. Its result is added to the returned list."""
    original, results = Transaction.commit, list[Any]()

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", original)
        results.append(act())
        original(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    return results


def together(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Result]) -> list[Result]:
    """Call `act` concurrently, and return all results.

    The AWS requests interleave in any order but run one at a time, because moto is not thread-safe.
    """
    with monkeypatch.context() as patched, ThreadPoolExecutor(CALLERS) as pool:
        one_request_at_a_time(patched)
        return list(pool.map(lambda _: act(), range(CALLERS)))


def one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let AWS requests of several threads wait for each other, because moto is not thread-safe."""
    lock, call_aws = Lock(), BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def call(self: BaseClient, *arguments: Any) -> Any:
        with lock:
            return call_aws(self, *arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


def at_once(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Answer]) -> Counter[str]:
    """Call the API concurrently, and count the answers: `done`, or the error's code."""
    answers = together(monkeypatch, act)
    return Counter(answer.code if "errors" in answer.json else "done" for answer in answers)
