"""Importing rows: organizations, people and postings, again, in parts, and as a dry run."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from souk.authentication.principal import Role
from souk.domains.dataimports.commands.importing import Options
from souk.domains.dataimports.commands.kinds import importer
from souk.domains.dataimports.model import ImportKind, Outcome, Position
from souk.domains.dataimports.rules.columns import COLUMNS
from souk.domains.dataimports.rules.reading import RowReader
from souk.domains.identity.store import ORGANIZATIONS, memberships_of, user_by_email
from souk.domains.jobs.model import JobType, Status
from souk.domains.jobs.store import JOBS
from souk.storage import Table
from souk.storage.rehearsal import Rehearsal

NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
ORGS: Final = """external_id,name,side,country,summary,website,street,zip,enterprise,parent_external_id
o-1,"Acme, Inc.",client,PT,We hire,https://acme.example,Rua 1,1000-001,true,
o-2,Acme Design,client,Portugal,,,,,,o-1
o-3,Studio Nord,agency,NO,,,,,,
o-4,No Side,buyer,NO,,,,,,
o-5,Nowhere,client,Atlantis,,,,,,
o-6,Orphan,client,PT,,,,,,o-99
"""
USERS: Final = f"""{",".join(COLUMNS[ImportKind.USERS].names)}
u-1,Olivia@Acme.test,Olivia,Oak,o-1,OWNER,PT,Europe/Lisbon,+351 912 345 678,olivia,2020-05-06T07:08:09Z
u-2,hugo@acme.test,Hugo,Holm,o-2,HIRING_MANAGER,,,,,
u-3,freya@example.test,Freya,Fox,,,NO,,,,
u-4,olivia@acme.test,Olive,Twin,o-1,MEMBER,,,,,
u-5,nobody,No,Body,o-1,BOSS,,,12,,
"""
JOBS_FILE: Final = f"""{",".join(COLUMNS[ImportKind.JOB_POSTINGS].names)}
j-1,o-1,Logo,"Two lines,
one job",FIXED_PRICE,Logo Design,120.50,,,USD,Python;own words,published,2025-01-02,PUBLIC_INDEX
j-2,o-2,Backend,Django,HOURLY,,,20,45.50,,,draft,,
j-3,o-2,Done,Was done,FIXED_PRICE,,10,,,,,filled,2024-01-02,
j-4,o-3,Wrong side,x,FIXED_PRICE,,10,,,,,,,
j-5,o-1,Unknown category,x,FIXED_PRICE,Basket weaving under water,10,,,EUR,,,,
j-6,o-1,No amount,x,FIXED_PRICE,,,,,,,,,
"""
FILES: Final = ((ImportKind.ORGANIZATIONS, ORGS), (ImportKind.USERS, USERS), (ImportKind.JOB_POSTINGS, JOBS_FILE))


def run(table: Table, kind: ImportKind, text: str | bytes, options: Options | None = None) -> list[Outcome]:
    content = text.encode() if isinstance(text, str) else text
    reader = RowReader(kind, [content[at : at + 64] for at in range(0, len(content), 64)], Position())
    return [one for some in importer(kind, table, NOW, options or Options()).run(reader.rows()) for one in some]


def results(outcomes: Iterable[Outcome]) -> list[str]:
    return [one.result.value for one in outcomes]


def fields(outcomes: Iterable[Outcome]) -> Mapping[str | None, list[str | None]]:
    return {one.external_id: [problem.field for problem in one.problems] for one in outcomes if one.problems}


def import_all(table: Table) -> list[list[Outcome]]:
    return [run(table, kind, text) for kind, text in FILES]


def written(table: Table) -> dict[tuple[str, str], Any]:
    items = table.client.scan(TableName=table.name)["Items"]
    return {(item["PK"]["S"], item["SK"]["S"]): item for item in items}


def test_rows_are_created_once_and_checked(table: Table) -> None:
    organizations, users, jobs = import_all(table)
    assert results(organizations) == ["created"] * 3 + ["refused"] * 3
    assert fields(organizations) == {"o-4": ["side"], "o-5": ["country"], "o-6": ["parent_external_id"]}
    assert results(users) == ["created"] * 3 + ["refused"] * 2
    assert fields(users) == {"u-4": ["email"], "u-5": ["role", "email"]}
    assert results(jobs) == ["created"] * 3 + ["refused"] * 3
    assert fields(jobs) == {"j-4": ["organization_external_id"], "j-5": ["currency", "category"], "j-6": ["amount"]}

    acme = table.get(ORGANIZATIONS, organizations[0].id or "")
    assert acme
    assert (acme.name, acme.enterprise, acme.location.address) == ("Acme, Inc.", True, "Rua 1")
    assert acme.contact_user_id == users[0].id
    olivia = user_by_email(table, "olivia@acme.test")
    assert olivia
    assert (olivia.nickname, olivia.phone, olivia.subject) == ("olivia", "+351912345678", None)
    assert olivia.creation_date == "2020-05-06T07:08:09.000Z"
    assert [(one.role, one.organization_id) for one in memberships_of(table, olivia.id)] == [(Role.OWNER, acme.id)]
    logo, backend, done = (table.get(JOBS, one.id or "") for one in jobs[:3])
    assert logo
    assert backend
    assert done
    assert (logo.published, logo.info.type, logo.info.description) == (
        "2025-01-02T00:00:00.000Z",
        JobType.FIXED_PRICE,
        "Two lines,\none job",
    )
    assert (backend.status, backend.owner_id, done.status) == (Status.DRAFT, users[1].id, Status.FILLED)

    before = written(table)
    again = import_all(table)
    assert [results(one) for one in again] == [["unchanged"] * 3 + ["refused"] * len(one[3:]) for one in again]
    assert written(table) == before
    assert not [key for key in before if key[0].startswith(("OUTBOX#", "MAIL#"))]  # events are off


def test_each_row_takes_one_round_trip_more(table: Table) -> None:
    many = range(6)
    run(table, ImportKind.ORGANIZATIONS, ORGS)  # reads the settings, which are kept then
    counted = {}
    for kind, header, row in (
        (ImportKind.ORGANIZATIONS, "external_id,name,side,country", "c-{at},Company {at},client,PT"),
        (
            ImportKind.USERS,
            "external_id,email,first_name,last_name,organization_external_id,role",
            "p-{at},p{at}@company.test,Ann,Example,c-{at},OWNER",
        ),
        (
            ImportKind.JOB_POSTINGS,
            "external_id,organization_external_id,title,description,type,amount",
            "w-{at},c-{at},Work,Please,FIXED_PRICE,10",
        ),
    ):
        for rows in (many[:1], many[1:]):
            before = table.trips
            text = "\n".join([header, *(row.format(at=at) for at in rows)])
            assert set(results(run(table, kind, text))) == {"created"}
            counted[kind, len(rows)] = table.trips - before
    assert [counted[kind, 5] - counted[kind, 1] for kind, _ in FILES] == [4, 4, 4]


def test_dry_run_reports_the_same_and_writes_nothing(table: Table) -> None:
    for kind, text in FILES:
        before, rehearsal = written(table), Rehearsal(table)
        checked = run(rehearsal, kind, text)
        repeated = run(
            Rehearsal(table, rehearsal.written()), kind, text
        )  # it knows what an earlier part would have written
        assert written(table) == before
        real = run(table, kind, text)
        assert (results(checked), fields(checked)) == (results(real), fields(real))
        assert results(repeated) == results(run(table, kind, text))


def test_changed_rows_update_and_events_are_sent_when_asked_for(table: Table) -> None:
    import_all(table)
    assert results(
        run(table, ImportKind.ORGANIZATIONS, "external_id,name,side,country\no-3,Studio Sud,agency,NO\n")
    ) == ["updated"]
    users = "external_id,email,first_name,last_name,organization_external_id,role\n"
    people = run(
        table,
        ImportKind.USERS,
        f"{users}u-2,hugo@acme.test,Hugo,Holm,o-2,ADMIN\nu-3,freya@example.test,Freya,Fox,o-3,MEMBER\n",
    )
    assert results(people) == ["updated", "updated"]
    freya = user_by_email(table, "freya@example.test")
    assert freya
    assert len(memberships_of(table, freya.id)) == len(freya.company_ids) == 2
    refused = run(
        table,
        ImportKind.USERS,
        f"{users}u-2,other@acme.test,Hugo,Holm,o-2,ADMIN\nu-1,olivia@acme.test,Olivia,Oak,o-1,MEMBER\n",
    )
    assert fields(refused) == {"u-2": ["email"], "u-1": ["role"]}
    jobs = '{"external_id": "j-2", "organization_external_id": "o-2", "title": "Backend", "description": "Django", '
    jobs += '"type": "HOURLY", "skills": ["Python", "Django"], "status": "published"}\n'
    published = run(table, ImportKind.JOB_POSTINGS, jobs, Options(emits=True))
    assert results(published) == ["updated"]
    job = table.get(JOBS, published[0].id or "")
    assert job
    assert (job.status, job.hourly_max and job.hourly_max.minor) == (Status.REQUESTED, 4550)
    assert [key[0] for key in written(table) if key[0].startswith("OUTBOX#")]
    closed = jobs.replace("published", "cancelled")
    assert results(run(table, ImportKind.JOB_POSTINGS, closed)) == ["updated"]
    assert results(run(table, ImportKind.JOB_POSTINGS, closed)) == ["unchanged"]
    reopened = run(table, ImportKind.JOB_POSTINGS, jobs)
    assert "closed" in reopened[0].problems[0].message


def test_invited_people_get_one_mail_and_have_no_login(table: Table) -> None:
    for _ in range(2):
        run(
            table,
            ImportKind.USERS,
            USERS.replace("o-1", "").replace("o-2", ""),
            Options(invite=True, base_url="https://x.test"),
        )
    mails = [item["doc"]["S"] for key, item in written(table).items() if item.get("type") == {"S": "QueuedMail"}]
    assert len(mails) == 3
    assert any("https://x.test/account/activate?email=freya%40example.test" in one for one in mails)
