"""Searching for freelancers on the deployed stack: a change of a profile is found within seconds."""

import time
from typing import Any

from tests.support.running import Run

SEARCH = """query ($filter: FreelancerProfileSearchFilter!) {
  freelancerProfileSearchRecords(searchFilter: $filter, pagination: { first: 10 }) { totalCount edges { node {
    ... on FreelancerProfilesSearchRecord { id title contracts { title } freelancerProfile { fullName } } } } } }"""
UPDATE = """mutation ($title: String!) { updateFreelancerProfile(input: { title: $title }) {
  personalData { title } } }"""
TITLE = "Photographer and writer for shops"
WITHIN_SECONDS = 30


def found(souk: Run, token: str, keyword: str) -> list[Any]:
    answer = souk.post(SEARCH, token, filter={"userType": "Freelancer", "keyword": keyword})
    assert "errors" not in answer, answer
    return [edge["node"]["title"] for edge in answer["data"]["freelancerProfileSearchRecords"]["edges"]]


def test_changed_profile_is_found(souk: Run) -> None:
    sofia, omar = souk.token("sofia@studio.test"), souk.token("omar@rival.test")
    assert found(souk, omar, "photographer shops") == [TITLE]
    changed = "Xylographer of lighthouses"
    try:
        assert "errors" not in souk.post(UPDATE, sofia, title=changed)
        deadline = time.monotonic() + WITHIN_SECONDS
        while found(souk, omar, "xylographer") != [changed]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        souk.post(UPDATE, sofia, title=TITLE)
