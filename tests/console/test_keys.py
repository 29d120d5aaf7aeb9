"""The pages of API keys: the list, creation, the secret shown once, changes, rotation and deletion."""

import pytest

from souk.authentication.issuance import make_grant
from souk.authentication.records import API_KEYS, GRANTS, ApiKey, KeyState
from souk.authentication.tokens import digest
from souk.domains.identity import store
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from tests.accounts.browser import Browser, Page
from tests.console.test_languages import speak
from tests.console.world import Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR
from tests.support.clock import CLOCK

NEW = "/developer/keys/new"
CALLBACK = "https://importer.acme.example/callback"
FILLED = {
    "name": "Opening importer",
    "description": "Posts our openings.\r\nFor Acme only.",
    "redirects": f"{CALLBACK}\r\n\r\nhttp://127.0.0.1/callback\r\n",
    "rotation": "3",
}
SCOPES = {"scope": ["job-postings-read", "payments"]}


def create(browser: Browser) -> Page:
    """Create a key by the form, and return the page that shows its secret."""
    return browser.submit(browser.get(NEW), FILLED, checked=SCOPES, button="do=create")


def key_of(page: Page) -> str:
    """Return the id of the key in the address of a page."""
    return page.url.split("/keys/")[1].split("?")[0].split("/")[0]


def stored(pages: Pages, key_id: str) -> ApiKey:
    key = pages.table.get(API_KEYS, key_id, consistent=True)
    assert key
    return key


def shown(page: Page, element: str) -> str:
    """Return the text of the element with an id."""
    return page.body.split(f'id="{element}"')[1].split(">")[1].split("<")[0]


