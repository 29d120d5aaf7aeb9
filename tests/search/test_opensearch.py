"""The adapter for OpenSearch, beyond the contract of all adapters: errors, sizes, and what a cluster keeps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import urllib3
from botocore.credentials import Credentials

from infra.layer import ROOT
from souk.runtime.aws import sign_with
from souk.search import And, Document, Exists, IndexSchema, Not, Or, Range, Search, Sort, Text, Words
from souk.search.engines import Cluster
from souk.search.opensearch import Client, OpenSearchReader
from souk.search.opensearch.client import Missing
from souk.search.schema import Keyword
from souk.values.errors import SoukError, Unavailable
from tests.search.conftest import named_anew
from tests.search.opensearch.server import PROGRAMS, find_opensearch
from tests.search.samples import SCHEMA, TEXT_FIELDS
from tests.search.things import ThingsProjection
from tests.support.clock import CLOCK

OLDER = replace(SCHEMA, fields=(Text("title"), Keyword("tag"), Keyword("budget")), default=("title",), searchable={})


@pytest.fixture
def own(cluster: Client) -> IndexSchema:
    """Return a schema with a name that no other test has. It has the cluster's index when something is written."""
    assert cluster
    return named_anew(SCHEMA)


def documents(*ids: int, text: str = "python") -> dict[str, Document | None]:
    return {str(id_): Document(str(id_), {"title": text, "tag": "a"}) for id_ in ids}


def test_unreachable_cluster_is_unavailable() -> None:
    nobody = Cluster(Client("http://127.0.0.1:9"))  # the port of `discard`, which nobody serves
    for action in (
        lambda: nobody.reader(SCHEMA).search(Search()),
        lambda: nobody.writer(SCHEMA, CLOCK).apply(documents(1)),
        lambda: nobody.state(SCHEMA),
    ):
        with pytest.raises(Unavailable, match="not available just now"):
            action()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, b'{"Message":"User: arn:... is not authorized to perform: es:ESHttpPost"}', Unavailable),
        (429, b'{"error":{"type":"rejected_execution_exception"},"status":429}', Unavailable),
        (503, b"<html>Service Unavailable</html>", Unavailable),
        (400, b'{"error":{"type":"parsing_exception","reason":"canary"},"status":400}', SoukError),
        (404, b'{"error":{"type":"index_not_found_exception"},"status":404}', Missing),
    ],
)
def test_refusals_are_errors_without_contents(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    status: int,
    body: bytes,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(
        urllib3.PoolManager, "request", lambda *_, **_k: urllib3.HTTPResponse(body, status=status, preload_content=True)
    )
    with pytest.raises(error) as raised:
        Client("http://cluster.test").call("POST", "/things/_search", {"query": {}})
    assert type(raised.value) is error
    assert "canary" not in f"{raised.value}{capsys.readouterr()}", "a reason can contain text of a document"


def test_requests_in_aws_are_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, Mapping[str, str]]] = []

    def request(_pool: object, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]) -> Any:
        assert body
        sent.append((method, url, headers))
        return urllib3.HTTPResponse(b"{}", status=200, preload_content=True)

    monkeypatch.setattr(urllib3.PoolManager, "request", request)
    sign = sign_with(Credentials("AKIDEXAMPLE", "canary-secret", "the-token"), "es", "eu-west-1")
    Client("https://cluster.test", sign).call("POST", "/things/_search", {"query": {}}, filter_path="hits.*,took")
    ((method, url, headers),) = sent
    assert (method, url) == ("POST", "https://cluster.test/things/_search?filter_path=hits.%2A%2Ctook")
    assert headers["X-Amz-Security-Token"] == "the-token"
    assert "/eu-west-1/es/aws4_request" in headers["Authorization"]
    assert "content-type;host;x-amz-date;x-amz-security-token" in headers["Authorization"]
    assert "canary" not in str(headers)


