"""The rules for API keys and the profiles of their creators."""

from typing import Any

import pytest

from souk.authentication.records import ApiKey, GrantType
from souk.domains.identity.model import Location, OrganizationType
from souk.domains.identity.rules import api_key_profile
from souk.domains.identity.rules.api_key_requirements import MAX_DESCRIPTION, MAX_NAME, MAX_REDIRECT_URIS, check
from souk.values.errors import Unprocessable
from tests.domains.identity.people import OMAR, RIVAL, organization, user

CODE, REFRESH, IMPLICIT = GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.IMPLICIT
CREDENTIALS = GrantType.CLIENT_CREDENTIALS
SERVICE = {"grants": (CREDENTIALS,), "redirect_uris": (), "service_account_id": "7"}


def key(**changes: Any) -> ApiKey:
    """Return a valid key with changes."""
    sound = {
        "id": "k",
        "name": "Anvil importer",
        "description": "Posts our openings.",
        "organization_id": "1",
        "created_by": "1",
        "scopes": ("Common Entities - Read-Only Access",),
        "grants": (CODE, REFRESH),
        "redirect_uris": ("https://a.test/cb",),
    }
    return ApiKey(**(sound | changes))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * (MAX_NAME + 1)}, "name"),
        ({"name": "Bank\u202emoc.kcatta"}, "name"),
        ({"name": "Two\nlines"}, "name"),
        ({"name": "nul\0"}, "name"),
        ({"description": ""}, "description"),
        ({"description": "\t"}, "description"),
        ({"description": "x" * (MAX_DESCRIPTION + 1)}, "description"),
        ({"description": "bell\a"}, "description"),
        ({"grants": (), "redirect_uris": ()}, "grants"),
        ({"grants": ()}, "grants"),
        ({"grants": (CODE, CODE)}, "grants"),
        ({"grants": (REFRESH,), "redirect_uris": ()}, "grants"),
        ({"grants": (IMPLICIT, REFRESH)}, "grants"),
        ({"grants": (CREDENTIALS,), "redirect_uris": ()}, "grants"),
        ({"grants": (CODE, CREDENTIALS)}, "grants"),
        ({"service_account_id": "7"}, "grants"),
        ({**SERVICE, "grants": (CODE, CREDENTIALS), "redirect_uris": ("https://a.test/cb",)}, "grants"),
        ({**SERVICE, "redirect_uris": ("https://a.test/cb",)}, "redirectUris"),
        ({"redirect_uris": ()}, "redirectUris"),
        ({"grants": (IMPLICIT,), "redirect_uris": ()}, "redirectUris"),
        ({"redirect_uris": ("https://a.test/cb", "javascript:alert(1)")}, "redirectUris.1"),
        ({"redirect_uris": ("https://a.test/cb", "https://b.test/cb", "https://b.test/cb")}, "redirectUris.1"),
        ({"redirect_uris": tuple(f"https://a.test/{n}" for n in range(MAX_REDIRECT_URIS + 1))}, "redirectUris"),
        ({"rotation_months": 0}, "rotationMonths"),
        ({"rotation_months": -1}, "rotationMonths"),
        ({"rotation_months": 25}, "rotationMonths"),
    ],
)
def test_key_errors_name_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unprocessable, match=rf"^input\.{path}: ") as refused:
        check(key(**changes))
    assert [one["path"] for one in refused.value.details["fields"]] == [f"input.{path}"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        SERVICE,
        {"grants": (CODE,)},
        {"grants": (IMPLICIT,)},
        {"grants": (CODE, IMPLICIT, REFRESH)},
        {"rotation_months": 1},
        {"rotation_months": 24},
        {"name": "x" * MAX_NAME, "description": "x" * MAX_DESCRIPTION},
        {"name": "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 👩\u200d💻"},
        {"description": "Lines\n\tand <b>marks</b>"},
        {"redirect_uris": tuple(f"https://a.test/{n}" for n in range(MAX_REDIRECT_URIS))},
    ],
)
def test_valid_key_is_accepted(changes: dict[str, Any]) -> None:
    check(key(**changes))


# The creator's profile

WHOLE = Location(country="DE", city="Berlin", zip="10115", address="Torstr. 1")
BUSINESS = organization(RIVAL, "Rival", company_name="Rival GmbH")


def without(*parts: str) -> Location:
    return WHOLE.model_copy(update=dict.fromkeys(parts))


def missing(company: dict[str, Any] | None = None, **changes: Any) -> list[str]:
    """Return the missing fields of a complete profile with changes."""
    whole = {"location": WHOLE}
    maker = user(OMAR, "Omar", "Okafor", RIVAL).model_copy(update=whole | changes)
    try:
        api_key_profile.check(maker, BUSINESS.model_copy(update=company or {}))
    except Unprocessable as refused:
        found: list[str] = refused.details["missing"]
        return found
    return []


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"last_name": ""}, ["lastName"]),
        ({"last_name": "-"}, ["lastName"]),
        ({"first_name": "X Æ A-12"}, ["firstName"]),
        ({"first_name": "@omar", "last_name": "..."}, ["firstName", "lastName"]),
        ({"first_name": "rival", "last_name": "GMBH"}, ["firstName", "lastName"]),
        ({"location": Location()}, [f"location.{part}" for part in ("address", "city", "zip", "country")]),
        ({"location": without("zip")}, ["location.zip"]),
        ({"location": WHOLE.model_copy(update={"address": " "})}, ["location.address"]),
        ({"location": without("city", "country")}, ["location.city", "location.country"]),
        ({"location": WHOLE.model_copy(update={"country": "Atlantis"})}, ["location.country"]),
        ({"last_name": "7", "location": without("city")}, ["lastName", "location.city"]),
        ({}, []),
        ({"first_name": "Rival"}, []),
        ({"first_name": "Mary-Jane", "last_name": "O\u2019Neill Jr."}, []),
        ({"first_name": "José", "last_name": "Ñandú"}, []),
        ({"first_name": "नरेन्द्र", "last_name": "李"}, []),
    ],
)
def test_incomplete_profile_names_missing_fields(changes: dict[str, Any], lacking: list[str]) -> None:
    assert missing(**changes) == lacking


def test_one_complete_address_suffices() -> None:
    assert missing({"location": WHOLE}, location=Location()) == []
    assert missing({"location": without("city")}, location=WHOLE) == []
    assert missing({"location": without("city")}, location=without("zip")) == ["location.zip"]


def test_freelancer_may_have_name_of_organization() -> None:
    named = {"name": "Omar Okafor"}
    assert missing(named) == ["firstName", "lastName"]
    assert missing(named | {"type": OrganizationType.SOLE_PROPRIETOR}) == []
