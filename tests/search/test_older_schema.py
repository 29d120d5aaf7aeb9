"""An index that another version of Souk made, with other fields."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from souk.search import (
    AnyOf,
    Document,
    Exists,
    IndexSchema,
    Integer,
    Keyword,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Search,
    Sort,
    Text,
    Words,
)
from souk.search.indexer import verify
from souk.search.lucene import parse
from souk.search.snapshot import SnapshotReader, SnapshotWriter, read_pointer
from souk.search.tantivy_index import TantivyIndex
from souk.values.errors import Unavailable
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import BUCKET, PREFIX, Calls, stored
from tests.search.things import ThingsProjection
from tests.support.clock import CLOCK

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OLDER = IndexSchema("things", (Text("title"), Keyword("tag"), Keyword("budget"), Integer("gone")), ("title",))
"""Without body, rating and place. Its budget is of another kind, and it has a field that was removed."""
DOCUMENTS = {
    str(id_): Document(str(id_), {"title": f"python {id_}", "tag": ("a",), "gone": id_, "budget": "low"})
    for id_ in range(1, 6)
}


@pytest.fixture(params=["generations", "one folder for each schema"])
def older(request: pytest.FixtureRequest, s3: "S3Client", tmp_path: Path) -> None:
    """Publish the index of the older version, with and without rebuilds that make generations."""
    if request.param == "generations":
        SnapshotWriter(OLDER, s3, BUCKET, CLOCK).rebuild(DOCUMENTS.values())
        return
    TantivyIndex(OLDER, tmp_path).apply(DOCUMENTS)
    meta = (tmp_path / "meta.json").read_text()
    segments = [one["segment_id"].replace("-", "") for one in orjson.loads(meta)["segments"]]
    files = [path.name for path in tmp_path.iterdir() if path.name.partition(".")[0] in segments]
    for name in files:
        s3.put_object(
            Bucket=BUCKET, Key=f"{PREFIX}{OLDER.fingerprint}/files/{name}", Body=(tmp_path / name).read_bytes()
        )
    before: dict[str, Any] = {"meta": meta, "files": files, "changed_at": 1.0, "generation": 7, "discarded": {}}
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}{OLDER.fingerprint}/current", Body=orjson.dumps(before))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TantivyIndex:
    """Return the older version's index, opened by this one."""
    directory = tmp_path_factory.mktemp("older")
    TantivyIndex(OLDER, directory).apply(DOCUMENTS)
    return TantivyIndex(SCHEMA, directory)


@pytest.fixture
def reader(s3: "S3Client", older: None) -> SnapshotReader:  # noqa: ARG001 - publishes the index
    return SnapshotReader(SCHEMA, s3, BUCKET, poll_seconds=0, patience=None)


@pytest.mark.parametrize(
    "where",
    [
        Words(("title", "body"), "python"),
        Phrase(("body", "title"), "python"),
        Prefix(("title", "body"), "pyt"),
        parse("python", SCHEMA),
        parse("title:python", SCHEMA),
        AnyOf("tag", ("a",)),
        Exists("tag"),
        Not(AnyOf("tag", ("b",))),
    ],
)
def test_common_fields_are_searched(index: TantivyIndex, where: Query) -> None:
    assert index.search(Search(where)).ids == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize(
    "where",
    [
        parse("description:python", SCHEMA),
        Range("rating", lower=4.0),
        Range("rating", lower=4.0, or_missing=True),
        Range("budget", lower=4),  # its values are keywords
        Exists("rating"),
        Not(Exists("place")),
        Near("place", 0.0, 0.0, 20_000.0),
        Or((Words(("title",), "python"), Words(("body",), "python"))),
    ],
)
def test_search_for_missing_field_is_refused(index: TantivyIndex, where: Query) -> None:
    with pytest.raises(Unavailable, match="does not have yet"):
        index.search(Search(where))


def test_order_by_missing_field_is_refused(index: TantivyIndex) -> None:
    with pytest.raises(Unavailable, match="'rating'"):
        index.search(Search(order=(Sort("rating"),)))


def test_new_version_continues_and_rebuilds(s3: "S3Client", reader: SnapshotReader) -> None:
    assert reader.search(Search()).total == 5
    assert not read_pointer("things", s3, BUCKET).state.is_made_with(SCHEMA)
    things = ThingsProjection({**{id_: f"python {id_}" for id_ in DOCUMENTS}, "6": "python, of the new version"})
    writer = SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK)
    writer.apply({"6": Document("6", {"title": "python", "body": "new", "rating": 4.5, "budget": 7})})
    assert reader.search(Search(Words(("title",), "python"))).total == 6
    assert "6" in verify(things, reader, things.table).stale

    totals: list[int] = []
    calls = Calls(s3, "PutObject")
    calls.before = lambda _: totals.append(reader.search(Search()).total)
    generation = writer.begin_rebuild()
    writer.add_to_rebuild(generation, list(things.table), things.documents)
    assert writer.finish_rebuild(generation, things.documents)
    calls.before = lambda _: None
    assert set(totals) == {6}
    assert not verify(things, reader, things.table)
    assert reader.search(Search(Not(Exists("rating")), (Sort("rating"),))).total == 6
    assert read_pointer("things", s3, BUCKET).state.is_made_with(SCHEMA)

    CLOCK.wait(seconds=601)
    things.table["6"] = "draft"
    writer.update(["6"], things.documents)
    assert {key.partition("/")[0] for key in stored(s3)} == {"current", generation}


def test_newest_folder_of_earlier_versions_is_used(s3: "S3Client", reader: SnapshotReader) -> None:
    older = {"meta": "", "files": [], "changed_at": 0.5, "generation": 1, "discarded": {}}
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}0123456789ab/current", Body=orjson.dumps(older))
    assert reader.search(Search()).total == 5


def test_earlier_version_reads_a_newer_index(s3: "S3Client") -> None:
    SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK).apply({"1": Document("1", {"title": "python", "rating": 4.0})})
    reader = SnapshotReader(OLDER, s3, BUCKET)
    assert reader.search(Search(Words(("title",), "python"))).ids == ["1"]
    with pytest.raises(Unavailable):
        reader.search(Search(Range("gone", lower=1)))
    SnapshotWriter(OLDER, s3, BUCKET, CLOCK).apply({"2": DOCUMENTS["2"]})
    assert SnapshotReader(SCHEMA, s3, BUCKET).search(Search(Exists("title"))).ids == ["2", "1"]


def test_pointer_of_a_later_version_can_be_read(s3: "S3Client") -> None:
    SnapshotWriter(SCHEMA, s3, BUCKET, CLOCK).apply({"1": Document("1", {"title": "python"})})
    key = f"{PREFIX}current"
    later = orjson.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) | {"added": {"later": 1}}
    s3.put_object(Bucket=BUCKET, Key=key, Body=orjson.dumps(later))
    assert SnapshotReader(SCHEMA, s3, BUCKET).search(Search()).ids == ["1"]
