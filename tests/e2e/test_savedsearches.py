"""Saved searches on the deployed stack: a new posting is matched, and its owner is told by webhook."""

from souk.domains.savedsearches.store import MAX_MATCHES
from tests.e2e.test_jobs import data, wait_until
from tests.e2e.test_webhooks import publish, subscribe
from tests.support.receiver import receiving
from tests.support.running import Run
from tests.support.worlds.savedsearches import CREATE_SEARCH, MATCHES, SEARCHES


def test_new_posting_is_matched_and_told(souk: Run) -> None:
    freelancer, client = souk.token("noah@studio.test"), souk.token("olivia@acme.test")
    search = {"name": "Zeppelins", "filter": {"searchExpression_eq": "zeppelin*"}}
    id_ = data(souk.post(CREATE_SEARCH, freelancer, input=search))["createSavedJobSearch"]["id"]
    with receiving() as receiver:
        subscribe(souk, freelancer, f"{receiver.url}/matches", SAVED_SEARCH=[])
        publish(souk, client, "Paint the submarine")
        posting = publish(souk, client, "Mend the zeppelin")
        wait_until(lambda: receiver.at("/matches") == [{"entity": "SAVED_SEARCH", "action": "MATCH", "id": id_}])
    found = data(souk.post(MATCHES, freelancer, id=id_))["savedJobSearchMatches"]
    assert [edge["node"]["posting"]["id"] for edge in found["edges"]] == [posting]


def test_demo_searches_have_matches(souk: Run) -> None:
    found = data(souk.post(SEARCHES, souk.token("sofia@studio.test")))["savedJobSearches"]
    assert [0 < edge["node"]["matchCount"] < MAX_MATCHES for edge in found["edges"]] == [True]
