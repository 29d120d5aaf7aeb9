"""The console of operators: who sees it, and the changes that they make by its forms."""

from datetime import timedelta

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, SESSIONS, Membership
from souk.domains.audit.store import ACTIONS
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.model import Status
from souk.domains.jobs.store import JOBS
from souk.domains.marketplace.store import SETTINGS
from souk.domains.operator.resolvers import reviews
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.domains.talent.model import Certificate, Profile, Visibility
from souk.domains.talent.store import PROFILES
from souk.domains.webhooks.hosts import Host, HostAddress
from souk.domains.webhooks.model import EventFilter, Subscription, SubscriptionState
from souk.domains.webhooks.store import create_subscription
from souk.runtime import mail
from souk.values.times import stamp
from souk.web.multipart import Upload
from tests.accounts.browser import BASE, Browser
from tests.console.world import Pages
from tests.domains.identity.people import ACME, OLIVIA, RIVAL, SINCE, SOFIA
from tests.domains.operator.conftest import ADA, HOUSE
from tests.domains.operator.test_counts import posting
from tests.support.api import person
from tests.support.clock import CLOCK, new_id


def actions(pages: Pages) -> list[tuple[str, str | None]]:
    """Return the actions of operators with their reasons, oldest first."""
    items = pages.table.client.scan(TableName=pages.table.name)["Items"]
    found = [ACTIONS.decode(item) for item in items if item["PK"]["S"].startswith("AUDIT#")]
    return [(one.action, one.reason) for one in sorted(found, key=lambda one: one.id) if one.action != "bootstrap"]


def test_stranger_is_sent_to_log_in_and_others_find_nothing(pages: Pages, operator: Browser) -> None:
    assert "/account/login?next=%2Foperator" in pages.browser().get("/operator", follow=False).location
    assert pages.browser(OLIVIA).get("/operator").status == 404
    assert pages.browser(OLIVIA).post(f"/operator/people/{OLIVIA}", {"do": "suspend"}).status in (403, 404)
    assert operator.get("/operator").status == 200


def test_operator_who_works_elsewhere_is_led_to_the_operators(pages: Pages, operator: Browser) -> None:
    new = Membership(id=new_id(), user_id=ADA, organization_id=ACME, company_id=ACME, role=Role.MEMBER, since=SINCE)
    tx = pages.table.transaction()
    tx.create(MEMBERSHIPS, new)
    tx.commit()
    operator.submit(operator.get("/operator"), organization=ACME)
    page = operator.get("/operator/people")
    assert page.status == 403
    assert "You work for Acme now" in page.text
    there = operator.submit(page, {"organization": HOUSE}, having="next")
    assert there.status == 200
    assert operator.get("/operator/people/none").status == 404, "and not a page of Acme"
    assert operator.get("/operator").status == 200


def test_overview_names_what_needs_operators(pages: Pages, operator: Browser) -> None:
    operator.get("/operator")
    page = pages.get_cheaply(operator, "/operator")
    assert "Ada" in page.text
    assert "The books sum to zero" in page.text
    assert "Dead letters: not known" in page.text, "the tests have no queues"
    assert "API requests not known" in page.text, "nor does anything count requests"


def test_changes_ask_for_a_recent_log_in(pages: Pages, operator: Browser) -> None:
    page = operator.get(f"/operator/people/{OLIVIA}")
    items = pages.table.client.scan(TableName=pages.table.name)["Items"]
    stored = next(SESSIONS.decode(one) for one in items if one["PK"]["S"].startswith("SESSION#"))
    tx = pages.table.transaction()
    tx.update(SESSIONS, stored.model_copy(update={"confirmed": stored.confirmed - 16 * 60}))
    tx.commit()
    asked = operator.submit(page, {"reason": "Spam"}, having="end_access", button="do=suspend", follow=False)
    assert "password" in asked.body.lower() or "/account/again?" in asked.location
    assert actions(pages) == []


