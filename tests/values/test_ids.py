"""Ids in filters: a word in place of an id is an error, because it would find nothing without a reason."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from souk.app import schema
from souk.storage import Model
from souk.values.errors import Unprocessable
from souk.values.ids import check, is_id

CHECKED_ELSEWHERE = {
    "JobFilter",  # build_query, with the names of the ontology
    "OlderJobFilter",
    "SavedFilter",
    "FreelancerFilter",  # build_search, with the names of the ontology
    "WorkHistoryFilter.person_id",  # NOT_FOUND
    "RoomStoryFilter.room_id_eq",  # NOT_FOUND
    "StoriesSearchFilter.room_id_eq",  # NOT_FOUND
    "RequestFilter.api_key_id_eq",  # NOT_FOUND
    "ModerationFilter.id_any",  # ids of gigs are no numbers
    "ActionFilter.subject_id_eq",  # nor are those of queues and indexes
    "ClientFilter.occupation_id",  # an error of its own
    "DeliveriesFilter.subscription_id_eq",  # NOT_FOUND
    "ReportFilter.organization_id_eq",  # NOT_FOUND
    "PermissionFilter",  # NOT_FOUND
    "RequestFilter.request_id_eq",  # Lambda's id, which is no number
    "HistoryFilter.ace_ids_any",  # only one's own id
    "OntologyEntitySearchFilter.ontology_ids_any",  # words
}


def id_fields() -> Iterator[tuple[type[Model], str]]:
    """Yield the fields of filters that select by ids."""
    schema()  # loads all domains
    models = [Model]
    for model in models:
        models += model.__subclasses__()
    for model in models:
        for field in model.model_fields if model.__name__.endswith("Filter") else ():
            names = {model.__name__, f"{model.__name__}.{field}"}
            if re.search(r"u?ids?(_any|_all|_eq)?$", field) and CHECKED_ELSEWHERE.isdisjoint(names):
                yield model, field


def refuses(model: type[Model], field: str, text: str) -> bool:
    """Return whether a text, or a list of it, is refused as an id."""
    problems: set[str] = set()
    for value in (text, [text]):
        try:
            model.model_validate({field: value})
        except ValidationError as invalid:
            problems |= {error["type"] for error in invalid.errors()}
    return "id" in problems


def test_every_filter_refuses_words_for_ids() -> None:
    fields = list(id_fields())
    assert len(fields) >= 15
    assert [field for field in fields if not all(refuses(*field, text) for text in ("words", ""))] == []


@given(st.integers(0, 2**64 - 1))
def test_number_is_id(number: int) -> None:
    assert is_id(str(number))


@pytest.mark.parametrize("text", ["", " 1", "1 ", "-1", "+1", "1.0", "²", "\u0661", "x", str(2**64), "9" * 5_000])
def test_other_text_is_no_id(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(Unprocessable) as refused:
        check("teamIds", ["1", text], "teams", "Query them.")
    assert refused.value.message.startswith("teamIds: takes ids of teams, which are numbers, not ")
    assert refused.value.message.endswith(" Query them.")
    assert len(refused.value.message) < 200
