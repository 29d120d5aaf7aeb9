import pytest
from graphql import GraphQLEnumType

from souk.app import schema
from souk.domains.reference import ontology, rules
from souk.domains.reference.model import (
    EntityFilter,
    EntityStatus,
    EntityType,
    Occupation,
    ResultOrder,
    Skill,
    TaxonomyLevel,
)


def enum_values(name: str) -> set[str]:
    enum = schema().get_type(name)
    assert isinstance(enum, GraphQLEnumType)
    return set(enum.values)


def labels(wanted: EntityFilter, seed: str = "") -> list[str]:
    return [one.preferred_label for one in rules.find_entities(wanted, seed)]


def test_each_action_has_reasons() -> None:
    kinds = {one.reason_type for one in rules.reasons(hidden=True)}
    assert kinds == enum_values("ReasonType")
    for kind in kinds:
        offered = rules.reasons(kind)
        assert len(offered) >= 5
        assert offered[-1].alias == "other"
        assert len({one.alias for one in rules.reasons(kind, hidden=True)}) == len(rules.reasons(kind, hidden=True))


def test_reason_ids_are_unique_and_bound_to_action() -> None:
    everything = rules.reasons(hidden=True)
    assert len({one.id for one in everything}) == len(everything)
    hired = rules.reason("1901")
    assert hired is not None
    assert (hired.alias, hired.reason_type) == ("hired-here", "JOB_POSTING_CLOSE")
    assert rules.reason("1901", "JOB_POSTING_CLOSE") is hired
    assert rules.reason("1901", "OFFER_DECLINE") is None
    assert rules.reason("1") is None


def test_hidden_reasons_are_found_but_not_offered() -> None:
    offered, everything = rules.reasons("OFFER_DECLINE"), rules.reasons("OFFER_DECLINE", hidden=True)
    hidden = [one for one in everything if one not in offered]
    assert [one.alias for one in hidden] == ["expired"]
    assert rules.reason(hidden[0].id) is hidden[0]
    assert not any(one.hidden for one in offered)


def test_durations_grow_and_cover_job_durations() -> None:
    durations = rules.ENGAGEMENT_DURATIONS
    assert [one.weeks for one in durations] == sorted({one.weeks for one in durations})
    assert {one.job_duration for one in durations} == enum_values("JobDuration")
    assert all(rules.engagement_duration(one.id) is one for one in durations)
    assert rules.engagement_duration("6") is None


def test_label_search_ranks_by_position_of_match() -> None:
    found = labels(EntityFilter("SCRIPT"))
    assert {"JavaScript", "TypeScript", "Scriptwriting", "Description"} & set(found) == {
        "JavaScript",
        "TypeScript",
        "Scriptwriting",
    }
    starts = [label.casefold().index("script") for label in found]
    assert starts == sorted(starts)
    assert starts[0] == 0 < starts[-1]


@pytest.mark.parametrize("text", ["", "design", "c++", " React ", "zzz", "ß", "(", "\0"])
def test_label_search_matches_a_full_scan(text: str) -> None:
    everything = [*ontology.ontology().skills.values(), *ontology.ontology().occupations.values()]
    expected = {
        one.id
        for one in everything
        if one.entity_status is EntityStatus.ACTIVE
        and text.strip().casefold() in one.preferred_label.casefold()
        and not (isinstance(one, Skill) and one.is_group)
    }
    assert {one.id for one in rules.find_entities(EntityFilter(text), "")} == expected


def test_alphabetical_order() -> None:
    found = labels(EntityFilter("design", order=ResultOrder.ALPHABET))
    assert found == sorted(found, key=str.casefold)
    assert len(found) > 20


def test_random_order_depends_on_seed() -> None:
    wanted = EntityFilter("design", order=ResultOrder.RANDOM)
    assert labels(wanted, "one") == labels(wanted, "one")
    assert labels(wanted, "one") != labels(wanted, "two")
    assert sorted(labels(wanted, "one")) == sorted(labels(wanted, "two"))


@pytest.mark.parametrize("level", list(TaxonomyLevel))
def test_filter_by_level(level: TaxonomyLevel) -> None:
    found = rules.find_entities(EntityFilter(level=level), "")
    assert bool(found) == (level is not TaxonomyLevel.SPECIALIZATION)
    assert all(isinstance(one, Occupation) and one.level is level for one in found)
    assert not rules.find_entities(EntityFilter(level=level, type=EntityType.SKILL), "")


@pytest.mark.parametrize("kind", list(EntityType))
def test_filter_by_type(kind: EntityType) -> None:
    found = rules.find_entities(EntityFilter(type=kind), "")
    assert found
    assert all(kind in one.type for one in found)


@pytest.mark.parametrize("status", list(EntityStatus))
def test_filter_by_status(status: EntityStatus) -> None:
    found = rules.find_entities(EntityFilter(status=status), "")
    assert found
    assert {one.entity_status for one in found} == {status}


def test_attribute_groups_are_optional() -> None:
    assert "Programming Languages" not in labels(EntityFilter("programming languages"))
    assert labels(EntityFilter("programming languages", include_groups=True)) == ["Programming Languages"]
