"""Managers of a key see its latest requests, from the log's own lines."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from souk.domains.machinery.providers import request_log
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, WEB, settle
from tests.domains.machinery.log import Log, install
from tests.support.api import KEY_ID, Person, Souk, person

LIST = """query Requests($filter: ApiKeyRequestFilter!) { apiKeyRequests(filter: $filter, pagination: { first: 100 }) {
  totalCount edges { node { id receivedDateTime user { name } organization { name } operation rootFields statusCode
  errorCodes durationMs } } } }"""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Return the log, to which the API writes."""
    return install(monkeypatch)


@pytest.fixture
def olivia(souk: Souk) -> Person:
    settle(souk.table)
    return person(souk, OLIVIA, ACME)


def requests_of(caller: Person, **criteria: object) -> list[dict[str, Any]]:
    answer = caller.call(LIST, {"filter": {"apiKeyId_eq": KEY_ID, **criteria}})
    return [edge["node"] for edge in answer.data["apiKeyRequests"]["edges"]]


def test_requests_are_listed_newest_first_without_arguments(olivia: Person, log: Log) -> None:
    olivia.call('query Mine { user { id } secret: vendorProposal(id: "77") { id } }')
    olivia.call("{ organization { id } nonsense }")
    newest, oldest = requests_of(olivia)
    assert (oldest["operation"], oldest["rootFields"]) == ("Mine", ["user", "vendorProposal"])
    assert (oldest["user"]["name"], oldest["organization"]["name"]) == ("Olivia O.", "Acme")
    assert (newest["operation"], newest["errorCodes"]) == (None, ["GRAPHQL_VALIDATION_FAILED"])
    assert oldest["receivedDateTime"] < newest["receivedDateTime"]
    assert "77" not in json.dumps([line for _, line in log.lines])


def test_filters_apply_together(olivia: Person, log: Log) -> None:
    olivia.call("query Mine { user { id } }")
    olivia.call("{ nonsense }")
    assert [one["operation"] for one in requests_of(olivia, failed_eq=False, operation_eq="user")] == ["Mine"]
    assert len(requests_of(olivia, failed_eq=True)) == 1
    assert requests_of(olivia, requestId_eq="another") == []
    assert log.calls


def test_old_requests_are_not_listed(olivia: Person, log: Log) -> None:
    olivia.call("query Mine { user { id } }")
    day = timedelta(hours=25) // timedelta(milliseconds=1)
    log.lines = [(at - day, line) for at, line in log.lines]
    assert requests_of(olivia) == []
    assert log.calls <= request_log.MAX_CALLS


def test_others_do_not_see_them(olivia: Person, log: Log) -> None:  # noqa: ARG001 - nothing else is logged
    wanted = {"filter": {"apiKeyId_eq": KEY_ID}}
    assert person(olivia.souk, LIAM, WEB).call(LIST, wanted).code == "FORBIDDEN"
    assert person(olivia.souk, OMAR, RIVAL).call(LIST, {"filter": {"apiKeyId_eq": "1"}}).code == "NOT_FOUND"


def test_log_that_cannot_be_read_is_said(olivia: Person, monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    def fail(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "FilterLogEvents")

    monkeypatch.setattr(log, "filter_log_events", fail)
    answer = olivia.call(LIST, {"filter": {"apiKeyId_eq": KEY_ID}})
    assert (answer.code, "Requests are not affected" in answer.error["message"]) == ("SERVICE_UNAVAILABLE", True)
