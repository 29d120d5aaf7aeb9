"""The declaration of facts that lower domains ask for."""

import pytest

from souk.graph.domain import Domain
from souk.storage import Table


def answer(table: Table, entity_id: str) -> str | None:  # noqa: ARG001 - the signature of facts
    return entity_id


def test_fact_belongs_to_its_domain_and_is_declared_once() -> None:
    domain = Domain("notes", function="notes")
    assert domain.fact("notes.writer")(answer) is answer
    assert domain.facts == {"notes.writer": answer}
    with pytest.raises(ValueError, match="declared twice"):
        domain.fact("notes.writer")(answer)
    with pytest.raises(ValueError, match="does not belong to notes"):
        domain.fact("jobs.writer")
