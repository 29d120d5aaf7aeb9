"""Updates of the index: the table changes that affect it, and the resulting documents."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, organization_key
from souk.domains.jobs.model import Job
from souk.domains.jobs.search.index import INDEX, document
from souk.domains.jobs.store import JOBS, job_key, jobs_of_company
from souk.domains.market.model import Activity
from souk.domains.market.rules import with_record
from souk.domains.market.store import ACTIVITY, CLIENT_RECORDS, activity_key, client_record_key
from souk.search import Document
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Key, Table

_INDEXED_FIELDS: Final = {
    "location",
    "total_hires",
    "total_spent",
    "currency",
    "financial_privacy",
    "feedback_score",
    "payment_verification_status",
    "enterprise",
}
"""The fields of a client that documents contain."""


class JobsProjection:
    """The projection of postings and their clients into the index (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`.

        A change of a posting or its activity affects the posting. A change of a client's indexed fields or track record
        affects all of the client's postings.
        """
        change = record["dynamodb"]
        pk, sk = change["Keys"]["PK"]["S"], change["Keys"]["SK"]["S"]
        kind, _, id_ = pk.partition("#")
        if (kind, sk) in {("JOB", "JOB"), ("APPLIED", "ACTIVITY")}:
            return [id_]
        if (kind, sk) == ("ORG", "ORG") and _indexed_fields(change.get("OldImage")) != _indexed_fields(
            change.get("NewImage")
        ):
            return [job.id for job in jobs_of_company(self._table, id_)]
        if (kind, sk) == ("CLIENT", "RECORD"):
            return [job.id for job in jobs_of_company(self._table, id_)]
        return []

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`."""
        keys = [make(id_) for id_ in ids for make in (job_key, activity_key)]
        items = self._table.batch_get(keys, consistent=True, attributes=ACTIVITY.attributes)
        jobs = {id_: JOBS.decode(items[job_key(id_)]) for id_ in ids if job_key(id_) in items}
        companies = {job.company_id for job in jobs.values()}
        keys = [make(id_) for id_ in companies for make in (organization_key, client_record_key)]
        found = self._table.batch_get(keys, consistent=True, attributes=CLIENT_RECORDS.attributes)
        clients = {id_: _client(id_, found) for id_ in companies if organization_key(id_) in found}
        return {id_: _document(jobs.get(id_), clients, _activity(id_, items)) for id_ in ids}


SEARCH_INDEX: Final = SearchIndexSpec(
    INDEX,
    JobsProjection,
    changes_with=(
        Items("APPLIED#", "ACTIVITY"),
        Items("CLIENT#", "RECORD"),
        Items("JOB#", "JOB"),
        Items("ORG#", "ORG"),
    ),
    documents_of=Items("JOB#", "JOB"),
)


def _client(company_id: str, found: Mapping[Key, Mapping[str, Any]]) -> Organization:
    record = found.get(client_record_key(company_id))
    here = CLIENT_RECORDS.decode(record) if record else CLIENT_RECORDS.absent
    return with_record(ORGANIZATIONS.decode(found[organization_key(company_id)]), here)


def _activity(job_id: str, found: Mapping[Key, Mapping[str, Any]]) -> Activity:
    counts = found.get(activity_key(job_id))
    return ACTIVITY.decode(counts) if counts else ACTIVITY.absent


def _document(job: Job | None, clients: Mapping[str, Organization], activity: Activity) -> Document | None:
    client = clients.get(job.company_id) if job else None
    return document(job, client, activity) if job and client else None


def _indexed_fields(image: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return ORGANIZATIONS.decode(image).model_dump(include=_INDEXED_FIELDS) if image else None
