"""The records of a profile: adding, changing and removing them."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.reviews.store import REVIEWS
from souk.domains.talent.store import PROFILES
from tests.domains.identity.people import OLIVIA, SOFIA
from tests.domains.operator.conftest import ADA
from tests.domains.talent.world import ADD, CHANGE, JOB, LEAST, TalentWorld
from tests.support import racing
from tests.support.clock import CLOCK

KINDS = sorted(ADD)
MOST = {"employment": 50, "education": 20, "experience": 50, "certificate": 50, "account": 20}
REMOVE = {
    "employment": "mutation ($id: ID!) { removeFreelancerEmploymentRecord(id: $id, userId: 1) }",
    "education": "mutation ($id: ID!) { removeFreelancerEducationRecord(id: $id) }",
    "experience": "mutation ($id: ID!) { removeFreelancerOtherExperience(id: $id) }",
    "certificate": "mutation ($id: ID!) { removeFreelancerCertificate(id: $id) }",
}
LISTS = {"experience": "experiences", "certificate": "certificates", "account": "accounts"}
EMPLOYMENT = "id companyName jobTitle role startDate endDate description city country user { id }"


def records(world: TalentWorld, kind: str) -> Any:
    return getattr(world.profile(), LISTS.get(kind, kind))


def test_employment_is_shown_as_it_was_added(world: TalentWorld) -> None:
    given = JOB | {"description": "Gulls.\nMany.", "endDate": "2021-04-30", "userId": OLIVIA}
    added = world.add("employment", selected=EMPLOYMENT, **given).data["addFreelancerEmploymentRecord"]
    expected = {name: value for name, value in given.items() if name != "userId"}
    assert added == expected | {"id": added["id"], "country": "Germany", "user": {"id": SOFIA}}
    seen = f"employmentRecords {{ {EMPLOYMENT} }}"
    assert world.seen(world.omar, seen) == {"employmentRecords": [added]}
    assert records(world, "employment")[0].country == "DE"
    timed = world.talent(world.omar, "employmentRecords { id personId startDateTime endDateTime country }")
    assert timed["employmentRecords"] == [
        {
            "id": added["id"],
            "personId": SOFIA,
            "startDateTime": "2019-03-01T00:00:00.000Z",
            "endDateTime": "2021-04-30T00:00:00.000Z",
            "country": "Germany",
        }
    ]


def test_employments_are_listed_latest_first(world: TalentWorld) -> None:
    for start in ("2018-01-31", "2020-05", "2019-12-01"):
        world.added("employment", **(JOB | {"startDate": start}))
    found = world.seen(world.sofia, "employmentRecords { startDate }")["employmentRecords"]
    assert [one["startDate"] for one in found] == ["2020-05", "2019-12-01", "2018-01-31"]


@pytest.mark.parametrize("kind", sorted(CHANGE))
def test_change_keeps_what_is_left_out(world: TalentWorld, kind: str) -> None:
    fields = LEAST[kind] | {"description": "As it was."}
    record_id = world.added(kind, **fields)
    before = records(world, kind)[0]
    role: dict[str, Any] = {"role": "Chief"} if kind == "employment" else {}
    assert world.change(kind, id=record_id, description="Changed.", **role).data
    after = records(world, kind)[0]
    assert after == before.model_copy(update={"description": "Changed.", **role, "updated": after.updated})


@pytest.mark.parametrize("kind", sorted(CHANGE))
def test_change_of_nothing_writes_nothing(world: TalentWorld, kind: str) -> None:
    record_id = world.added(kind, **LEAST[kind])
    version = world.profile().version
    role: dict[str, Any] = {"role": JOB["role"]} if kind == "employment" else {}
    assert world.change(kind, id=record_id, **role).data
    assert world.profile().version == version


@pytest.mark.parametrize("kind", sorted(REMOVE))
def test_removed_record_is_gone(world: TalentWorld, kind: str) -> None:
    record_id = world.added(kind, **LEAST[kind])
    assert list(world.sofia.call(REMOVE[kind], {"id": record_id}).data.values()) == [True]
    assert records(world, kind) == ()
    assert world.sofia.call(REMOVE[kind], {"id": record_id}).code == "NOT_FOUND"


@pytest.mark.parametrize("kind", sorted(CHANGE))
def test_foreign_record_is_not_found(world: TalentWorld, kind: str) -> None:
    record_id = world.added(kind, **LEAST[kind])
    role: dict[str, Any] = {"role": "Chief"} if kind == "employment" else {}
    assert world.change(kind, world.omar, id=record_id, description="Mine.", **role).code == "NOT_FOUND"
    assert world.omar.call(REMOVE[kind], {"id": record_id}).code == "NOT_FOUND"
    assert records(world, kind)[0].id == record_id


@pytest.mark.parametrize("kind", KINDS)
def test_repeated_key_returns_first_record(world: TalentWorld, kind: str) -> None:
    first = world.added(kind, **LEAST[kind], idempotencyKey="once")
    assert world.added(kind, **LEAST[kind], idempotencyKey="once") == first
    assert world.added(kind, **LEAST[kind], idempotencyKey="twice") != first
    changed = {name: f"{value}x" for name, value in LEAST[kind].items() if name in ("role", "name", "subject")}
    other = LEAST[kind] | (changed or {"institutionName": "Another"})
    assert world.add(kind, **other, idempotencyKey="once").code == "CONFLICT"
    assert len(records(world, kind)) == 2


def test_idempotency_keys_of_other_lists_are_others(world: TalentWorld) -> None:
    ids = {world.added(kind, **LEAST[kind], idempotencyKey="once") for kind in KINDS}
    assert len(ids) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_one_record_too_many_conflicts(world: TalentWorld, kind: str) -> None:
    world.added(kind, **LEAST[kind])
    profile, name = world.profile(), LISTS.get(kind, kind)
    full = tuple(getattr(profile, name)[0].model_copy(update={"id": str(at)}) for at in range(MOST[kind]))
    tx = world.table.transaction()
    tx.update(PROFILES, profile.model_copy(update={name: full}))
    tx.commit()
    refused = world.add(kind, **LEAST[kind])
    assert refused.code == "CONFLICT"
    assert f"at most {MOST[kind]}" in refused.error["message"]


def test_parallel_additions_keep_all(world: TalentWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(racing, "CALLERS", 20)
    answers = racing.together(monkeypatch, lambda: world.add("experience", **LEAST["experience"]).json)
    assert [answer for answer in answers if "errors" in answer] == []
    assert len({one.id for one in world.profile().experiences}) == 20


def test_two_edits_at_once_keep_both(world: TalentWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    racing.meanwhile(monkeypatch, lambda: world.added("education", **LEAST["education"]))
    world.added("employment", **JOB)
    assert (len(world.profile().employment), len(world.profile().education)) == (1, 1)


TODAY = CLOCK.market().date()


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("employment", "companyName", " "),
        ("employment", "companyName", "x" * 101),
        ("employment", "description", "x" * 5001),
        ("employment", "startDate", "2019"),
        ("employment", "startDate", "2019-02-30"),
        ("employment", "startDate", "2019-13"),
        ("employment", "startDate", str(TODAY.replace(year=TODAY.year + 1))),
        ("employment", "endDate", str(TODAY.replace(year=TODAY.year + 1))),
        ("employment", "endDate", "2019-02"),
        ("employment", "endDate", "1899-01"),
        ("employment", "country", "Atlantis"),
        ("employment", "city", "Ber\x00lin"),
        ("education", "institutionName", ""),
        ("education", "startDate", "tomorrow"),
        ("experience", "subject", ""),
        ("certificate", "url", "http://gulls.example/"),
        ("certificate", "providerLink", "https://localhost/"),
        ("certificate", "earnedDate", str(TODAY.replace(year=TODAY.year + 1))),
        ("certificate", "attachmentId", "1"),
        ("account", "userProfile", "https://user:word@gulls.example/"),
        ("account", "userProfile", " "),
        ("account", "expiryDateTime", "2020-01-01"),
        ("account", "expiryDateTime", "soon"),
        ("employment", "idempotencyKey", "x" * 201),
    ],
)
def test_hostile_value_is_refused_with_path(world: TalentWorld, kind: str, field: str, value: str) -> None:
    answer = world.add(kind, **(LEAST[kind] | {field: value}))
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in answer.error["extensions"]["fields"]] == [f"input.{field}"]


def test_expected_end_of_school_may_be_in_future(world: TalentWorld) -> None:
    year = str(TODAY.year + 2)
    world.added("education", institutionName="School", startDate="2024-09", endDate=f"{year}-07")
    seen = world.seen(world.omar, "educationRecords { endDate }")
    assert seen == {"educationRecords": [{"endDate": f"{year}-07"}]}


def test_change_cannot_end_before_stored_start(world: TalentWorld) -> None:
    record_id = world.added("employment", **JOB)
    answer = world.change("employment", id=record_id, role="Lead", endDate="2018-12")
    assert answer.error["extensions"]["fields"][0]["path"] == "input.endDate"


def test_null_clears_optional_and_is_refused_for_required(world: TalentWorld) -> None:
    record_id = world.added("employment", **JOB, description="Gulls.", endDate="2020-01")
    assert world.change("employment", id=record_id, role="Lead", description=None, endDate=None).data
    assert (records(world, "employment")[0].description, records(world, "employment")[0].end_date) == (None, None)
    for field in ("companyName", "startDate", "city", "country"):
        nothing: dict[str, Any] = {field: None}
        answer = world.change("employment", id=record_id, role="Lead", **nothing)
        assert answer.error["extensions"]["fields"][0]["path"] == f"input.{field}"


def test_too_large_profile_names_field(world: TalentWorld) -> None:
    for _ in range(19):
        world.added("experience", subject="Sailing", description="x" * 5000)
    refused = world.add("experience", subject="Sailing", description="x" * 5000)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert refused.error["extensions"]["fields"][0]["path"] == "input.description"
    assert "100000" in refused.error["message"]


def test_experiences_are_sorted_and_paged(world: TalentWorld) -> None:
    for subject in ("b", "C", "a"):
        world.added("experience", subject=subject, description="text")
    page = 'query ($key: String!, $after: String) { freelancerProfileByProfileKey(profileKey: $key) { otherExperiences(SortAttribute: {field: "subject", sortOrder: DESC}, pagination: {first: 2, after: $after}) { totalCount edges { node { subject user { id } } } pageInfo { endCursor hasNextPage } } } }'  # noqa: E501
    first = world.omar.call(page, {"key": SOFIA}).data["freelancerProfileByProfileKey"]["otherExperiences"]
    assert [edge["node"]["subject"] for edge in first["edges"]] == ["C", "b"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    after = {"key": SOFIA, "after": first["pageInfo"]["endCursor"]}
    second = world.omar.call(page, after).data["freelancerProfileByProfileKey"]["otherExperiences"]
    assert [edge["node"]["subject"] for edge in second["edges"]] == ["a"]
    unknown = page.replace('"subject"', '"secret"')
    assert world.omar.call(unknown, {"key": SOFIA}).code == "UNPROCESSABLE_CONTENT"


def test_changed_certificate_is_not_verified_any_more(world: TalentWorld) -> None:
    id_ = world.added("certificate", **LEAST["certificate"])
    review = "reviewFreelancerCertificate(userId: %s, certificateId: $id, approve: true) { verified }"
    review = f"mutation ($id: ID!) {{ {review} }}"
    assert world.ada.call(review % SOFIA, {"id": id_}).data == {"reviewFreelancerCertificate": {"verified": True}}
    assert world.change("certificate", selected="verified", id=id_, notes="Proud of it").data == {
        "updateFreelancerCertificate": {"verified": True}
    }
    assert world.change("certificate", selected="verified", id=id_, name="Another").data == {
        "updateFreelancerCertificate": {"verified": False}
    }


def test_certificate_has_two_views(world: TalentWorld) -> None:
    world.added(
        "certificate",
        name="Certified Gull",
        provider="Gull Society",
        url="https://gulls.example/c/1",
        earnedDate="2020-01-01",
        expirationDate="2021-01-01",
        certificationNumber="G-1",
        businessName="Sofia's",
    )
    seen = world.seen(world.omar, "certificates { name provider url earnedDate externalId verified active }")
    assert seen["certificates"] == [
        {
            "name": "Certified Gull",
            "provider": "Gull Society",
            "url": "https://gulls.example/c/1",
            "earnedDate": "2020-01-01",
            "externalId": "G-1",
            "verified": False,
            "active": True,
        }
    ]
    part = "personId certificationNumber businessName visibility certificate { name provider status duration }"
    assert world.talent(world.omar, f"communityCertificates {{ {part} }}")["communityCertificates"] == [
        {
            "personId": SOFIA,
            "certificationNumber": "G-1",
            "businessName": "Sofia's",
            "visibility": "PUBLIC",
            "certificate": {"name": "Certified Gull", "provider": "Gull Society", "status": "EXPIRED", "duration": 366},
        }
    ]


def test_revoked_account_is_hidden_from_others(world: TalentWorld) -> None:
    id_ = world.added("account", **LEAST["account"])
    part = "linkedExternalAccountsList { edges { node { name userProfile revokedDateTime } } }"
    assert len(world.seen(world.omar, part)["linkedExternalAccountsList"]["edges"]) == 1
    unlink = "mutation ($id: ID!) { unlinkExternalAccount(id: $id) { revokedDateTime } }"
    revoked = world.sofia.call(unlink, {"id": id_}).data["unlinkExternalAccount"]["revokedDateTime"]
    assert revoked
    assert world.sofia.call(unlink, {"id": id_}).data["unlinkExternalAccount"]["revokedDateTime"] == revoked
    assert world.seen(world.omar, part)["linkedExternalAccountsList"]["edges"] == []
    assert len(world.seen(world.sofia, part)["linkedExternalAccountsList"]["edges"]) == 1
    assert world.omar.call(unlink, {"id": id_}).code == "NOT_FOUND"


@pytest.mark.parametrize("kind", ["employment", "experience"])
def test_foreign_user_id_changes_own_record(world: TalentWorld, kind: str) -> None:
    record_id = world.added(kind, **LEAST[kind], userId=OLIVIA)
    role: dict[str, Any] = {"role": "Chief"} if kind == "employment" else {}
    assert world.change(kind, id=record_id, userId=OLIVIA, description="Mine.", **role).data
    assert records(world, kind)[0].description == "Mine."
    assert world.table.get(PROFILES, OLIVIA, consistent=True) is None


def reviews(world: TalentWorld) -> list[tuple[str, str | None, str]]:
    """Return the state, the decider and the requester of all reviews of certificates, oldest first."""
    items = world.table.client.scan(TableName=world.table.name)["Items"]
    found = [REVIEWS.decode(one) for one in items if one["PK"]["S"].startswith("REVIEW#FREELANCER_CERTIFICATE#")]
    ordered = sorted(found, key=lambda one: (one.subject_id, one.opened))
    return [(one.state.value, one.decided_by_id, str(one.requested_by_id)) for one in ordered]


def test_certificate_with_evidence_waits_for_an_operator(world: TalentWorld) -> None:
    world.added("certificate", name="Without")
    assert reviews(world) == []
    certificate = world.added("certificate", name="Certified Gull", url="https://gulls.example/1")
    assert reviews(world) == [("OPEN", None, SOFIA)]
    world.change("certificate", id=certificate, description="For gulls.")
    world.update(title="Painter")
    assert reviews(world) == [("OPEN", None, SOFIA)]
    events = world.events()
    assert review_certificate(world, certificate, approve=True).data
    assert reviews(world) == [("APPROVED", ADA, SOFIA)]
    assert world.events() == [*events, "UPDATE"]
    CLOCK.at(CLOCK.market() + timedelta(days=1))
    world.change("certificate", id=certificate, name="Certified Eagle")  # ends the verification
    assert [state for state, *_ in reviews(world)] == ["APPROVED", "OPEN"]
    world.change("certificate", id=certificate, url=None)
    assert [state for state, *_ in reviews(world)] == ["APPROVED", "WITHDRAWN"]
    CLOCK.at(CLOCK.market() + timedelta(days=1))
    world.change("certificate", id=certificate, url="https://gulls.example/2")
    world.sofia.call(REMOVE["certificate"], {"id": certificate})
    assert [state for state, *_ in reviews(world)] == ["APPROVED", "WITHDRAWN", "WITHDRAWN"]


def test_certificate_without_a_review_can_be_decided(world: TalentWorld) -> None:
    certificate = world.added("certificate", name="Without")
    assert review_certificate(world, certificate, approve=False).data
    assert (records(world, "certificate")[0].status, reviews(world)) == ("REJECTED", [])


def review_certificate(world: TalentWorld, certificate_id: str, *, approve: bool) -> Any:
    query = """mutation ($user: ID!, $id: ID!, $approve: Boolean!) {
      reviewFreelancerCertificate(userId: $user, certificateId: $id, approve: $approve) { verified } }"""
    return world.ada.call(query, {"user": SOFIA, "id": certificate_id, "approve": approve})