def test_created_key_shows_its_secret_once(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = create(browser)
    assert page.status == 200, page.text
    assert "The API key was created." in page.text
    key = stored(pages, key_of(page))
    secret = shown(page, "client_secret")
    assert (shown(page, "client_id"), digest(secret)) == (key.id, key.secrets[0].hash)
    assert (key.organization_id, key.name, key.rotation_months) == (ACME, "Opening importer", 3)
    assert key.description == "Posts our openings.\nFor Acme only."
    assert key.redirect_uris == (CALLBACK, "http://127.0.0.1/callback")
    assert set(key.grants) == {"AUTHORIZATION_CODE", "REFRESH_TOKEN"}
    assert len(key.scopes) == 3, "with that of every key"
    assert secret not in page.url
    again = pages.get_cheaply(browser, f"/developer/keys/{key.id}")
    assert (again.status, secret in again.body, "client_secret" in again.body) == (200, False, False)
    assert "style=" not in again.body
    assert "<script>" not in again.body

    listed = browser.get("/developer/keys")
    assert "Opening importer Active 3" in listed.text
    assert "0 of 40,000" in listed.text
    assert ("meter", "40000") in [(tag, given.get("max")) for tag, given in listed.tags]


def test_form_with_faults_keeps_what_was_filled(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    wrong = FILLED | {"name": " ", "redirects": "http://importer.acme.example/"}
    page = browser.submit(browser.get(NEW), wrong, checked=SCOPES, button="do=create")
    assert page.status == 422
    assert '<a href="#name">' in page.body
    assert '<a href="#redirects">' in page.body
    form = page.form("name")
    assert form.fields["description"] == FILLED["description"]
    assert form.checked["scope"] == SCOPES["scope"]
    assert 'aria-invalid="true"' in page.body
    mended = browser.submit(page, name="Importer", redirects=CALLBACK, button="do=create")
    assert stored(pages, key_of(mended)).name == "Importer"


def test_find_and_sets_keep_the_form(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    found = browser.submit(browser.get(NEW), FILLED, q="pay", checked=SCOPES, button="do=find")
    form = found.form("name")
    assert found.status == 200
    assert (form.fields["name"], form.fields["q"]) == ("Opening importer", "pay")
    assert "Jobs and proposals" not in found.text
    assert "payments" in form.checked["scope"]
    assert form.fields["scope"] == "job-postings-read", "kept out of sight"
    page = browser.submit(found, q="", button="do=find")
    assert page.form("name").checked["scope"] == SCOPES["scope"]
    read = browser.submit(page, button="do=set-read").form("name")
    assert "payments" not in read.checked["scope"]
    assert "messages-read" in read.checked["scope"]
    assert read.fields["name"] == "Opening importer"
    assert "No permission has" in browser.submit(page, q="zzz", button="do=find").text


def test_only_operators_are_offered_their_scope(pages: Pages) -> None:
    page = pages.browser(OLIVIA).get(NEW)
    assert 'value="payments"' in page.body
    assert 'value="operator"' not in page.body
    assert 'value="service"' in page.body, "Acme is an enterprise"
    assert 'value="service"' not in pages.browser(OMAR).get(NEW).body
    assert "Add yours under" in pages.browser(OMAR).get(NEW).text


def test_incomplete_profile_is_told_in_the_form(pages: Pages) -> None:
    page = create(pages.browser(OMAR))
    assert page.status == 422
    wanted = "a full address, yours or your company's (missing: street, city, postal code, country)."
    assert f"To create an API key, add to your profile: {wanted}" in page.text
    assert '/account/profile">To create an API key' in page.body
    assert "location." not in page.text


def test_members_without_the_right_are_told_whom_to_ask(pages: Pages) -> None:
    key_id = key_of(create(pages.browser(OLIVIA)))
    liam = pages.browser(LIAM)
    page = liam.get("/developer/keys")
    assert page.status == 200
    assert "Ask an owner or admin of Web" in page.text
    assert "Create key" not in page.text
    assert liam.get(NEW).status == 403
    assert liam.get(f"/developer/keys/{key_id}").status == 403
    for path in ("", "/edit", "/delete"):
        assert pages.browser(OMAR).get(f"/developer/keys/{key_id}{path}").status == 404


def test_connected_people_are_shown(pages: Pages) -> None:
    tx = pages.table.transaction()
    tx.create(SETTINGS, Settings(languages=("en", "de")))
    tx.commit()
    browser = pages.browser(OLIVIA)
    key_id = key_of(create(browser))
    address = f"/developer/keys/{key_id}"

    def change() -> str:
        edit = browser.get(f"{address}/edit")
        return browser.submit(edit, checked={"scope": ["job-postings-read"]}, button="do=save").text

    def connect(*user_ids: str) -> None:
        tx, now = pages.table.transaction(), CLOCK.real()
        for user_id in user_ids:
            tx.create(GRANTS, make_grant(stored(pages, key_id), user_id, ACME, now))
        tx.commit()

    assert "Connected Nobody" in browser.get(address).text
    connect(LIAM, LIAM)
    page = pages.get_cheaply(browser, address).text
    assert "Connected 1 person" in page
    assert "Ends all its tokens at once. 1 person is connected. This cannot be undone." in page
    connect(OMAR)
    assert "2 people are connected, their tokens end now." in change()
    assert "everybody who is connected: 2 people" in browser.get(f"{address}/delete").text
    speak(pages, "de")
    page = browser.get(address).text
    assert "Verbunden 2 Personen" in page
    assert "2 Personen sind verbunden" in page
    speak(pages, "en")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "MAX_GRANTS", 1)
        assert "Connected 1 or more people" in browser.get(address).text
        assert "1 or more people are connected, their tokens end now." in change()


def test_change_of_permissions_is_confirmed(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    key_id = key_of(create(browser))
    edit = f"/developer/keys/{key_id}/edit"
    form = browser.get(edit)
    assert form.form("name").checked["scope"] == SCOPES["scope"]
    saved = browser.submit(form, name="Importer", button="do=save")
    assert "The API key was changed." in saved.text
    assert (stored(pages, key_id).name, stored(pages, key_id).generation) == ("Importer", 1)
    asked = browser.submit(
        browser.get(edit), checked={"scope": ["job-postings-read", "messages-read"]}, button="do=save"
    )
    assert "Nobody is connected, so nobody has to agree again." in asked.text
    assert "New Read your messages" in asked.text
    assert "No longer Pay freelancers" in asked.text
    assert stored(pages, key_id).generation == 1
    changed = browser.submit(asked, button="do=change")
    assert "The API key was changed." in changed.text
    assert stored(pages, key_id).generation == 2
    assert "Messaging - Read-Only Access" in stored(pages, key_id).scopes
    assert "Payments - Read and Write Access" not in stored(pages, key_id).scopes


def test_second_editor_sees_both_values(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    key_id = key_of(create(browser))
    edit = browser.get(f"/developer/keys/{key_id}/edit")
    browser.submit(browser.get(f"/developer/keys/{key_id}/edit"), name="First", button="do=save")
    late = browser.submit(edit, name="Second", button="do=save")
    assert (late.status, late.form("name").fields["name"]) == (409, "Second")
    assert "Now the key has: Name First" in late.text
    browser.submit(late, button="do=save")
    assert stored(pages, key_id).name == "Second"


def test_rotation_is_confirmed_and_shows_the_new_secret(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = create(browser)
    first = shown(page, "client_secret")
    asked = browser.submit(page, button="do=rotate")
    assert "works for 24 hours more" in asked.text
    assert len(stored(pages, key_of(page)).secrets) == 1
    rotated = browser.submit(asked, button="do=rotate")
    second = shown(rotated, "client_secret")
    assert second != first
    assert stored(pages, key_of(page)).secrets[0].hash == digest(second)


def test_deletion_needs_the_name(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    key_id = key_of(create(browser))
    page = browser.get(f"/developer/keys/{key_id}/delete")
    wrong = browser.submit(page, confirm="importer", button="do=delete")
    assert (wrong.status, stored(pages, key_id).active) == (422, True)
    gone = browser.submit(wrong, confirm="Opening importer", button="do=delete")
    assert "The API key was deleted" in gone.text
    assert not stored(pages, key_id).active
    assert "No keys yet" in gone.text
    assert "Opening importer Deleted" in browser.get("/developer/keys?tab=deleted").text
    assert "Delete key" not in browser.get(f"/developer/keys/{key_id}").text


def test_key_in_review_says_so(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = create(browser)
    tx = pages.table.transaction()
    tx.update(API_KEYS, stored(pages, key_of(page)).model_copy(update={"state": KeyState.REVIEW}))
    tx.commit()
    assert "In review. An operator" in browser.get(f"/developer/keys/{key_of(page)}").text
    assert "Opening importer In review" in browser.get("/developer/keys").text
