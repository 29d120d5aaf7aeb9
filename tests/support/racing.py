"""Races: something happens between what a command has read and what it writes, or many do the same at once."""

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
Did = TypeVar("Did")


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> list[Any]:
    """Have something happen right before the next transaction is written; the list will hold what came of it."""
    committed, seen = Transaction.commit, list[Any]()

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        seen.append(act())
        committed(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    return seen


def together(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Did]) -> list[Did]:
    """Have many do the same, and return what came of it for each.

    Their calls of AWS come in any order, one at a time: moto does not bear two.
    """
    lock, call_aws = Lock(), BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def call(self: BaseClient, *arguments: Any) -> Any:
        with lock:
            return call_aws(self, *arguments)

    with monkeypatch.context() as patched, ThreadPoolExecutor(CALLERS) as pool:
        patched.setattr(BaseClient, "_make_api_call", call)
        return list(pool.map(lambda _: act(), range(CALLERS)))


def at_once(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Answer]) -> Counter[str]:
    """Have many ask for the same, and count what they are answered: `done`, or the code of the error."""
    return Counter(one.code if "errors" in one.json else "done" for one in together(monkeypatch, act))