def test_cluster_gives_no_document_back(cluster: Client, own: IndexSchema) -> None:
    """So a role that may search an index in another way than the adapter does reads no text, by its id or as terms."""
    Cluster(cluster).writer(own, CLOCK).apply(documents(1, text="private"))
    assert "_source" not in cluster.call("GET", f"/{own.name}/_doc/1")
    (hit,) = cluster.call("POST", f"/{own.name}/_search", {"query": {"term": {"title": "private"}}})["hits"]["hits"]
    assert "_source" not in hit


def test_bulk_request_cannot_name_another_index(cluster: Client, own: IndexSchema) -> None:
    """The permission of a role is for the index in the path."""
    Cluster(cluster).writer(own, CLOCK).apply(documents(1))
    with pytest.raises(SoukError, match="refused"):
        cluster.bulk(f"/{own.name}/_bulk", [b'{"delete":{"_index":"another","_id":"1"}}\n'])


def test_changes_larger_than_a_request_are_divided(
    cluster: Client, own: IndexSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("souk.search.opensearch.target._MAX_BODY", 1_000)
    bulk, requests = cluster.bulk, list[int]()

    def count(path: str, lines: list[bytes], **options: str) -> Any:
        requests.append(sum(map(len, lines)))
        return bulk(path, lines, **options)

    monkeypatch.setattr(cluster, "bulk", count)
    index = Cluster(cluster).writer(own, CLOCK)
    index.apply(documents(*range(20)))
    assert index.search(Search(limit=0)).total == 20
    assert len(requests) > 2
    assert max(requests) <= 1_000


def test_largest_query_is_answered(cluster: Client, own: IndexSchema) -> None:
    index = Cluster(cluster).writer(own, CLOCK)
    index.apply(documents(1))
    many = Words(TEXT_FIELDS, "python " + "x " * 490, "any")
    deep: Any = many
    for _ in range(20):
        deep = Not(Or((Not(And((deep, many) if deep is many else (deep,))),)))
    assert index.search(Search(deep)).ids == ["1"]


def test_documents_that_change_all_the_time_are_a_conflict(cluster: Client, own: IndexSchema) -> None:
    texts = iter(range(1_000))

    def read(_: object) -> dict[str, Document | None]:
        return documents(1, text=f"version {next(texts)}")

    with pytest.raises(SoukError, match="changing all the time"):
        Cluster(cluster).writer(own, CLOCK).update(["1"], read)


def test_new_version_uses_older_fields_until_a_rebuild(cluster: Client, own: IndexSchema) -> None:
    engine, now = Cluster(cluster), [0.0]
    older = replace(OLDER, name=own.name)
    engine.writer(older, CLOCK).apply({"1": Document("1", {"title": "python", "tag": "a", "budget": "low"})})
    reader, writer = OpenSearchReader(own, cluster, lambda: now[0]), engine.writer(own, CLOCK)
    things = ThingsProjection({"1": "python", "2": "python"}, schema=own)
    assert not engine.state(own).is_made_with(own)
    writer.apply({"2": Document("2", {"title": "python", "body": "new", "rating": 4.5, "budget": 7})})
    assert reader.search(Search(Words(TEXT_FIELDS, "python"))).ids == ["2", "1"]
    for refused in (Search(Range("rating", lower=4.0)), Search(Exists("budget")), Search(order=(Sort("rating"),))):
        with pytest.raises(Unavailable, match="does not have yet"):
            reader.search(refused)

    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, ["1", "2"], things.documents)
    assert reader.search(Search()).total == 2
    assert writer.finish_rebuild(generation, things.documents)
    now[0] += 11  # a reader looks at the fields every ten seconds
    assert reader.search(Search(Not(Exists("rating")), (Sort("rating"),))).ids == ["2", "1"]
    assert engine.state(own).is_made_with(own)
    assert engine.state(own).documents == 2
    with pytest.raises(Unavailable, match="does not have yet"):
        engine.reader(replace(older, fields=(*older.fields, Keyword("gone")))).search(Search(Exists("gone")))


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("false", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_only_ci_needs_java_and_maven(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="java and javac and mvn missing"):
        find_opensearch(tmp_path_factory, "master")
    assert f"for name in {' '.join(PROGRAMS)}; do" in (ROOT / ".ci" / "opensearch").read_text()
