"""The console of operators: who sees it, what needs them, and the changes that they make."""

from tests.accounts.browser import Browser
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA


def test_stranger_is_sent_to_log_in_and_others_find_nothing(pages: Pages, operator: Browser) -> None:
    assert "/account/login?next=%2Foperator" in pages.browser().get("/operator", follow=False).location
    assert pages.browser(OLIVIA).get("/operator").status == 404
    assert operator.get("/operator").status == 200


def test_overview_names_what_needs_operators(pages: Pages, operator: Browser) -> None:
    operator.get("/operator")
    before = pages.reader.trips
    page = operator.get("/operator")
    assert pages.reader.trips - before <= 6
    assert "Ada" in page.text
    assert "The books sum to zero" in page.text
    assert "not known" in page.text, "the tests have no queues"