def test_person_is_suspended_and_active_again(pages: Pages, operator: Browser) -> None:
    address = f"/operator/people/{OLIVIA}"
    page = operator.submit(operator.get(address), {"reason": "Paid outside."}, having="end_access", button="do=suspend")
    assert "The person is suspended" in page.text
    assert "Paid outside." in page.text
    page = operator.submit(page, {"reason": "It was a mistake."}, button="do=reactivate")
    assert "The person is active again" in page.text
    made = [one for one in actions(pages) if one[0].endswith("User")]
    assert made == [("suspendUser", "Paid outside."), ("reactivateUser", "It was a mistake.")]


def test_flag_of_operators_needs_the_typed_name(pages: Pages, operator: Browser) -> None:
    address = f"/operator/people/{OLIVIA}"
    form = {"reason": "She helps us."}
    refused = operator.submit(operator.get(address), {**form, "confirm": "Olivia"}, button="do=make_operator")
    assert refused.status == 422
    assert "Olivia Ortega" in refused.text
    assert actions(pages) == []
    done = operator.submit(operator.get(address), {**form, "confirm": "Olivia Ortega"}, button="do=make_operator")
    assert "is an operator now" in done.text
    assert actions(pages) == [("setOperator", "She helps us.")]


def test_certificate_and_checks_of_a_freelancer_are_recorded(pages: Pages, operator: Browser) -> None:
    certificate = Certificate(id="5", created=SINCE, updated=SINCE, name="Carpenter", url="https://guild.example/5")
    tx = pages.table.transaction()
    tx.create(PROFILES, Profile(user_id=SOFIA, visibility=Visibility.PRIVATE, certificates=(certificate,)))
    tx.commit()
    assert "Record checks" not in operator.get(f"/operator/people/{OLIVIA}").text, "she is no freelancer"
    address = f"/operator/people/{SOFIA}"
    page = pages.get_cheaply(operator, address)
    assert "https://guild.example/5" in page.text
    verified = operator.submit(page, {"reason": "The guild knows her."}, button="do=verify_certificate")
    assert "The certificate is verified." in verified.text
    assert "https://guild.example/5" not in verified.text
    checked = operator.submit(verified, {"reason": "Called."}, checked={"phone": ["yes"]}, button="do=record_checks")
    assert "Checked phone" in checked.text
    assert actions(pages) == [
        ("reviewFreelancerCertificate", "The guild knows her."),
        ("updateFreelancerVerifications", "Called."),
    ]


def test_enterprise_and_payment_are_recorded(pages: Pages, operator: Browser) -> None:
    address = f"/operator/organizations/{ACME}"
    verified = {"status": "VERIFIED", "reason": "By telephone."}
    page = operator.submit(operator.get(address), verified, button="do=verify_payment")
    assert "payment method was saved" in page.text
    ended = operator.submit(page, {"reason": "They left."}, button="do=end_enterprise")
    assert ended.status == 200
    acme = pages.table.get(ORGANIZATIONS, ACME, consistent=True)
    assert acme
    assert (acme.enterprise, acme.payment_verification_status) == (False, "VERIFIED")


def test_reason_is_needed(pages: Pages, operator: Browser) -> None:
    address = f"/operator/organizations/{ACME}"
    page = operator.submit(operator.get(address), {"status": "VERIFIED", "reason": " "}, button="do=verify_payment")
    assert page.status == 422
    assert actions(pages) == []


def test_settings_are_saved_and_two_operators_see_each_other(pages: Pages, operator: Browser) -> None:
    address = "/operator/settings/brand"
    first, second = operator.get(address), operator.get(address)
    draft = {"name": "Bazaar", "accent": "#336699", "reason": "Our colours"}
    preview = operator.submit(first, draft, button="do=preview")
    assert "Light: Bazaar" in preview.body
    assert preview.form("reason").fields["reason"] == "Our colours"
    assert pages.table.get(SETTINGS) is None
    saved = operator.submit(first, {"name": "Bazaar", "reason": "Our name."}, button="do=save")
    assert "The settings were saved" in saved.text
    late = operator.submit(second, {"name": "Market", "reason": "Better."}, button="do=save")
    assert late.status == 422
    assert "now “Bazaar”, yours “Market”" in late.text
    wrong = operator.submit(operator.get(address), {"accent": "red", "reason": "Red."}, button="do=save")
    assert ("input", "true") in [(tag, given.get("aria-invalid")) for tag, given in wrong.tags]


