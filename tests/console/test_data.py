"""`/operator/data`: imports, exports, and who may not see them."""

import re

import boto3

from souk.domains.files.model import File
from souk.domains.files.store import FILES
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from tests.conftest import REGION
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA
from tests.support.clock import CLOCK

ADA, HOUSE, FILE = "901", "900", "902"


def test_operator_checks_imports_and_exports(pages: Pages, bucket: str) -> None:
    founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
    bootstrap(pages.table, founder, "A test", CLOCK.market())
    content = b"external_id,name,side,country\no-1,Brought,client,PT\no-2,Bad,client,??\n"
    boto3.client("s3", region_name=REGION).put_object(Bucket=bucket, Key="attachments/a", Body=content)
    tx = pages.table.transaction()
    file = File(
        id=FILE,
        organization_id=HOUSE,
        company_id=HOUSE,
        user_id=ADA,
        file_name="companies.csv",
        content_type="text/csv",
        max_size=100,
        created="2026-01-01T00:00:00.000Z",
        purpose="dataimports.file",
        size=len(content),
        kept_key="attachments/a",
    )
    tx.create(FILES, file)
    tx.commit()

    assert pages.browser(OLIVIA).get("/operator/data").status == 404
    ada = pages.browser(ADA)
    page = ada.get("/operator/data")
    assert "No imports yet" in page.text
    assert not re.search(r"<script|style=", page.body)
    wrong = ada.submit(page, kind="ORGANIZATIONS", file_id="1", button="do=check")
    assert (wrong.status, 'aria-invalid="true"' in wrong.body) == (422, True)
    checked = ada.submit(page, kind="ORGANIZATIONS", file_id=FILE, button="do=check")
    assert "Check of organizations: checking" in checked.text
    pages.souk.run_due(CLOCK.market())
    before = pages.reader.trips
    checked = ada.get(checked.url)
    assert pages.reader.trips - before <= 6
    assert "use the name or the ISO code of a country" in checked.text
    assert "Download the report" in checked.text
    imported = ada.submit(checked, button="do=import")
    pages.souk.run_due(CLOCK.market())
    assert "Import of organizations: done" in ada.get(imported.url).text
    before = pages.reader.trips
    assert "companies.csv" in ada.get("/operator/data").text
    assert pages.reader.trips - before <= 6
    exported = ada.submit(page, reason="A backup", button="do=export")
    assert "The export is being built" in exported.text
    pages.souk.run_due(CLOCK.market())
    assert "Download" in ada.get("/operator/data").text
