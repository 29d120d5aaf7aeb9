"""The pages of the account: what they show, their forms, and who may not see them."""

import re
from datetime import timedelta

import pytest

from souk.authentication.issuance import make_grant
from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS, ApiKey, Membership
from souk.authentication.scopes import Scope
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.ledger.model import Account, AccountKind
from souk.domains.ledger.store import balance_key
from souk.runtime import mail
from souk.web.formats import Formats
from souk.web.multipart import Upload
from tests.accounts.browser import BASE, Form, Page
from tests.accounts.cognito import PASSWORD
from tests.console.pages import MEMBER
from tests.console.world import Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, OPS, RIVAL, SOFIA, SOLO, WEB, add, organization
from tests.support.clock import CLOCK, new_id

PICTURE = bytes(range(256)) + b"\r\n--x\r\n"
PATHS = [path for path in MEMBER if path.startswith("/account")]


def test_pages_are_shown_with_few_round_trips(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    for path in PATHS:
        browser.get(path)
        before = pages.reader.trips
        page = browser.get(path)
        assert page.status == 200, (path, page.text)
        assert pages.reader.trips - before <= 6, path
        assert len(page.body.encode()) <= 60_000, path
        assert not [tag for tag, given in page.tags if tag in ("script", "style") or "style" in given], path
        answer = pages.browser().get(path, follow=False)
        assert answer.location.startswith(f"{BASE}/account/login"), path


def test_profile_is_saved_with_portrait(pages: Pages, bucket: str) -> None:
    pages.bucket = bucket
    browser = pages.browser(OLIVIA)
    page = browser.get("/account/profile")
    assert "Olivia O." in page.text
    picture = Upload("me.png", "image/png", PICTURE)
    saved = browser.submit(page, first_name="Olive", city="Lisbon", country="PT", files={"portrait": picture})
    assert "Your profile was saved" in saved.text
    assert saved.form("first_name").fields["first_name"] == "Olive"
    (sent,) = pages.sent_files
    assert sent == picture, "the bytes arrive as they were chosen"
    user = pages.table.get(USERS, OLIVIA)
    assert user
    assert user.portrait

    wrong = browser.submit(saved, first_name="", phone="12")
    assert wrong.status == 422
    invalid = {given["name"] for tag, given in wrong.tags if tag == "input" and given.get("aria-invalid") == "true"}
    assert invalid == {"first_name", "phone"}
    assert wrong.form("phone").fields["phone"] == "12", "the form is shown as it was filled"
    text = browser.submit(saved, having="portrait", files={"portrait": Upload("a.txt", "text/plain", b"x")})
    assert (text.status, "Choose a JPEG, PNG or WebP file" in text.text) == (422, True)
    for size, status in ((4_000_001, 422), (4_200_000, 413)):  # the second is refused before it is parsed
        large = browser.submit(saved, having="portrait", files={"portrait": Upload("a.png", "image/png", bytes(size))})
        assert (large.status, "can have at most 4 MB" in large.text) == (status, True)
    long = browser.post("/account/teams", {"name": "x" * 100_000})
    assert (long.status, "can have at most 100 kB" in long.text) == (413, True)


def test_sessions_are_ended(pages: Pages) -> None:
    here = pages.browser(OLIVIA)
    CLOCK.wait(seconds=1)
    there, third = (pages.browser(OLIVIA) for _ in range(2))
    page = here.get("/account/sessions")
    assert page.text.count("This device") == 1
    assert "Last used" in page.text
    for _ in range(24):
        pages.browser(OLIVIA)
    page = here.get("/account/sessions")
    assert page.body.count('value="end"') == 25
    (after,) = re.findall(r"after=(\w+)\"", page.body)
    following = here.get(f"/account/sessions?after={after}")
    assert (following.body.count('value="end"'), "First page" in following.text) == (1, True)
    page = here.submit(page, button="do=end")
    assert "This browser was logged out" in page.text
    page = here.submit(page, button="do=end_others")
    assert "All other browsers were logged out" in page.text
    assert here.get("/account/sessions").status == 200
    for ended in (there, third):
        assert ended.get("/account/sessions", follow=False).status == 303


def test_program_is_disconnected(pages: Pages) -> None:
    tx = pages.table.transaction()
    scopes = (Scope.COMMON_ENTITIES_READ.value, Scope.PAYMENTS.value)
    key = ApiKey(
        id="a" * 32, name="Importer", organization_id=RIVAL, created_by=OMAR, scopes=scopes, grants=(), redirect_uris=()
    )
    tx.create(API_KEYS, key)
    tx.create(GRANTS, make_grant(key, OLIVIA, ACME, CLOCK.real()))
    tx.commit()
    browser = pages.browser(OLIVIA)
    page = browser.get("/account/programs")
    assert "Importer" in page.text
    assert page.text.index("Money") < page.text.index("People and profiles"), "permissions are in groups"
    assert "Importer" in browser.get("/account").text
    asked = browser.get(f"/account/programs?disconnect={key.id}")
    assert "Importer loses access at once." in asked.text
    done = browser.submit(asked, having="key")
    assert "No programs act for you" in done.text


def test_organization_is_saved_by_administrators(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = browser.get("/account/organization")
    assert page.form("summary").fields["contact"] == OLIVIA
    changes = {
        "name": "Acme Works",
        "summary": "Anvils",
        "city": "Denver",
        "website": "https://acme.test/",
        "contact": "",
    }
    saved = browser.submit(page, changes, checked={"financial_privacy": ["yes"]})
    assert "The organization was saved" in saved.text
    form = saved.form("summary")
    assert (form.fields["summary"], form.fields["contact"]) == ("Anvils", "")
    assert form.checked == {"financial_privacy": ["yes"]}
    saved = browser.submit(saved, having="summary", checked={"financial_privacy": []})
    assert saved.form("summary").checked == {}, "others see again what was spent"
    wrong = browser.submit(saved, website="not a URL")
    assert wrong.status == 422
    assert "aria-invalid" in wrong.body
    member = pages.browser(LIAM)
    page = member.get("/account/organization")
    assert "is a team of" in page.text
    assert "Save organization" not in page.text


def test_members_are_invited_changed_and_removed(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(mail, "send", lambda *words, **_options: sent.extend(map(str, words)))
    browser = pages.browser(OLIVIA)
    form = browser.get("/account/members/invite")
    partly = browser.submit(form, emails="ann@new.test\nnot an address", role="MEMBER")
    assert partly.status == 422
    assert "not an address:" in partly.text
    assert partly.form("emails").fields["emails"].strip() == "not an address"
    assert f"{BASE}/account/invitation?token=" in " ".join(sent), "the mail leads to this deployment"
    page = browser.get("/account/members")
    assert "ann@new.test" in page.text
    page = browser.submit(page, button="do=withdraw")
    assert "No open invitations" in page.text
    asked = browser.get(f"/account/members/remove?user={OLIVIA}")
    assert "What they posted stays." in asked.text
    refused = browser.submit(asked, having="user")
    assert refused.status == 422, "the last owner cannot leave"
    assert pages.browser(SOFIA).get("/account/members").status == 200
    team_member = pages.browser(LIAM)
    assert team_member.get("/account/members/invite").status == 403


def test_members_are_listed_with_their_teams(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "send", lambda *_args, **_options: None)
    browser = pages.browser(OLIVIA)
    browser.submit(browser.get("/account/members/invite"), emails="ann@new.test", role="MEMBER", teams=OPS)
    for at in range(8):
        add(pages.table, f"7{at}", ACME, ACME, Role.MEMBER)
        join(pages, f"7{at}", WEB)
        join(pages, f"7{at}", RIVAL)
    join(pages, "70", OPS)
    join(pages, "71", OPS, active=False)
    page = pages.get_cheaply(browser, "/account/members")
    assert "Operations, Web" in page.text
    assert page.text.count("Web") == 8
    assert "Rival" not in page.text, "other companies are none of theirs"
    add(pages.table, "79", ACME, ACME, Role.MEMBER)
    assert "Web" not in pages.browser("79").get("/account/members").text, "members do not see the teams of others"


def test_long_lists_have_pages(pages: Pages) -> None:
    tx = pages.table.transaction()
    teams = [organization(f"21{at:02}", f"Team {at:02}", company_id=ACME, parent_id=ACME) for at in range(26)]
    for one in teams:
        tx.create(ORGANIZATIONS, one)
    tx.commit()
    for at in range(26):
        pages.cookie(OLIVIA)
        add(pages.table, f"5{at:02}", ACME, ACME, Role.MEMBER)
    browser = pages.browser(OLIVIA)
    lists: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("sessions", "session", {}),
        ("teams", "team", {"name": ""}),
        ("members", "user", {"role": "KING"}),
    )
    for path, name, wanted in lists:
        first = pages.get_cheaply(browser, f"/account/{path}")
        assert len(first.body.encode()) <= 60_000
        addresses = [given["href"] for tag, given in first.tags if tag == "a"]
        second = pages.get_cheaply(browser, next(one for one in addresses if "after=" in one))
        rows = [[one.fields[name] for one in page.forms if name in one.fields] for page in (first, second)]
        assert len(set(rows[0]) | set(rows[1])) == len(rows[0]) + len(rows[1]), "each once"
        assert 24 <= len(rows[0]) <= 25
        if wanted:
            wrong = browser.submit(second, wanted, having=name, button="do=save")
            assert (wrong.status, 'aria-invalid="true"' in wrong.body) == (422, True), "at the row of the second page"
    assert browser.get("/account/members?after=none").status == 422
    assert browser.get("/account/sessions?after=none").status == 200


def join(pages: Pages, user_id: str, organization_id: str, *, active: bool = True) -> None:
    """Make somebody a member of an organization or a team."""
    company_id = ACME if organization_id in (WEB, OPS) else organization_id
    tx = pages.table.transaction()
    place = {"user_id": user_id, "organization_id": organization_id, "company_id": company_id, "active": active}
    tx.create(MEMBERSHIPS, Membership(id=new_id(), role=Role.MEMBER, **place))
    tx.commit()


def test_teams_are_created_and_renamed(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    form = browser.get("/account/teams")
    for _ in range(2):  # a double click
        page = browser.submit(form, button="do=create", name="Data")
        assert "The team was created" in page.text
    assert len([one for one in page.forms if one.fields.get("name") == "Data"]) == 1
    assert browser.submit(form, button="do=create", name="Other").status == 422, "the key is that of another team"
    wrong = browser.submit(page, button="do=create", name="")
    assert wrong.status == 422
    renamed = browser.submit(page, button="do=save", name="Renamed")
    assert "The team was saved" in renamed.text
    assert "Renamed" in renamed.body
    assert "has no teams" in pages.browser(SOFIA).get("/account/teams").text


EDITS = (
    ("profile", {"city": "Porto"}, {"city": "Lisbon", "country": "PT"}, ["now: Lisbon", "now: Portugal"]),
    (
        "organization",
        {"summary": "Slow"},
        {"summary": "Fast", "description": "a\r\nb", "financial_privacy": "yes"},
        ["now: Fast", "now: a b", "now: hidden"],
    ),
    ("teams", {"do": "save", "name": "Slow"}, {"do": "save", "name": "Fast"}, ["now: Fast, shown"]),
    ("members", {"do": "save", "role": "ADMIN"}, {"do": "save", "role": "HIRING_MANAGER"}, ["now: Hiring manager"]),
)
"""Pages with what two people enter at once, and what the second one reads."""


def test_second_editor_sees_both_values(pages: Pages) -> None:
    add(pages.table, "77", ACME, ACME, Role.MEMBER)
    first, second = pages.browser(OLIVIA), pages.browser(OLIVIA)

    def form(page: Page) -> Form:
        return [one for one in page.forms if "version" in one.names and one.fields.get("user") in (None, "77")][-1]

    for path, slow, fast, shown in EDITS:
        address = f"/account/{path}"
        entered = {name: value for name, value in slow.items() if name != "do"}
        of_second = form(second.get(address)).fields
        assert first.post(address, form(first.get(address)).fields | fast).status == 200
        conflict = second.post(address, of_second | slow)
        assert conflict.status == 409
        for text in shown:
            assert text in conflict.text
        again = form(conflict).fields
        assert again.items() >= entered.items(), "as it was filled"
        assert second.post(address, again | slow).status == 200
        assert form(first.get(address)).fields.items() >= entered.items()


def test_refusals_of_members_are_shown_at_their_row(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = pages.browser(OLIVIA)
    page = browser.get("/account/members")
    refused = browser.submit(page, having="version", button="do=save", role="MEMBER")
    assert refused.status == 422
    assert refused.text.count("last owner") == 2, "in the summary and in the row"
    assert f"#role-{OLIVIA}" in [given.get("href") for _, given in refused.tags]
    assert refused.form("version", "role").fields["role"] == "MEMBER", "as it was filled"
    asked = browser.get(f"/account/members/remove?user={OLIVIA}")
    assert browser.submit(asked, having="user").text.count("last owner") == 2
    monkeypatch.setattr(mail, "send", lambda *_args, **_options: None)
    browser.submit(browser.get("/account/members/invite"), emails="ann@new.test", role="MEMBER")
    open_ones = [browser.get("/account/members") for _ in range(2)]
    assert browser.submit(open_ones[0], button="do=withdraw").status == 200
    assert browser.submit(open_ones[1], button="do=withdraw").status == 422


def test_copy_is_requested_once(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = browser.get("/account/data")
    assert "No copies yet" in page.text
    for _ in range(2):  # a double click
        done = browser.submit(page, having="idempotency")
        assert "Your copy is being made" in done.text
    again = browser.submit(done, having="idempotency")
    assert again.status == 422


def test_sensitive_change_goes_on_after_password(pages: Pages) -> None:
    """The account is deleted only after the password was entered again, with what was filled in before."""
    user = pages.table.get(USERS, SOFIA)
    assert user
    subject = pages.cognito.create_confirmed_user(user.email.lower())
    tx = pages.table.transaction()
    tx.update(USERS, user.model_copy(update={"subject": subject}))
    tx.commit()
    tx = pages.table.transaction()
    tx.count(balance_key(Account(kind=AccountKind.EARNINGS, owner=SOLO, currency="USD")), 450_000)
    tx.commit()
    browser = pages.browser(SOFIA)
    assert "10 years" in pages.get_cheaply(browser, "/account/data").text
    page = pages.get_cheaply(browser, "/account/data/delete")
    day = Formats("Europe/Berlin").day((CLOCK.market() + timedelta(days=14)).isoformat())
    assert day in page.body, "the day, before anything is confirmed"
    checked = browser.get(next(given["href"] for _, given in page.tags if "check=" in given.get("href", "")))
    assert "Nothing stands in the way today" in checked.text
    assert "4,500.00 USD stay on the account of Sofia for 10 years" in page.text
    CLOCK.wait(minutes=16)
    asked = browser.submit(page, button="do=delete", confirm_email=user.email)
    assert "Enter your password" in asked.text
    assert user.email not in asked.url
    assert user.email not in asked.form("carried").fields["carried"]
    wrong = browser.submit(asked, password="not it at all")
    assert wrong.status == 422
    confirmed = browser.submit(wrong, password=PASSWORD)
    assert user.email not in confirmed.url
    done = browser.submit(confirmed, having="confirm_email")
    assert "Your account will be deleted" in done.text, done.text
    kept = browser.submit(done, button="do=keep")
    assert "Your account stays" in kept.text
    other = pages.browser(OLIVIA)
    stolen = other.get("/account/data/delete").form("csrf").fields["csrf"]
    forged = {"csrf": stolen, "carried": asked.form("carried").fields["carried"], "password": PASSWORD}
    assert other.post("/account/again", forged).status >= 400, "a form of another browser goes nowhere"