def test_logo_is_uploaded_with_the_brand(pages: Pages, operator: Browser, bucket: str) -> None:
    pages.bucket = bucket
    page = operator.get("/operator/settings/brand")
    fields = {"name": "Bazaar", "reason": "Our stall."}
    for wrong in (Upload("a.jpg", "image/jpeg", b"x"), Upload("a.png", "image/png", bytes(1_000_001))):
        refused = operator.submit(page, fields, files={"logo": wrong}, button="do=save")
        assert (refused.status, '<a href="#logo">' in refused.body) == (422, True)
    assert pages.table.get(SETTINGS) is None
    logo = Upload("stall.png", "image/png", b"pixels")
    saved = operator.submit(page, fields, files={"logo": logo}, button="do=save")
    assert "The settings were saved" in saved.text
    assert pages.sent_files == [logo]
    stored = pages.table.get(SETTINGS, consistent=True)
    assert stored
    assert (stored.name, stored.logo is not None) == ("Bazaar", True)


def test_fees_are_confirmed_first(pages: Pages, operator: Browser) -> None:
    page = operator.get("/operator/settings/rules")
    unchecked = {"require_terms": "", "key_review": "", "profile_review": ""}
    asked = operator.submit(page, {"client_fee": "7.5", "reason": "Costs.", **unchecked}, button="do=save")
    assert "5 becomes 7.5" in asked.text
    assert pages.table.get(SETTINGS) is None
    saved = operator.submit(asked, having="confirmed", button="do=save")
    assert "The settings were saved" in saved.text
    stored = pages.table.get(SETTINGS, consistent=True)
    assert stored
    assert (stored.client_fee, stored.sign_up_open) == (750, None), "what was not changed stays the deployment's"


