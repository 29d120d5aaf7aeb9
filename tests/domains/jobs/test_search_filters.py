"""What a job filter refuses, and that no text in it causes harm."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location
from souk.domains.jobs.inputs import JobFilter, OlderJobFilter
from souk.domains.jobs.search import skills
from souk.domains.jobs.search.filters import SearchContext, build_query
from souk.domains.jobs.search.index import INDEX
from souk.domains.market.model import Relations
from souk.search import Query, Search
from souk.search.memory import MemoryIndex
from souk.values.errors import Unprocessable
from tests.support.worlds.jobs import CATEGORY, SERVICE, SUBCATEGORY, skill_id

CONTEXT = SearchContext(
    Principal("1", "k", "1001", "1001", Role.OWNER, frozenset()),
    Relations(),
    datetime(2026, 11, 22, tzinfo=UTC),
    Location,
)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("categoryIds_any", "legal", "takes ids of ontology categories, which are numbers, not 'legal'. The id of"),
        ("categoryIds_any", SERVICE, "for occupationIds_any."),
        ("categoryIds_any", SUBCATEGORY, "for subcategoryIds_any."),
        ("subcategoryIds_any", CATEGORY, "for categoryIds_any."),
        ("occupationIds_any", "Back-End Development", f"is {SERVICE}."),
        ("occupationIds_any", skill_id("python"), "for ontologySkillIds_all."),
        ("ontologySkillIds_all", "python", f"The id of 'Python' is {skill_id('python')}."),
        ("ontologySkillIds_all", "", "takes ids of ontology skills"),
        ("ptcIds_any", "my cloud", "takes ids of talent clouds"),
        ("ptcIds_any", "9" * 30, "takes ids of talent clouds"),
    ],
)
def test_words_or_other_ids_in_place_of_id_are_refused(field: str, value: str, message: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        build_query(JobFilter.model_validate({field: [value]}), CONTEXT)
    assert refused.value.message.startswith(f"{field}: takes ids of")
    assert message in refused.value.message
    assert refused.value.details["fields"][0]["path"] == field


@given(st.lists(st.sampled_from(("python", "machine", "learning", ",", " ", "AND", '"', "-", "\0", "设", "C++", "*"))))
def test_any_skill_expression_is_searched_or_refused(pieces: list[str]) -> None:
    for model in (JobFilter, OlderJobFilter):
        wanted = model.model_validate({"skillExpression_eq": " ".join(pieces), "titleExpression_eq": "".join(pieces)})
        try:
            query = build_query(wanted, CONTEXT)
        except Unprocessable:
            continue
        MemoryIndex(INDEX).search(Search(query))  # checks that the query fits the schema


@given(st.text(max_size=40) | st.lists(st.sampled_from(("Austin", "TX", ",", " ", "USA", "."))).map("".join))
def test_any_location_is_searched(text: str) -> None:
    query = build_query(JobFilter.model_validate({"locations_any": [text]}), CONTEXT)
    MemoryIndex(INDEX).search(Search(query))


def test_many_words_without_commas_are_refused() -> None:
    with pytest.raises(Unprocessable, match="separate skills by commas"):
        skills.named_in("a b " * 101)
    assert len(skills.named_in(",".join(["a b"] * 100))) == 3


def test_time_zone_is_found_by_its_older_name() -> None:
    def query(name: str) -> Query:
        return build_query(JobFilter.model_validate({"timezone_eq": name}), CONTEXT)

    assert query("asia/calcutta") == query("Asia/Kolkata")
