"""A scenario of everything but hiring: accounts, keys, tokens, invitations, files, gigs and webhooks."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from souk.app import FUNCTIONS, LIVE
from souk.authentication.bearer import identify
from souk.deadlines.runner import due_event
from souk.domains.dataexports.commands.building import build
from souk.domains.dataimports.commands.running import run as run_import
from souk.domains.erasure.commands.running import begin, step
from souk.domains.erasure.store import ERASURES
from souk.domains.identity.commands.erasing import LEAVE
from souk.domains.identity.model import User
from souk.domains.identity.store import SIGN_UPS, create_user
from souk.domains.live.commands.connecting import connect
from souk.domains.reference.ontology import ontology
from souk.domains.savedsearches.search.matching import Matcher
from souk.runtime import aws
from souk.runtime.settings import talent_settings
from souk.storage import Table
from souk.values.times import stamp
from tests.accounts.actions import log_in
from tests.accounts.browser import Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito
from tests.accounts.conftest import web
from tests.domains.files.pictures import UPDATE, UPDATE_LOGO, PictureUploads
from tests.domains.files.test_files import CONFIRM, uploaded
from tests.domains.identity.api_keys import CREATE, REVOKE
from tests.domains.identity.test_invitations import INVITE
from tests.domains.identity.test_invitations import REVOKE as REVOKE_INVITATION
from tests.domains.identity.test_lists import CREATE_TEAM
from tests.domains.mails.test_texts import UPDATE as UPDATE_MAIL
from tests.domains.marketplace.conftest import UPDATE as UPDATE_SETTINGS
from tests.domains.talent.test_portfolio import CHANGE as CHANGE_PROJECT
from tests.domains.talent.test_portfolio import CREATE as CREATE_PROJECT
from tests.domains.talent.test_profile import REVIEW as REVIEW_PROFILE
from tests.domains.talent.test_specialized import CREATE as CREATE_SPECIALIZED
from tests.domains.talent.world import COMPLETE, SUBMIT
from tests.domains.talent.world import UPDATE as UPDATE_PROFILE
from tests.support.api import Person, person
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.gigs import DELETE, ORDER, PACKAGES, PAUSE, complete, package, published
from tests.support.worlds.jobs import CREATE as CREATE_JOB
from tests.support.worlds.jobs import DEFINE, hourly
from tests.support.worlds.savedsearches import CREATE_SEARCH
from tests.support.worlds.webhooks import REPLAY, ROTATE, TEST, WebhookWorld
from tests.upgrade.environment import BUCKET, Environment
from tests.upgrade.people import MIA, NOAH, OLIVIA, OMAR, SOFIA, People

URL, FAILING, GONE = "https://hooks.acme.test/souk", "https://deaf.acme.test/souk", "https://gone.acme.test/souk"
_CALLBACK: Final = "https://importer.acme.test/callback"


def gig_order_input(buyer: Person, gig_id: str) -> dict[str, Any]:
    """Return the input of an order with an idempotency key, the same on each call."""
    return {
        "gigId": gig_id,
        "tier": "basic",
        "clientTeamId": buyer.organization_id,
        "idempotencyKey": "an order of the release before",
    }


REPORT = """mutation ($id: ID!, $key: String!) { reportContent(input: {
  kind: JOB_POSTING, contentId: $id, reason: SPAM, details: "Again", idempotencyKey: $key}) { id } }"""
RESOLVE = """mutation ($id: ID!) { resolveContentReport(input: {
  id: $id, takeDown: true, note: "Spam", notifyReporter: true}) { state } }"""
SUSPEND: Final = """mutation ($id: ID!) {
  suspendUser(input: {id: $id, reason: "Spam", note: "Twice", endAccess: true}) { state } }"""
REACTIVATE: Final = 'mutation ($id: ID!) { reactivateUser(id: $id, reason: "A mistake") { state } }'
REBUILD: Final = 'mutation { rebuildSearchIndex(index: "gigs", reason: "Numbers differ") { rebuilding } }'
REPLAY_EVENTS: Final = """mutation { replayDomainEvents(input: {
  occurredDateTime_bt: {}, reason: "Lost", idempotencyKey: "a replay of the release before"}) }"""
RESET_AUTHENTICATOR: Final = 'mutation ($id: ID!) { resetAuthenticator(userId: $id, reason: "Lost") { id } }'


@dataclass(frozen=True)
class AccountScenario:
    """What each part of the scenario creates."""

    environment: Environment
    people: People

    @property
    def _olivia(self) -> Person:
        return self.people.persons[OLIVIA]

    def run(self) -> None:
        """Run all parts."""
        self._accounts()
        self._files()
        self._pictures()
        self._gigs()
        operator = self._webhooks().operator
        self._profiles(operator)
        self._moderation(operator)
        self._suspensions(operator)
        self._saved_searches()
        self._custom_fields()
        self._portfolio()
        self._marketplace(operator)
        self._machinery(operator)
        self._imports(operator)
        self._rooms()
        self._socket()
        self._clouds()
        self._personal_data()

    def _custom_fields(self) -> None:
        """A field with a used option, with an idempotency key, and the answer of a posting."""
        given = {
            "label": "Cost centre",
            "type": "DROP_DOWN_LIST",
            "options": [{"value": "4100"}, {"value": "4200"}],
            "idempotencyKey": "a field of the release before",
        }
        field = self._olivia.call(DEFINE, {"input": given}).data["createCustomField"]["id"]
        request = {
            "organizationId": self._olivia.organization_id,
            "jobPostingInfo": hourly(status="DRAFT"),
            "customFields": {"responses": [{"customFieldId": field, "value": "4100"}]},
        }
        assert self._olivia.call(CREATE_JOB, {"request": request}).data

    def _accounts(self) -> None:
        """Create keys and invitations with the API; sessions, grants, codes and tokens on the account pages."""
        created = self._olivia.call(
            CREATE,
            {
                "input": {
                    "name": "Anvil importer",
                    "description": "Posts our openings, for ourselves only.",
                    "scopeIds": ["common-entities-read", "job-postings-read"],
                    "grants": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
                    "redirectUris": [_CALLBACK],
                }
            },
        ).data["createApiKey"]
        revoked = self._olivia.call(CREATE, {"input": self._key_input("Not wanted")}).data["createApiKey"]["apiKey"]
        assert self._olivia.call(REVOKE, {"id": revoked["id"]}).data
        cognito = Cognito()
        router = web(self.environment.souk.table, cognito)
        self._invitations(Browser(router), cognito)
        cognito.create_confirmed_user(OLIVIA)
        browser = Browser(router)
        authorize = self._authorize(created["apiKey"]["id"])
        code = self._authorization_code(browser, log_in(browser, OLIVIA, address=authorize))
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _CALLBACK}
        client = {"client_id": created["apiKey"]["id"], "client_secret": created["clientSecret"]}
        assert orjson.loads(browser.post("/oauth2/token", form | client).body)["refresh_token"]
        self._authorization_code(browser, browser.get(authorize))  # never exchanged for a token
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
            "redirectUris": [_CALLBACK],
        }

    @staticmethod
    def _authorize(key_id: str) -> str:
        query = {"response_type": "code", "client_id": key_id, "redirect_uri": _CALLBACK, "state": "xyz"}
        return f"/oauth2/authorize?{urlencode(query)}"

    @staticmethod
    def _authorization_code(browser: Browser, page: Page) -> str:
        redirect = browser.submit(page, button="decision=allow", follow=False)
        return parse_qs(urlsplit(redirect.location).query)["code"][0]

    def _invitations(self, browser: Browser, cognito: Cognito) -> None:
        """Create a team. Invite three people: Noah joins, the second does not answer, and the third's is revoked."""
        team = {"organizationName": "Night shift", "idempotencyKey": "a team of the release before"}
        company = {"parentOrganizationId": self._olivia.organization_id}
        assert self._olivia.call(CREATE_TEAM, {"input": team | company}).data
        invitations = [
            {"flow": "CLIENT_INVITE_TO_TEAM", "inviteeEmail": email, "landingUrl": "https://acme.test/hello"}
            for email in (NOAH, "nobody@example.test", "forgotten@example.test")
        ]
        sent = self._olivia.call(INVITE, {"invitations": invitations}).data["inviteToTeam"]["succeeded"]
        assert self._olivia.call(REVOKE_INVITATION, {"id": sent[-1]["id"]}).data
        link = next(re.findall(r"/account/invitation\?token=\S+", text)[0] for text in self.environment.mails)
        cognito.create_confirmed_user(NOAH, "Noah", "Fraser")
        page = log_in(browser, NOAH, PASSWORD, link)
        assert "You are now a member" in browser.submit(page, button="answer=join").text

    def _files(self) -> None:
        confirmed = uploaded(self._olivia, BUCKET)
        assert self._olivia.call(CONFIRM, {"ids": [confirmed]}).data
        uploaded(self._olivia, BUCKET, fileName="never confirmed.pdf")
        request = {"organizationId": self._olivia.organization_id, "jobPostingInfo": hourly()}
        assert self._olivia.call(CREATE_JOB, {"request": request | {"attachmentIds": [confirmed]}}).data

    def _pictures(self) -> None:
        """Choose a portrait that is shown, then one that is not processed yet; a logo; and one that is no picture."""
        pictures = PictureUploads(self.environment.souk, BUCKET)
        shown = pictures.upload(self._olivia)
        pictures.process(shown)
        for file_id in (shown, pictures.upload(self._olivia)):
            assert self._olivia.call(UPDATE, {"input": {"portraitFileId": file_id, "phone": "+14155550143"}}).data
        logo = pictures.upload(self._olivia, "Logo")
        profile = {"logoFileId": logo, "summary": "Tools and fittings", "website": "https://acme.example/"}
        assert self._olivia.call(UPDATE_LOGO, {"input": profile}).data
        pictures.process(pictures.upload(self.people.persons[SOFIA], content=b"no picture"))

    def _gigs(self) -> None:
        sofia = self.people.persons[SOFIA]
        gig_id = published(sofia)
        standard = package(name="More logos", price=900, deliveryTime=40)
        assert sofia.call(PACKAGES, {"input": {"gigId": gig_id, "basic": package(), "standard": standard}}).data
        complete(sofia, title="Draw a map")
        for document, title in ((PAUSE, "Draw a tree"), (DELETE, "Draw a house")):
            assert sofia.call(document, {"gigId": published(sofia, title=title)}).data
        assert self._olivia.call(ORDER, {"input": gig_order_input(self._olivia, gig_id)}).data
        omar = self.people.persons[OMAR]
        assert omar.call(ORDER, {"input": gig_order_input(omar, gig_id) | {"idempotencyKey": None}}).data

    def _webhooks(self) -> WebhookWorld:
        """Subscribe addresses: one works, one fails slowly, one is gone, one is in review, and one is rejected."""
        webhooks = WebhookWorld(self.environment.souk, self.environment.sqs, self.environment.queues)
        olivia = self._olivia
        events = {"JP": ["NEW"], "OFFER": ["ACCEPTED"], "GIG": ["ORDER"]}
        working, _ = webhooks.subscribe(olivia, URL, **events)
        failing, _ = webhooks.subscribe(olivia, FAILING, CFB=[])
        gone, _ = webhooks.subscribe(olivia, GONE, CFB=[])
        webhooks.subscribe(self.people.persons[SOFIA], "https://hooks.studio.test/", GIG=["ORDER"])
        webhooks.create(olivia, "https://new.acme.test/", JP=["NEW"])
        rejected = webhooks.create(olivia, "https://bad.acme.test/", JP=[]).data["createWebhookSubscription"]
        webhooks.review(rejected["subscription"]["id"], approve=False, note="Who are you?")
        assert olivia.call(ROTATE, {"id": working}).data
        webhooks.addresses.statuses.update({FAILING: 500, GONE: 410})
        webhooks.addresses.milliseconds[FAILING] = 9_000
        webhooks.relay()
        webhooks.deliver()
        assert webhooks.subscription(gone, olivia.organization_id).state == "DISABLED"
        assert webhooks.deliveries(failing)
        start = CLOCK.market() - timedelta(hours=1)
        span = {"rangeStart": start.isoformat(), "rangeEnd": CLOCK.market().isoformat()}
        assert olivia.call(REPLAY, {"id": working, "range": span}).data["replayWebhooks"]
        assert olivia.call(TEST, {"id": working}).data
        return webhooks

    def _profiles(self, operator: Person) -> None:
        """Leave a draft, and submit profiles for review: one waits, one is accepted, and one is rejected."""
        patch = self.environment.patch
        patch.setenv("SOUK_PROFILE_REVIEW", "on")
        talent_settings.cache_clear()
        people = [self._olivia, self.people.persons[OMAR], *map(self._newcomer, ("Pia", "Rui"))]
        waiting, _draft, accepted, rejected = people
        for one in people:
            assert one.call(UPDATE_PROFILE % "fullName", {"input": COMPLETE}).data
        for one in (waiting, accepted, rejected):
            assert one.call(SUBMIT).data
        for one, approve in ((accepted, True), (rejected, False)):
            decision = {"user": one.user_id, "approve": approve, "note": "Seen"}
            assert operator.call(REVIEW_PROFILE, decision).data
        patch.delenv("SOUK_PROFILE_REVIEW")
        talent_settings.cache_clear()

    def _moderation(self, operator: Person) -> None:
        """Report two postings. One report waits; for the other, the posting is taken down."""
        sofia = self.people.persons[SOFIA]
        for take_down in (False, True):
            request = {"organizationId": self._olivia.organization_id, "jobPostingInfo": hourly()}
            posting = self._olivia.call(CREATE_JOB, {"request": request}).data["createJobPosting"]["id"]
            report = sofia.call(REPORT, {"id": posting, "key": posting}).data["reportContent"]["id"]
            if take_down:
                assert operator.call(RESOLVE, {"id": report}).data

    def _marketplace(self, operator: Person) -> None:
        """Set terms, which somebody accepts, end reviews, choose a logo, and write the text of a mail."""
        terms: dict[str, Any] = {"termsUrl": "https://example.com/terms", "termsVersion": "1", "requireTerms": True}
        logo = PictureUploads(self.environment.souk, BUCKET).upload(operator, "BrandLogo")
        reviews: list[dict[str, Any]] = [{"apiKeyReview": on, "profileReview": on} for on in (True, False)]
        for version, fields in enumerate((terms | {"logoFileId": logo}, *reviews)):
            changed = operator.call(UPDATE_SETTINGS, {"input": fields | {"version": version, "reason": "Founded"}})
            assert changed.data
        accept = 'mutation { acceptTerms(version: "1") { termsVersion } }'
        assert self._olivia.call(accept).data == {"acceptTerms": {"termsVersion": "1"}}
        text = {"id": "confirm", "language": "en", "subject": "Your code", "text": "{{ code }}", "reason": "Shorter"}
        assert operator.call(UPDATE_MAIL, {"input": text}).data

    def _machinery(self, operator: Person) -> None:
        """Begin a rebuild and a replay, which wait for the clock."""
        assert operator.call(REBUILD).code == "SERVICE_UNAVAILABLE"  # it begins, but no index is here to report on
        assert operator.call(REPLAY_EVENTS).data["replayDomainEvents"]

    def _suspensions(self, operator: Person) -> None:
        """Suspend somebody for the second time, and reset the authenticator of another person."""
        suspended, reset = map(self._newcomer, ("Tom", "Uma"))
        for document in (SUSPEND, REACTIVATE, SUSPEND):
            assert operator.call(document, {"id": suspended.user_id}).data
        assert operator.call(RESET_AUTHENTICATOR, {"id": reset.user_id}).data

    def _saved_searches(self) -> None:
        """Save a search, which matches two postings in one minute: the event of the second one is to come."""
        sofia, table = self.people.persons[SOFIA], self.environment.souk.table
        search = {"name": "All work", "filter": {}, "idempotencyKey": "a search of the release before"}
        assert sofia.call(CREATE_SEARCH, {"input": search}).data
        own = Table(table.client, table.name, CLOCK, FUNCTIONS["search_matcher"].writes)
        for _ in range(2):
            request = {"organizationId": self._olivia.organization_id, "jobPostingInfo": hourly()}
            posting = self._olivia.call(CREATE_JOB, {"request": request}).data["createJobPosting"]
            assert Matcher(own).match(posting["id"]) == 1

    def _portfolio(self) -> None:
        """Create a project with a picture that is not processed yet, and one whose file is about to be deleted."""
        sofia, pictures = self.people.persons[SOFIA], PictureUploads(self.environment.souk, BUCKET)
        for _ in range(2):
            project = {"title": "A hundred trees", "attachments": [{"fileId": pictures.upload(sofia, "Portfolio")}]}
            created = sofia.call(CREATE_PROJECT % "", {"input": project}).data["createPortfolioProject"]
        assert sofia.call(CHANGE_PROJECT % "", {"input": {"id": created["id"], "attachments": []}}).data
        service = next(one for one in ontology().occupations.values() if one.slug == "illustration")
        profile = {"occupationId": service.id, "title": "Illustrator of trees", "projectIds": [created["id"]]}
        assert sofia.call(CREATE_SPECIALIZED, {"input": profile}).data
        assert sofia.call(UPDATE, {"input": {"location": {"city": "Porto"}}}).data

    def _rooms(self) -> None:
        """Make a group room, with an invitation by e-mail, and the room of a pair, and write in them."""
        query = "mutation ($input: RoomCreateInputV2!) { createRoomV2(input: $input) { id } }"
        group = {"roomType": "GROUP", "roomName": "Everyone", "public": True, "idempotencyKey": "a room of the release"}
        adviser = {"userId": "0", "organizationId": "0", "inviteEmail": "adviser@souk.test"}
        room = self._olivia.call(query, {"input": {**group, "users": [adviser]}}).data["createRoomV2"]["id"]
        pia = self._newcomer("Ana")
        sofia = {"userId": self.people.persons[SOFIA].user_id, "organizationId": pia.organization_id}
        pair = {"roomType": "ONE_ON_ONE", "users": [sofia]}
        other = pia.call(query, {"input": pair}).data["createRoomV2"]["id"]
        write = "mutation ($input: RoomStoryCreateInputV2!) { createRoomStoryV2(input: $input) { id } }"
        stories = [
            one.call(write, {"input": {"roomId": room_id, "message": "Hello @ana"}}).data["createRoomStoryV2"]["id"]
            for one, room_id in ((self._olivia, room), (pia, other))
        ]
        report = "mutation ($input: NoteRoomStoryInput!) { noteRoomStory(input: $input) { id } }"
        given = {"roomId": other, "storyId": stories[1], "favorite": True, "abuseType": "SPAM"}
        assert self.people.persons[SOFIA].call(report, {"input": given}).data

    def _socket(self) -> None:
        """Open a socket."""
        table = self.environment.souk.table
        headers = {"authorization": f"Bearer {self._olivia.token}"}
        _, credential = identify(table, headers, table.clock.real())
        connect(Table(table.client, table.name, table.clock, FUNCTIONS[LIVE].writes), "a-socket", credential)

    def _clouds(self) -> None:
        """Make a talent cloud with a logo, a task, a member, and a request to join."""
        olivia, sofia, mia = self._olivia, self.people.persons[SOFIA], self.people.persons[MIA]
        pictures = PictureUploads(self.environment.souk, BUCKET)
        logo = pictures.upload(olivia, "TalentCloud")
        pictures.process(logo)
        create = "mutation ($input: CreateTalentCloudInput!) { createTalentCloud(input: $input) { id } }"
        made = {"name": "Smiths", "logoFileId": logo, "idempotencyKey": "a cloud of the release"}
        cloud = olivia.call(create, {"input": made}).data["createTalentCloud"]["id"]
        tasks = "mutation ($input: SetTalentCloudTasksInput!) { setTalentCloudTasks(input: $input) { id } }"
        whole: dict[str, Any] = {
            "talentCloudId": cloud,
            "sections": [{"key": "begin", "name": "Begin", "type": "ONBOARDING"}],
            "tasks": [{"key": "sign", "sectionKeys": ["begin"], "name": "Sign"}],
        }
        assert olivia.call(tasks, {"input": whole}).data
        add = """mutation ($input: AddFreelancersToTalentCloudInput!) {
          addFreelancersToTalentCloud(input: $input) { failed { code message } } }"""
        added = olivia.call(add, {"input": {"talentCloudId": cloud, "userIds": [sofia.user_id]}}).data
        assert added == {"addFreelancersToTalentCloud": {"failed": []}}, added
        ask = """mutation ($input: RequestToJoinTalentCloudInput!) {
          requestToJoinTalentCloud(input: $input) { state } }"""
        assert mia.call(ask, {"input": {"talentCloudId": cloud, "message": "Me!"}}).data
        self._workflow(cloud)

    def _workflow(self, cloud: str) -> None:
        """Make a workflow of a member of a talent cloud, change a task, and comment on it."""
        olivia, sofia = self._olivia, self.people.persons[SOFIA]
        create = "mutation ($input: CreateWorkflowInput!) { createWorkflow(input: $input) { id tasks { id } } }"
        given: dict[str, Any] = {
            "entityType": "TalentCloud",
            "entityId": cloud,
            "type": "ONBOARDING",
            "freelancerUserId": sofia.user_id,
            "tasks": [
                {"key": "sign", "title": "Sign", "dueDate": "2030-01-31"},
                {"title": "Greet", "dependsOn": ["sign"]},
            ],
            "idempotencyKey": "a workflow of the release",
        }
        made = olivia.call(create, {"input": given}).data["createWorkflow"]
        names = {"workflowId": made["id"], "taskId": made["tasks"][0]["id"]}
        complete = """mutation ($w: ID, $t: ID) { updateWorkflowTask(workflowId: $w, taskId: $t,
          updateWorkflowTaskDetailsInput: {status: COMPLETED}) { workflowId } }"""
        assert sofia.call(complete, {"w": names["workflowId"], "t": names["taskId"]}).data
        comment = """mutation ($input: CommentWorkflowTaskInput!) {
          commentWorkflowTask(input: $input) { workflowId } }"""
        assert sofia.call(comment, {"input": names | {"message": "Signed."}}).data

    def _imports(self, operator: Person) -> None:
        """Imports of an organization and of a category that are done, and one that waits."""
        link = """mutation { createDirectUploadLinkForImport(input: {fileName: "rows.csv"}) {
          id formKeyValues { key value } } }"""
        confirm = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids, skipMissing: false) }"
        start = "mutation ($input: StartDataImportInput!) { startDataImport(input: $input) { id } }"

        def started(kind: str, content: bytes, *, dry: bool = False) -> str:
            made = operator.call(link).data["createDirectUploadLinkForImport"]
            (key,) = (one["value"] for one in made["formKeyValues"] if one["key"] == "key")
            aws.s3().put_object(Bucket=BUCKET, Key=key, Body=content)
            assert operator.call(confirm, {"ids": [made["id"]]}).data
            given = {"kind": kind, "fileId": made["id"], "dryRun": dry, "idempotencyKey": f"{kind}, dry run: {dry}"}
            import_id: str = operator.call(start, {"input": given}).data["startDataImport"]["id"]
            return import_id

        organizations = b"external_id,name,side,country\nbrought-1,Brought,client,PT\n"
        categories = b"id,kind,label\n1,category,Brought\n"
        for done in (started("ORGANIZATIONS", organizations), started("ONTOLOGY", categories)):
            run_import(self.environment.souk.tables["operator"], done, CLOCK.market())
        started("ORGANIZATIONS", organizations, dry=True)

    def _personal_data(self) -> None:
        """A copy that is ready and one that is asked for; and erasures, one in each phase."""
        souk, table = self.environment.souk, self.environment.souk.tables["operator"]
        export = "mutation ($key: String) { requestDataExport(idempotencyKey: $key) { id } }"
        ready, _waiting = (
            self.people.persons[email].call(export, {"key": "a copy of the release"}).data["requestDataExport"]["id"]
            for email in (SOFIA, OMAR)
        )
        build(table, ready, CLOCK.market())
        delete = """mutation ($input: RequestAccountDeletionInput!) {
          requestAccountDeletion(input: $input) { deletionDateTime } }"""
        due = CLOCK.market() + timedelta(days=15)
        leavers = [self._newcomer(name) for name in ("Ula", "Vic", "Wim", "Xia")]
        for one, name in zip(leavers, ("ula", "vic", "wim", "xia"), strict=True):
            assert one.call(delete, {"input": {"confirmEmail": f"{name}@studio.test"}}).data
        _, leaving, erasing, last = (one.user_id for one in leavers)
        for user_id in (leaving, erasing, last):
            begin(table, user_id, due)
        souk.invoke("auth", due_event(LEAVE, leaving, due))  # its end is yet to be noted
        for user_id in (erasing, last):
            step(table, f"{user_id}/{LEAVE}", due)
        erasure = table.get(ERASURES, last, consistent=True)
        assert erasure
        for kind in erasure.left:
            step(table, f"{last}/{kind}", due)

    def _newcomer(self, name: str) -> Person:
        """Return a person who has just signed up, in Sofia's organization."""
        souk, sofia = self.environment.souk, self.people.persons[SOFIA]
        user = User(
            id=new_id(),
            nickname=name.lower(),
            email=f"{name.lower()}@studio.test",
            first_name=name,
            last_name="Novo",
            creation_date=stamp(CLOCK.market()),
            organization_id=sofia.organization_id,
            company_ids=(sofia.organization_id,),
        )
        tx = souk.table.transaction()
        create_user(tx, user)
        SIGN_UPS.add(tx, user.id)
        tx.commit()
        return person(souk, user.id, sofia.organization_id)
