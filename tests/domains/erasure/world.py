"""Two people whose data is in every domain: Zenobia, a freelancer, and Ptolemy, a client with a company of his own.

Olivia's company Acme hires Zenobia too. It stays.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import orjson

from souk.authentication.records import SESSIONS, Session
from souk.domains.identity.model import (
    Location,
    OrganizationLegacyType,
    OrganizationType,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.store import ORGANIZATIONS, create_user
from souk.storage import Key
from tests.domains.files.pictures import UPDATE as CHOOSE_PORTRAIT
from tests.domains.files.pictures import PictureUploads
from tests.domains.identity.api_keys import CREATE as CREATE_KEY
from tests.domains.talent.test_portfolio import CREATE as CREATE_PROJECT
from tests.domains.talent.world import COMPLETE
from tests.domains.talent.world import UPDATE as UPDATE_PROFILE
from tests.support.actor import Actor, fixed, hourly
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.worlds.gigs import published
from tests.support.worlds.jobs import ACME, OLIVIA, organization, user
from tests.support.worlds.savedsearches import CREATE_SEARCH
from tests.support.worlds.webhooks import CREATE as SUBSCRIBE

ZENOBIA, ATELIER, PTOLEMY, WORKS, COLLEAGUE = "901", "9001", "902", "9002", "903"
NAMES: Final = ("Quillfeather", "Zenobia", "Brasswick", "Ptolemy")
"""They are in no item when both are erased, but for words of others."""
OF_OTHERS: Final = "Hello Zenobia Quillfeather!"
"""What Olivia writes. It is hers, too."""
SECRETS: Final = (
    *NAMES,
    "351912000111",
    "351912000222",
    "Rua do Segredo",
    "Hidden Lane",
    "PT501964843",
    "quill.example",
)
DELETE: Final = """mutation ($input: RequestAccountDeletionInput!) {
  requestAccountDeletion(input: $input) { deletionDateTime email } }"""
CANCEL: Final = "mutation { cancelAccountDeletion { deletionDateTime } }"
EXPORT: Final = "mutation ($key: String) { requestDataExport(idempotencyKey: $key) { id state downloadUrl } }"
EXPORTS: Final = """{ dataExports {
  id state requestedDateTime readyDateTime expiresDateTime size kind downloadUrl } }"""
WRITE: Final = "mutation ($input: RoomStoryCreateInputV2!) { createRoomStoryV2(input: $input) { id } }"
NOTE: Final = "mutation ($input: NoteRoomStoryInput!) { noteRoomStory(input: $input) { id } }"
REPORT: Final = "mutation ($input: ReportContentInput!) { reportContent(input: $input) { id } }"


def _user(id_: str, first: str, last: str, home: str, **fields: str) -> User:
    place = Location(country="PT", city="Porto", zip="4000-123", address=fields["street"])
    return user(id_, first, home, place).model_copy(
        update={
            "last_name": last,
            "email": f"{first.lower()}@quill.example",
            "phone": fields["phone"],
            "subject": f"sub-{id_}",
        }
    )


class PersonalWorld:
    """Everything that the two people have."""

    def __init__(self, souk: Souk, bucket: str) -> None:
        self.souk, self.table, self.bucket = souk, souk.table, bucket
        self._store_people()
        self.olivia = person(souk, OLIVIA, ACME)  # the first: the program of all three is her company's
        self.zenobia, self.ptolemy = person(souk, ZENOBIA, ATELIER), person(souk, PTOLEMY, WORKS)
        self.pictures = PictureUploads(souk, bucket)

    def _store_people(self) -> None:
        tx = self.table.transaction()
        place = Location(country="PT", city="Porto", address="Rua do Segredo 7")
        atelier = organization(
            ATELIER,
            "Zenobia Quillfeather",
            type=OrganizationType.SOLE_PROPRIETOR,
            legacy_type=OrganizationLegacyType.VENDOR,
            offerLocation=place,
            phone="+351912000111",
            vat_id="PT501964843",
            contact_user_id=ZENOBIA,
        )
        works = organization(
            WORKS, "Brasswick Works", offerLocation=place, website="https://quill.example", contact_user_id=PTOLEMY
        )
        verified = PaymentVerificationStatus.VERIFIED
        acme = organization(ACME, "Acme", enterprise=True, payment_verification_status=verified)
        for one in (atelier, works, acme):
            tx.create(ORGANIZATIONS, one)
        create_user(
            tx, _user(ZENOBIA, "Zenobia", "Quillfeather", ATELIER, phone="+351912000111", street="Rua do Segredo 7")
        )
        create_user(tx, _user(PTOLEMY, "Ptolemy", "Brasswick", WORKS, phone="+351912000222", street="Hidden Lane 3"))
        create_user(tx, user(OLIVIA, "Olivia", ACME, Location(country="US")))
        tx.commit()

    def actor(self, who: Person) -> Actor:
        """Return a person for the calls of hiring."""
        return Actor(who.user_id, who.organization_id, lambda query, variables: who.call(query, variables).json)

    def fill(self) -> None:
        """Let the two do what people do."""
        self._profile()
        self.contract = self._hire()
        self._client()
        self._talk()
        self._settings()

    def _profile(self) -> None:
        zenobia = self.zenobia
        portrait = self.pictures.upload(zenobia)
        self.pictures.process(portrait)
        assert zenobia.call(CHOOSE_PORTRAIT, {"input": {"portraitFileId": portrait}}).data
        overview = {"overview": "I am Zenobia Quillfeather, and I draw gulls.", "title": "Quillfeather Illustrations"}
        assert zenobia.call(UPDATE_PROFILE % "fullName", {"input": {**COMPLETE, **overview}}).data
        file_id = self.pictures.upload(zenobia, "Portfolio")
        project = {"title": "Works of Quillfeather", "attachments": [{"fileId": file_id}]}
        assert zenobia.call(CREATE_PROJECT % "", {"input": project}).data
        self.gig = published(zenobia, title="Let Zenobia Quillfeather draw")
        report = {"kind": "GIG", "contentId": self.gig, "reason": "SPAM"}
        answer = self.olivia.call(REPORT, {"input": report})
        assert answer.data, answer.json

    def _hire(self) -> str:
        """Zenobia works for Acme, and is paid for a milestone. The contract and the reviews stay."""
        acme, zenobia = self.actor(self.olivia), self.actor(self.zenobia)
        job = acme.post_job("Draw our gulls", hourly=False)
        proposal = zenobia.propose(job, "300.00")
        acme.write_to(job, proposal, OF_OTHERS)
        offer = acme.offer(job, proposal, zenobia, **fixed(30_000))
        contract = zenobia.accept(offer["id"])
        milestone = offer["milestoneTerms"]["milestones"][0]["id"]
        acme.activate(milestone)
        zenobia.submit(milestone, "Here they are.")
        self.room, self.milestone = proposal, milestone
        return str(contract["id"])

    def settle(self) -> None:
        """End what stands in the way."""
        acme, zenobia = self.actor(self.olivia), self.actor(self.zenobia)
        acme.approve(self.milestone, paidAmount="30000")
        zenobia.end_as_freelancer(self.contract, "1301")
        acme.review(self.contract, 5, "Fine gulls.")
        zenobia.review(self.contract, 4, "Paid at once.")

    def _client(self) -> None:
        """Ptolemy has postings, with a proposal of Zenobia and an open offer to her; a draft; and a talent cloud."""
        ptolemy, zenobia = self.actor(self.ptolemy), self.actor(self.zenobia)
        job = ptolemy.post_job("Cast our bells", hourly=True)
        zenobia.propose(job, "40.00")
        ptolemy.post_job("A draft", hourly=True, status="DRAFT")
        other, job_for_her = (ptolemy.post_job(title, hourly=True) for title in ("Ring our bells", "Polish our bells"))
        ptolemy.invite(job_for_her, zenobia)
        place = {"city": "Porto", "address": {"addressLine": "Hidden Lane 3"}}
        applied = zenobia.propose(other, "45.00")
        ptolemy.offer(other, applied, zenobia, **hourly("4000"), offerLocation=place)
        create = "mutation ($input: CreateTalentCloudInput!) { createTalentCloud(input: $input) { id } }"
        cloud = self.ptolemy.call(create, {"input": {"name": "Founders"}}).data["createTalentCloud"]["id"]
        ask = "mutation ($input: RequestToJoinTalentCloudInput!) { requestToJoinTalentCloud(input: $input) { state } }"
        message = {"talentCloudId": cloud, "message": "It is me, Zenobia."}
        assert self.zenobia.call(ask, {"input": message}).data

    def _talk(self) -> None:
        answer = self.zenobia.call(WRITE, {"input": {"roomId": self.room, "message": "I shall begin at once."}}).data
        story = answer["createRoomStoryV2"]["id"]
        marks = {"roomId": self.room, "storyId": story, "favorite": True}
        assert self.zenobia.call(NOTE, {"input": marks}).data

    def _settings(self) -> None:
        zenobia, ptolemy = self.zenobia, self.ptolemy
        search = {"name": "Work for Zenobia", "filter": {}}
        assert zenobia.call(CREATE_SEARCH, {"input": search}).data
        hook = {"url": "https://hooks.quill.example/souk", "events": [{"entity": "GIG", "actions": ["ORDER"]}]}
        assert zenobia.call(SUBSCRIBE, {"input": hook}).data
        key = {
            "name": "Brasswick importer",
            "description": "Imports for Ptolemy.",
            "scopeIds": ["common-entities-read"],
            "grants": ["AUTHORIZATION_CODE"],
            "redirectUris": ["https://quill.example/callback"],
        }
        answer = ptolemy.call(CREATE_KEY, {"input": key})
        assert answer.data, answer.json
        tx = self.table.transaction()
        real = CLOCK.real()
        for at in (1, 2):
            expires = int((real + timedelta(hours=12)).timestamp())
            tx.create(SESSIONS, Session(hash=f"session-{at}", user_id=ZENOBIA, began=real.timestamp(), expires=expires))
        tx.commit()

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield everything in the table. Only tests may scan it."""
        for page in self.table.client.get_paginator("scan").paginate(TableName=self.table.name):
            yield from page["Items"]

    def objects(self) -> list[str]:
        """Return the keys of the objects in the bucket."""
        return [one["Key"] for one in self.pictures.s3.list_objects_v2(Bucket=self.bucket).get("Contents", ())]

    def found(self, *words: str) -> dict[Key, str]:
        """Return the items with one of some words, ignoring case, with the words that other people wrote left out."""
        hits = {}
        for item in self.items():
            text = orjson.dumps(item, default=list).decode().casefold().replace(OF_OTHERS.casefold(), "")
            for word in words:
                if word.casefold() in text:
                    hits[Key(item["PK"]["S"], item["SK"]["S"])] = word
        return hits
