"""The table items of reports.

REPORT#<id>                REPORT             a report   GSI1 REPORT#OF#<kind>#<content> / <id>: of a piece of content
                                                         GSI2 REPORT#BY#<person> / <id>: of a person
REPORT#OF#<kind>#<content> COUNT              counter: the reports of a piece of content
REPORT#BY#<person>         DAY#<yyyy-mm-dd>   counter: the reports that a person made on a day
UNIQ#report#key#<sha-256>                     holds the report that a request with an idempotency key has made

Takedowns are stored in the content. It lists itself in GSI3 while it is taken down (`taken_down_key`).
"""

from hashlib import sha256
from typing import Final

from souk.domains.moderation.model import ContentKind, Report, ReportCount, Takedown
from souk.storage import Collection, Key, StoredList, Tally

WRITES: Final = ("REPORT#", "UNIQ#report#")
"""The prefixes of the partition keys that this domain owns."""


def report_key(report_id: str) -> Key:
    """Return the key of a report."""
    return Key(f"REPORT#{report_id}", "REPORT")


def count_key(kind: ContentKind, content_id: str) -> Key:
    """Return the key of the number of reports of a piece of content."""
    return Key(f"REPORT#OF#{kind}#{content_id}", "COUNT")


def day_key(user_id: str, day: str) -> Key:
    """Return the key of the number of reports that a person made on a day."""
    return Key(f"REPORT#BY#{user_id}", f"DAY#{day}")


def key_guard(user_id: str, organization_id: str, key: str) -> str:
    """Return the unique value that holds the report that a request with an idempotency key has made."""
    named = "\n".join((user_id, organization_id, key))
    return f"UNIQ#report#key#{sha256(named.encode()).hexdigest()}"


def taken_down(kind: ContentKind) -> str:
    """Return the partition of GSI3 with the content of a kind that is taken down."""
    return f"TAKENDOWN#{kind}"


def taken_down_key(kind: ContentKind, takedown: Takedown | None, content_id: str) -> Key | None:
    """Return the key of content in GSI3, where it is listed while it is taken down, by the time of the takedown."""
    return Key(taken_down(kind), f"{takedown.at}#{content_id}") if takedown else None


REPORTS: Collection[Report] = Collection(
    name="ContentReport",
    model=Report,
    key=report_key,
    key_of=lambda one: report_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"REPORT#OF#{one.kind}#{one.content_id}", one.id),
        "GSI2": lambda one: Key(f"REPORT#BY#{one.reporter_id}", one.id),
    },
)
REPORT_COUNTS: Tally[ReportCount] = Tally(name="ContentReports", model=ReportCount, key=count_key)
CONTENT_REPORTS: Final = StoredList("contentReports", REPORTS, "REPORT#OF#{}#{}".format, index="GSI1")
"""The reports of a piece of content, newest first."""
REPORTS_OF_PERSON: Final = StoredList("reportsOfPerson", REPORTS, "REPORT#BY#{}".format, index="GSI2")
"""The reports that a person made, newest first."""
LISTS: Final = (CONTENT_REPORTS, REPORTS_OF_PERSON)
