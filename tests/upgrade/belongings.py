"""What people have beside their deals: accounts, keys, tokens, invitations, files, gigs and webhooks."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from souk.app import CLOCK as POLLER
from souk.app import FUNCTIONS, OWNERS
from souk.authentication.records import API_KEYS, MEMBERSHIPS, held_keys_key
from souk.deadlines.poller import DeadlinePoller
from souk.domains.identity.store import ORGANIZATIONS, create_user
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.talent.store import PROFILES
from souk.local.demo.people import api_key, demo_people, service_key, user_id
from souk.local.demo.posts import CLOUD
from souk.local.demo.profiles import profiles
from souk.storage import Table
from tests.accounts.actions import log_in
from tests.accounts.browser import Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito
from tests.accounts.conftest import web
from tests.domains.files.test_files import CONFIRM, uploaded
from tests.domains.identity.api_keys import CREATE, REVOKE
from tests.domains.identity.test_invitations import INVITE
from tests.domains.identity.test_invitations import REVOKE as REVOKE_INVITATION
from tests.support.api import Person
from tests.support.clock import CLOCK
from tests.support.worlds.gigs import DELETE, ORDER, PACKAGES, PAUSE, complete, package, published
from tests.support.worlds.jobs import CREATE as CREATE_JOB
from tests.support.worlds.jobs import hourly
from tests.support.worlds.webhooks import REPLAY, ROTATE, TEST, WebhookWorld
from tests.upgrade.environment import BUCKET, Surroundings
from tests.upgrade.people import NOAH, OLIVIA, OMAR, SOFIA, Cast

URL, DEAF, GONE = "https://hooks.acme.test/souk", "https://deaf.acme.test/souk", "https://gone.acme.test/souk"
_BACK: Final = "https://importer.acme.test/callback"
_HOUSES: Final = ("acme.test", "rival.test", "studio.test", "pixelagency.test", "souk.test")


def settle(table: Table, now: datetime) -> None:
    """Write the people of the demo who have a part, as the demo's loader does."""
    people = demo_people(now)
    users = [one for one in people.users if one.email.endswith(_HOUSES) or one.service]
    homes = {company for one in users for company in one.company_ids}
    tx = table.transaction()
    for organization in people.organizations:
        if organization.company_id in homes:
            tx.create(ORGANIZATIONS, organization)
    keys = (api_key(now), service_key(now))
    for key in keys:
        tx.create(API_KEYS, key)
    tx.count(held_keys_key(keys[0].root_id), len(keys))
    for profile in profiles(now):
        tx.create(PROFILES, profile)
    tx.create(RELATIONS, Relation(kind=RelationKind.CLOUD, user_id=user_id(101), target_id=CLOUD))
    tx.commit()
    for user in users:
        tx = table.transaction()
        create_user(tx, user)
        for one in people.memberships:
            if one.user_id == user.id:
                tx.create(MEMBERSHIPS, one)
        tx.commit()


def wind(table: Table, now: datetime) -> None:
    """Have the clock run once, so that it has noted how far it has come."""
    own = Table(table.client, table.name, table.clock, FUNCTIONS[POLLER].writes)
    assert DeadlinePoller(own, _refuse, OWNERS).tick(now).failed == 0


