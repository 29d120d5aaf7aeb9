"""Many at once, in an order that is known: each begins before those after it have written anything."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from souk.storage import Transaction

T = TypeVar("T")


def at_once(monkeypatch: pytest.MonkeyPatch, count: int, request: Callable[[], T]) -> list[T]:
    """Send a request so often that all have read before the first writes; the last one writes first."""
    commit = Transaction.commit
    answers: list[T] = []
    begun = 1

    def commit_after_the_next(transaction: Transaction) -> None:
        nonlocal begun
        if begun < count:
            begun += 1
            answers.append(request())
        commit(transaction)

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", commit_after_the_next)
        answers.append(request())
    assert len(answers) == count
    return answers