def test_text_of_a_mail_is_previewed_saved_and_restored(
    pages: Pages, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(mail, "send", lambda *content, sender: sent.append((*content, sender)))
    address = "/operator/settings/mail/keyDeleted?language=en"
    first, second = pages.get_cheaply(operator, address), operator.get(address)
    assert "Olivia O. has deleted the API key Opening importer of Acme." in first.text
    draft = {"subject": "Gone: {{ name }}", "text": "By {{ by }}.", "reason": "Shorter."}
    preview = operator.submit(first, draft, button="do=preview")
    assert "Gone: Opening importer By Olivia O." in preview.text
    wrong = operator.submit(preview, text="{{ nobody }}", button="do=preview")
    assert (wrong.status, "there is no placeholder" in wrong.text) == (422, True)
    assert actions(pages) == [], "a preview stores nothing"
    assert "The text of the mail was saved." in operator.submit(preview, draft, button="do=save").text
    late = operator.submit(second, draft | {"subject": "Mine"}, button="do=save")
    assert (late.status, "Changed meanwhile" in late.text, late.form("text").fields["subject"]) == (422, True, "Mine")
    assert "Gone: {{ name }}" in late.text
    again = operator.submit(late, draft | {"subject": "Mine"}, button="do=save")
    assert "The text of the mail was saved." in again.text
    assert "The test was sent" in operator.submit(again, button="do=test").text
    assert sent == [("ada@example.com", "Mine", "By Olivia O..\n", "Souk")]
    assert "as delivered" in operator.submit(again, button="do=reset").text
    names = [name for name, _ in actions(pages)]
    assert names == ["updateMailTemplate", "updateMailTemplate", "sendTestMail", "resetMailTemplate"]


def test_content_is_taken_down_and_restored(pages: Pages, operator: Browser) -> None:
    tx = pages.table.transaction()
    tx.create(JOBS, posting("7", Status.REQUESTED))
    tx.commit()
    address = "/operator/content/JOB_POSTING/7"
    page = operator.submit(operator.get(address), {"reason": "Copied.", "note": "Twice"}, button="do=take_down")
    assert "The content was taken down" in page.text
    assert "Copied." in page.text
    restored = operator.submit(page, {"reason": "It is theirs."}, button="do=restore")
    assert "The content was restored" in restored.text
    assert [name for name, _ in actions(pages)] == ["takeDownContent", "restoreContent"]


def test_reviews_are_decided_one_after_the_other(pages: Pages, operator: Browser) -> None:
    first, second = (store_waiting_webhook(pages, number) for number in (1, 2))
    page = operator.get("/operator/reviews")
    assert page.text.count("hooks") >= 2
    unexplained = operator.submit(operator.get(first), {"note": ""}, button="decision=reject")
    assert "write a note" in unexplained.text
    following = operator.submit(operator.get(first), {"note": "No such host"}, button="decision=reject")
    assert following.url.startswith(f"{BASE}{second}"), "the next in the queue"
    late = operator.submit(operator.get(second), {"note": ""}, button="decision=approve")
    assert late.url.startswith(f"{BASE}/operator/reviews?"), "nothing waits any more"
    assert [name for name, _ in actions(pages)] == ["reviewWebhookSubscription"] * 2
    for number in range(30):  # they fill a page of their own
        waiting = Review(kind=ReviewKind.API_KEY, subject_id=f"{number}", opened=f"2026-01-01T08:00:{number:02}.000Z")
        tx = pages.table.transaction()
        open_review(tx, pages.table, waiting)
        tx.commit()
    decided = operator.get("/operator/reviews?show=decided")
    assert "Ada Lovelace" in decided.text
    before = "/operator/reviews?show=decided&kind=WEBHOOK_SUBSCRIPTION&organization="
    assert f"{before}{ACME}".replace("&", "&amp;") in operator.get(first).body
    shown = ["hooks1" in operator.get(f"{before}{one}").text for one in (ACME, RIVAL)]
    assert shown == [True, False]


def test_review_of_webhook_shows_what_its_host_resolves_to(
    pages: Pages, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Host("hooks1.example", (HostAddress("1.1.1.1", refused=False), HostAddress("10.0.0.1", refused=True)))
    asked: list[str] = []

    def resolve(name: str) -> Host:
        asked.append(name)
        return found

    monkeypatch.setattr(reviews, "resolve", resolve)
    address = store_waiting_webhook(pages, 1)
    page = pages.get_cheaply(operator, address)
    assert "Resolves to 1.1.1.1 10.0.0.1 Refused: not public" in page.text
    assert "Nothing is sent to a host with such an address. Each delivery resolves and checks" in page.text
    found = Host("hooks1.example", problem="The host does not resolve.")
    page = operator.get(address)
    assert "Resolves to The host does not resolve. Each delivery" in page.text
    assert asked == ["hooks1.example"] * 2
    operator.get("/operator/reviews")
    listed = """{ operatorReviews { edges { node { kind webhookHost { name } } } } }"""
    (edge,) = person(pages.souk, ADA, HOUSE).call(listed).data["operatorReviews"]["edges"]
    assert edge["node"] == {"kind": "WEBHOOK_SUBSCRIPTION", "webhookHost": None}
    operator.submit(page, {"note": "No such host"}, button="decision=reject")
    assert asked == ["hooks1.example"] * 2, "neither lists nor decisions ask"


def store_waiting_webhook(pages: Pages, number: int) -> str:
    """Store a webhook subscription that waits for review; return the address of the review."""
    opened = stamp(CLOCK.market() - timedelta(minutes=10 - number))
    tx = pages.table.transaction()
    new = Subscription(
        id=f"70{number}",
        organization_id=ACME,
        url=f"https://hooks{number}.example/",
        events=(EventFilter(entity="JP"),),
        state=SubscriptionState.REVIEW,
        review_opened=opened,
        salt="salt",
        created_by_id=OLIVIA,
        created_date_time=opened,
        modified_date_time=opened,
    )
    create_subscription(tx, new)
    review = Review(kind=ReviewKind.WEBHOOK_SUBSCRIPTION, subject_id=new.id, organization_id=ACME, opened=opened)
    open_review(tx, pages.table, review)
    tx.commit()
    return f"/operator/reviews/{review.id.replace('/', '~')}"
