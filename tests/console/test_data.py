"""`/operator/data`: imports, exports, and who may not see them."""

import re

from souk.domains.dataexports.model import DataExport
from souk.domains.dataexports.store import EXPORTS
from souk.domains.reference import ontology
from souk.web.multipart import Upload
from tests.accounts.browser import Browser
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA
from tests.support.clock import CLOCK

COMPANIES = Upload(
    "companies.csv",
    "application/vnd.ms-excel",
    b"external_id,name,side,country\no-1,Brought,client,PT\no-2,Bad,client,??\n",
)


def test_operator_uploads_checks_and_imports(pages: Pages, operator: Browser, bucket: str) -> None:
    pages.bucket = bucket
    assert pages.browser(OLIVIA).get("/operator/data").status == 404
    page = operator.get("/operator/data")
    assert "No imports yet" in page.text
    assert not re.search(r"<script|style=", page.body)
    large = Upload("a.csv", "text/csv", bytes(4_000_001))
    for files, message in (({}, "Choose a file."), ({"file": large}, "up to 100 MB, with souk admin import")):
        wrong = operator.submit(page, kind="ORGANIZATIONS", button="do=check", files=files)
        assert (wrong.status, 'aria-invalid="true"' in wrong.body, message in wrong.text) == (422, True, True)
    large = Upload("a.csv", "text/csv", bytes(4_200_000))  # it is refused before it is parsed
    refused = operator.submit(page, kind="ORGANIZATIONS", button="do=check", files={"file": large})
    assert (refused.status, "up to 100 MB, with souk admin import KIND FILE" in refused.text) == (413, True)
    assert 'href="#main"' in refused.body, "in the frame"
    logo = operator.submit(operator.get("/operator/settings/brand"), button="do=save", files={"logo": large})
    assert (logo.status, "can have at most 1 MB" in logo.text) == (413, True), "the limit of this page"
    checked = operator.submit(page, kind="ORGANIZATIONS", button="do=check", files={"file": COMPANIES})
    assert "Check of organizations: checking" in checked.text
    assert "0 % of the file" in checked.text
    pages.souk.run_due(CLOCK.market())
    before = pages.reader.trips
    checked = operator.get(checked.url)
    assert pages.reader.trips - before <= 6
    assert "use the name or the ISO code of a country" in checked.text
    assert "Download the report" in checked.text
    imported = operator.submit(checked, button="do=import")
    assert operator.submit(checked, button="do=import").url == imported.url, "pressed twice"
    pages.souk.run_due(CLOCK.market())
    assert "Import of organizations: done" in operator.get(imported.url).text
    own = Upload("own.jsonl", "", b'{"id": 1, "kind": "category", "label": "Own"}\n')
    operator.submit(page, kind="ONTOLOGY", button="do=import", files={"file": own})
    again = operator.submit(page, kind="ONTOLOGY", button="do=import", files={"file": own})
    assert again.url.endswith("/operator/data"), "pressed twice: the file was stored twice and is imported once"
    pages.souk.run_due(CLOCK.market())
    assert ontology.category("1")
    before = pages.reader.trips
    assert operator.get("/operator/data").text.count("own.jsonl") == 1
    assert pages.reader.trips - before <= 6


def test_operator_exports_everything_actions_and_bookings(pages: Pages, operator: Browser, bucket: str) -> None:  # noqa: ARG001 - archives need the bucket
    wrong = operator.submit(operator.get("/operator/audit"), {"from": "soon", "reason": "Audit"}, button="do=export")
    assert (wrong.status, 'id="export-from"' in wrong.body, "Audit" in wrong.body) == (422, True, True)
    given = {"reason": "A backup"}
    for address, span in (("data", {}), ("audit", {"from": "2026-01-01"}), ("money", {"to": "2026-12-31"})):
        asked = operator.submit(operator.get(f"/operator/{address}"), given | span, button="do=export")
        assert asked.url.split("?")[0].endswith("/operator/data")
        assert "The export is being built" in asked.text
    pages.souk.run_due(CLOCK.market())
    assert operator.get("/operator/data").text.count("Download") == 3
    items = pages.table.client.scan(TableName=pages.table.name)["Items"]
    stored: list[DataExport] = [EXPORTS.decode(one) for one in items if one.get("type") == {"S": "DataExport"}]
    assert sorted((str(one.kind), str(one.format), bool(one.first), bool(one.last)) for one in stored) == [
        ("EVERYTHING", "JSON_LINES", False, False),
        ("LEDGER", "CSV", False, True),
        ("OPERATOR_ACTIONS", "CSV", True, False),
    ]