def _refuse(function: str, event: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError(f"{function} is asked for what should be done: {event}")


def gig_order(buyer: Person, gig_id: str) -> dict[str, Any]:
    """Return an order with an idempotency key: the same whenever it is asked for."""
    return {
        "gigId": gig_id,
        "tier": "basic",
        "clientTeamId": buyer.organization_id,
        "idempotencyKey": "an order of the release before",
    }


@dataclass(frozen=True)
class Belongings:
    """What people have."""

    around: Surroundings
    cast: Cast

    @property
    def _olivia(self) -> Person:
        return self.cast.persons[OLIVIA]

    def make(self) -> None:
        """Make all of it."""
        self._accounts()
        self._files()
        self._gigs()
        self._webhooks()

    def _accounts(self) -> None:
        """Keys and invitations by the API; sessions, grants, codes and tokens by the pages."""
        made = self._olivia.call(
            CREATE,
            {
                "input": {
                    "name": "Anvil importer",
                    "description": "Posts our openings, for ourselves only.",
                    "scopeIds": ["common-entities-read", "job-postings-read"],
                    "grants": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
                    "redirectUris": [_BACK],
                }
            },
        ).data["createApiKey"]
        unwanted = self._olivia.call(CREATE, {"input": self._key_input("Not wanted")}).data["createApiKey"]["apiKey"]
        assert self._olivia.call(REVOKE, {"id": unwanted["id"]}).data
        cognito = Cognito()
        router = web(self.around.souk.table, cognito)
        self._invitations(Browser(router), cognito)
        cognito.create_confirmed_user(OLIVIA)
        browser = Browser(router)
        first = self._allowed(browser, log_in(browser, OLIVIA, address=self._authorize(made["apiKey"]["id"])))
        form = {"grant_type": "authorization_code", "code": first, "redirect_uri": _BACK}
        client = {"client_id": made["apiKey"]["id"], "client_secret": made["clientSecret"]}
        assert orjson.loads(browser.post("/oauth2/token", form | client).body)["refresh_token"]
        self._allowed(browser, browser.get(self._authorize(made["apiKey"]["id"])))  # and never fetched
        cognito.create_confirmed_user(SOFIA, "Sofia", "Almeida")
        browser = Browser(router)
        log_in(browser, SOFIA)
        page = browser.submit(browser.get("/account/forgot"), email=SOFIA)
        browser.submit(page, code=cognito.mails[-1][1], password="a quite new password")

    @staticmethod
    def _key_input(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "description": "Posts our openings, for ourselves only.",
            "scopeIds": ["common-entities-read"],
            "grants": ["AUTHORIZATION_CODE"],
            "redirectUris": [_BACK],
        }

    @staticmethod
    def _authorize(key_id: str) -> str:
        query = {"response_type": "code", "client_id": key_id, "redirect_uri": _BACK, "state": "xyz"}
        return f"/oauth2/authorize?{urlencode(query)}"

    @staticmethod
    def _allowed(browser: Browser, page: Page) -> str:
        answer = browser.submit(page, button="decision=allow", follow=False)
        return parse_qs(urlsplit(answer.location).query)["code"][0]

    def _invitations(self, browser: Browser, cognito: Cognito) -> None:
        """Noah is invited and joins, somebody else does not answer, and a third is not invited any more."""
        wishes = [
            {"flow": "CLIENT_INVITE_TO_TEAM", "inviteeEmail": email, "landingUrl": "https://acme.test/hello"}
            for email in (NOAH, "nobody@example.test", "forgotten@example.test")
        ]
        sent = self._olivia.call(INVITE, {"invitations": wishes}).data["inviteToTeam"]["succeeded"]
        assert self._olivia.call(REVOKE_INVITATION, {"id": sent[-1]["id"]}).data
        link = next(re.findall(r"/account/invitation\?token=\S+", text)[0] for text in self.around.mails)
        cognito.create_confirmed_user(NOAH, "Noah", "Fraser")
        page = log_in(browser, NOAH, PASSWORD, link)
        assert "You are now a member" in browser.submit(page, button="answer=join").text

    def _files(self) -> None:
        confirmed = uploaded(self._olivia, BUCKET)
        assert self._olivia.call(CONFIRM, {"ids": [confirmed]}).data
        uploaded(self._olivia, BUCKET, fileName="never confirmed.pdf")
        request = {"organizationId": self._olivia.organization_id, "jobPostingInfo": hourly()}
        assert self._olivia.call(CREATE_JOB, {"request": request | {"attachmentIds": [confirmed]}}).data

    def _gigs(self) -> None:
        sofia = self.cast.persons[SOFIA]
        gig_id = published(sofia)
        sizes = package(name="More logos", price=900, deliveryTime=40)
        assert sofia.call(PACKAGES, {"input": {"gigId": gig_id, "basic": package(), "standard": sizes}}).data
        complete(sofia, title="Draw a map")
        for document, title in ((PAUSE, "Draw a tree"), (DELETE, "Draw a house")):
            assert sofia.call(document, {"gigId": published(sofia, title=title)}).data
        assert self._olivia.call(ORDER, {"input": gig_order(self._olivia, gig_id)}).data
        omar = self.cast.persons[OMAR]
        assert omar.call(ORDER, {"input": gig_order(omar, gig_id) | {"idempotencyKey": None}}).data

    def _webhooks(self) -> None:
        """One address hears everything, one is deaf, one is gone, and one is slow; some may not be served at all."""
        webhooks = WebhookWorld(self.around.souk, self.around.sqs, self.around.queues)
        olivia = self._olivia
        kinds = {"JP": ["NEW"], "OFFER": ["ACCEPTED"], "GIG": ["ORDER"]}
        served, _ = webhooks.subscribe(olivia, URL, **kinds)
        deaf, _ = webhooks.subscribe(olivia, DEAF, CFB=[])
        gone, _ = webhooks.subscribe(olivia, GONE, CFB=[])
        webhooks.subscribe(self.cast.persons[SOFIA], "https://hooks.studio.test/", GIG=["ORDER"])
        webhooks.create(olivia, "https://new.acme.test/", JP=["NEW"])
        rejected = webhooks.create(olivia, "https://bad.acme.test/", JP=[]).data["createWebhookSubscription"]
        webhooks.review(rejected["subscription"]["id"], approve=False, note="Who are you?")
        assert olivia.call(ROTATE, {"id": served}).data
        webhooks.addresses.statuses.update({DEAF: 500, GONE: 410})
        webhooks.addresses.milliseconds[DEAF] = 9_000
        webhooks.relay()
        webhooks.deliver()
        assert webhooks.subscription(gone, olivia.organization_id).state == "DISABLED"
        assert webhooks.deliveries(deaf)
        begun = CLOCK.market() - timedelta(hours=1)
        span = {"rangeStart": begun.isoformat(), "rangeEnd": CLOCK.market().isoformat()}
        assert olivia.call(REPLAY, {"id": served, "range": span}).data["replayWebhooks"]
        assert olivia.call(TEST, {"id": served}).data
