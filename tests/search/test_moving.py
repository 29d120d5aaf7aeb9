"""Moving a deployment from one engine to another: the first is searched, and both are written."""

from collections.abc import Callable, Collection, Iterator

import pytest

from souk.search import AnyOf, RebuildableIndex
from souk.search.engines import Bucket, Cluster, Engine, Engines, open_engines
from souk.search.indexer import Differences, Indexer, verify
from souk.search.opensearch import Client
from souk.search.schema import IndexSchema
from souk.search.together import Together
from souk.values.errors import Conflict, Unavailable
from tests.search.conftest import named_anew
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import BUCKET
from tests.search.things import ThingsProjection, record
from tests.support.clock import CLOCK


class NoQueue:
    """A fan-out that gets nothing."""

    def send(self, pieces: object) -> None:
        raise AssertionError(pieces)


@pytest.fixture
def things(cluster: Client) -> ThingsProjection:
    assert cluster
    return ThingsProjection({str(id_): f"thing {id_}" for id_ in range(1, 13)}, schema=named_anew(SCHEMA))


@pytest.fixture
def choose(s3: object, cluster: Client) -> Callable[..., Engines]:
    """Return what opens the engines that an operator chooses."""
    bucket = Bucket(s3, BUCKET)  # type: ignore[arg-type] # the client of S3
    return lambda *names: open_engines(names, lambda: bucket, lambda: Cluster(cluster))


def deploy(engines: Engines, things: ThingsProjection) -> Indexer:
    return Indexer([(things, engines.writer(things.schema, CLOCK))], NoQueue())


def rebuild(indexer: Indexer, ids: Collection[str], between: Callable[[], object] = lambda: None) -> None:
    step = {"generation": indexer.handle({"rebuild": "begin"})["generation"]}
    indexer.handle({**step, "rebuild": "add", "ids": list(ids)})
    between()
    assert indexer.handle({**step, "rebuild": "finish"})["finished"]
    assert indexer.handle({**step, "rebuild": "finish"})["finished"], "its answer can be lost"


def test_no_search_misses_anything_while_a_deployment_moves(
    things: ThingsProjection, choose: Callable[..., Engines]
) -> None:
    serial: Iterator[int] = iter(range(100, 200))

    def change(indexer: Indexer, engines: Engines) -> None:
        """Add a thing, remove one and change one, and compare what is searched with the table."""
        new, gone, other = str(next(serial)), *list(things.table)[:2]
        things.table |= {new: "new", other: f"changed {new}"}
        del things.table[gone]
        indexer.handle({"Records": [record(f"THING#{id_}") for id_ in (new, gone, other)]})
        assert not verify(things, engines.reader(things.schema), things.table)

    files, cluster = (choose(name).by_name[name] for name in ("tantivy", "opensearch"))
    before = choose("tantivy")
    indexer = deploy(before, things)
    rebuild(indexer, things.table)
    change(indexer, before)

    filling = choose("tantivy", "opensearch")
    indexer = deploy(filling, things)
    change(indexer, filling)
    assert verify(things, cluster.reader(things.schema), things.table).missing, "it has only what has changed"
    rebuild(indexer, things.table, lambda: change(indexer, filling))
    for engine in (files, cluster):
        assert not verify(things, engine.reader(things.schema), things.table)

    moved = choose("opensearch", "tantivy")
    indexer = deploy(moved, things)
    change(indexer, moved)
    assert not verify(things, files.reader(things.schema), things.table), "the way back stays open"

    after = choose("opensearch")
    change(deploy(after, things), after)
    assert after.state(things.schema).documents == len(things.table)


class Failing(RebuildableIndex):
    """An index of a cluster that is away."""

    def __init__(self, schema: IndexSchema) -> None:
        self.schema = schema

    def _fail(self, *_: object, **_k: object) -> None:
        raise Unavailable("away")

    search = fingerprints = apply = update = update_matching = begin_rebuild = _fail  # type: ignore[assignment]
    add_to_rebuild = finish_rebuild = abandon_rebuild = _fail  # type: ignore[assignment]


def test_absent_engine_fails_the_change_and_leaves_no_rebuild(
    things: ThingsProjection, choose: Callable[..., Engines]
) -> None:
    engine: Engine = choose("opensearch").by_name["opensearch"]
    index = Together([engine.writer(things.schema, CLOCK), Failing(things.schema)])
    with pytest.raises(Unavailable):
        index.update(["1"], things.documents)  # the stream sends it again
    with pytest.raises(Unavailable):
        index.begin_rebuild()
    assert not engine.state(things.schema).rebuilding
    alone = engine.writer(things.schema, CLOCK).begin_rebuild()
    with pytest.raises(Conflict, match="engines have been changed"):
        index.add_to_rebuild(alone, ["1"], things.documents)


def test_pieces_continue_where_the_slowest_engine_is(things: ThingsProjection, choose: Callable[..., Engines]) -> None:
    engines = choose("opensearch", "tantivy")
    ids = [str(id_) for id_ in range(1, 13)]
    things.tags = dict.fromkeys(ids, "acme")
    first, second = (engine.writer(things.schema, CLOCK) for engine in engines.by_name.values())
    first.update(ids, things.documents)
    second.update(ids[6:], things.documents)  # it has not been filled
    things.table = dict.fromkeys(ids, "renamed")
    index, after = engines.writer(things.schema, CLOCK), None
    ends: list[str | None] = []
    while None not in ends:
        after = index.update_matching(AnyOf("tag", ("acme",)), things.documents, after=after, limit=4)
        ends.append(after)
    assert ends == ["4", "8", None]
    assert not verify(things, first, ids)
    assert verify(things, second, ids) == Differences(missing=tuple(ids[:6]), extra=(), stale=())
