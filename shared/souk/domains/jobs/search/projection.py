"""Updates of the index: the table changes that affect it, and the resulting documents."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from souk.authentication.standing import company_key, suspended_of
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, organization_key
from souk.domains.jobs.model import Job
from souk.domains.jobs.search.index import INDEX, document, shown_of_client
from souk.domains.jobs.store import JOBS, job_key
from souk.domains.market.model import Activity
from souk.domains.market.rules import with_record
from souk.domains.market.store import ACTIVITY, CLIENT_RECORDS, activity_key, client_record_key
from souk.search import AnyOf, Document
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Key, Table


class JobsProjection:
    """The projection of postings and their clients into the index (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`. A change of a posting or its activity affects the posting."""
        kind, id_, sk = _key(record)
        return [id_] if (kind, sk) in {("JOB", "JOB"), ("APPLIED", "ACTIVITY")} else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:
        """See `Projection.shown_in`. Documents show facts of the client, its track record and whether it is suspended.

        Only open postings have documents. A closed one gets the current facts if it is opened again.
        """
        kind, id_, sk = _key(record)
        old, new = (record["dynamodb"].get(image) for image in ("OldImage", "NewImage"))
        is_shown = ((kind, sk) == ("ORG", "ORG") and self._changes_client(old, new)) or (
            (kind, sk) == ("CLIENT", "RECORD") and self._changes_record(id_, old, new)
        )
        is_shown = is_shown or (kind, sk) == ("ORG", "STANDING")
        return [AnyOf("company", (id_,))] if is_shown else []

    def _changes_client(self, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
        if old is None or new is None:  # it has no postings yet, or none any more
            return False
        before, after = ORGANIZATIONS.decode(old), ORGANIZATIONS.decode(new)
        return not after.is_team and shown_of_client(before) != shown_of_client(after)

    def _changes_record(self, company_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
        before, after = (CLIENT_RECORDS.decode(image) if image else CLIENT_RECORDS.absent for image in (old, new))
        client = self._table.get(ORGANIZATIONS, company_id, consistent=True)
        return client is not None and (
            shown_of_client(with_record(client, before)) != shown_of_client(with_record(client, after))
        )

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`."""
        keys = [make(id_) for id_ in ids for make in (job_key, activity_key)]
        items = self._table.batch_get(keys, consistent=True, attributes=ACTIVITY.attributes)
        jobs = {id_: JOBS.decode(items[job_key(id_)]) for id_ in ids if job_key(id_) in items}
        companies = {job.company_id for job in jobs.values()}
        keys = [make(id_) for id_ in companies for make in (organization_key, client_record_key, company_key)]
        found = self._table.batch_get(keys, consistent=True, attributes=CLIENT_RECORDS.attributes)
        clients = {id_: _client(id_, found) for id_ in companies if organization_key(id_) in found}
        suspended = suspended_of(map(company_key, companies), found)
        return {id_: _document(jobs.get(id_), clients, _activity(id_, items), suspended) for id_ in ids}


SEARCH_INDEXES: Final = (
    SearchIndexSpec(
        INDEX,
        JobsProjection,
        changes_with=(
            Items("APPLIED#", "ACTIVITY"),
            Items("CLIENT#", "RECORD"),
            Items("JOB#", "JOB"),
            Items("ORG#", "ORG"),
            Items("ORG#", "STANDING"),
        ),
        documents_of=Items("JOB#", "JOB"),
    ),
)


def _client(company_id: str, found: Mapping[Key, Mapping[str, Any]]) -> Organization:
    record = found.get(client_record_key(company_id))
    here = CLIENT_RECORDS.decode(record) if record else CLIENT_RECORDS.absent
    return with_record(ORGANIZATIONS.decode(found[organization_key(company_id)]), here)


def _activity(job_id: str, found: Mapping[Key, Mapping[str, Any]]) -> Activity:
    counts = found.get(activity_key(job_id))
    return ACTIVITY.decode(counts) if counts else ACTIVITY.absent


def _document(
    job: Job | None, clients: Mapping[str, Organization], activity: Activity, suspended: AbstractSet[str]
) -> Document | None:
    client = clients.get(job.company_id) if job else None
    return document(job, client, activity, suspended=client.id in suspended) if job and client else None


def _key(record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the kind and the id in the partition key, and the sort key."""
    keys = record["dynamodb"]["Keys"]
    kind, _, id_ = keys["PK"]["S"].partition("#")
    return kind, id_, keys["SK"]["S"]
