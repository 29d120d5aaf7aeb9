"""Concurrent requests in a defined order."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from souk.storage import Transaction

T = TypeVar("T")


def run_concurrently(monkeypatch: pytest.MonkeyPatch, count: int, request: Callable[[], T]) -> list[T]:
    """Send a request `count` times. All of them read before the first one writes; the last one writes first."""
    commit = Transaction.commit
    answers: list[T] = []
    started = 1

    def commit_after_the_next(transaction: Transaction) -> None:
        nonlocal started
        if started < count:
            started += 1
            answers.append(request())
        commit(transaction)

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", commit_after_the_next)
        answers.append(request())
    assert len(answers) == count
    return answers
