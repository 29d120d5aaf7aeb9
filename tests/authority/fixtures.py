"""The records of the matrix: Acme's, with a secret in each private field, and those of other organizations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from souk.authentication.principal import Permission, Role
from souk.authentication.records import ApiKey, ClientSecret, Grant, GrantType, Membership, Session
from souk.authentication.scopes import Scope
from souk.authentication.standing import ORGANIZATION, PERSON, Standing, Suspension
from souk.domains.agreements.model import Parties
from souk.domains.audit.model import OperatorAction
from souk.domains.dataexports.model import DataExport
from souk.domains.dataimports.model import DataImport, ImportKind, ImportState
from souk.domains.files.model import Attachment, File
from souk.domains.gigs.model import Gig
from souk.domains.identity.model import (
    BillingType,
    Change,
    Entry,
    Invitation,
    Location,
    Organization,
    OrganizationLegacyType,
    OrganizationType,
    PaymentVerificationStatus,
    User,
)
from souk.domains.jobs.model import Access, Job, PostingInfo, PtcInfo, Question, Status
from souk.domains.jobs.model.parts import AnnotationField, Annotations, CloudVisibility, CustomFieldAnswers, JobType
from souk.domains.market.model import Relation, RelationKind
from souk.domains.reference.ontology import ontology
from tests.authority import gigs
from tests.authority.contracts import ContractRecords
from tests.authority.proposals import JOB_INVITE
from tests.authority.secrets import Audience, Secrets
from tests.support.api import EVERY_SCOPE

SINCE: Final = "2026-01-05T08:00:00.000Z"
ACME, DESIGN, BUILD, VAULT = "7001", "7002", "7003", "7004"
RIVAL, LAB, AGENCY, STUDIO, GARAGE, ATTIC, PIXEL = "8001", "8002", "8003", "8004", "8005", "8006", "8007"
OLIVIA, LIAM, MAX, NORA, ROBOT = "71", "72", "73", "74", "75"
OMAR, ADA, SOFIA, IVY, NOAH, ZOE, CLEO = "81", "82", "83", "84", "85", "86", "87"
HUT, SAM = "8008", "88"
"""A suspended organization, and its owner, who is suspended too."""
OPERATIONS, ODA = "9001", "91"
ACTION: Final = "1460000000000000911"
"""The operator's organization and user."""
OPEN, DRAFT, PRIVATE, CLOUDED = (f"710000000000000000{number}" for number in range(4))
POSTINGS: Final = (OPEN, DRAFT, PRIVATE, CLOUDED)
BRIEF, SKETCH = "7200000000000000001", "7200000000000000002"
KEY, SERVICE_KEY = "canary-key", "canary-service-key"
CHANGE, INVITATION = "7500000000000000001", "7600000000000000001"
DATA_EXPORT = "7650000000000000001"
DATA_IMPORT, IMPORT_FILE = "7660000000000000001", "7660000000000000002"
"""Olivia's."""
SESSION: Final = "7660000000000000001"
CLOUD: Final = "7300000000000000001"
SUBCATEGORY: Final = next(one for one in ontology().occupations.values() if one.slug == "web-development").id
_FREELANCER: Final = {"type": OrganizationType.SOLE_PROPRIETOR, "legacy_type": OrganizationLegacyType.VENDOR}


@dataclass(frozen=True)
class Records:
    """The records, with planted secrets."""

    secrets: Secrets

    def organizations(self) -> Iterator[Organization]:
        """Return the companies and teams."""
        plant, keep = self.secrets.plant, self.secrets.keep
        keep(Audience.COMPANY, "DECLINED")
        keep(Audience.COMPANY, "MANAGED_EMPLOYER")
        keep(Audience.TEAM, "8765432.1")
        keep(Audience.NOBODY, "51.987654")
        yield _organization(
            ACME,
            "Acme",
            company_name=plant(Audience.COMPANY, "name-in-law"),
            description="Anvils.",
            summary=plant(Audience.COMPANY, "summary"),
            contact_user_id=OLIVIA,
            phone=plant(Audience.COMPANY, "phone"),
            accounting_entity=plant(Audience.COMPANY, "accounting-entity"),
            billing_type=BillingType.MANAGED_EMPLOYER,
            payment_verification_status=PaymentVerificationStatus.DECLINED,
            financial_privacy=True,
            total_spent=876_543_210,
            enterprise=True,
            location=Location(
                country="DE",
                city="Berlin",
                timezone="Europe/Berlin",
                address=plant(Audience.COMPANY, "company-street"),
                zip=plant(Audience.COMPANY, "company-zip"),
                latitude=51.987654,
                longitude=13.4,
            ),
        )
        yield _organization(DESIGN, "Acme Design", company_id=ACME, parent_id=ACME)
        yield _organization(BUILD, "Acme Build", company_id=ACME, parent_id=ACME)
        # A hidden team.
        yield _organization(VAULT, plant(Audience.TEAM, "team"), company_id=ACME, parent_id=ACME, hidden=True)
        yield _organization(RIVAL, "Rival")
        yield _organization(LAB, "Rival Lab", company_id=RIVAL, parent_id=RIVAL)
        yield _organization(AGENCY, "Agency", legacy_type=OrganizationLegacyType.VENDOR)
        yield _organization(PIXEL, "Pixel", legacy_type=OrganizationLegacyType.VENDOR)
        yield _organization(OPERATIONS, "Operations", hidden=True)
        for id_, name in ((STUDIO, "Sofia"), (GARAGE, "Ivy"), (ATTIC, "Noah"), (HUT, "Sam")):
            yield _organization(id_, name, **_FREELANCER)

    def users(self) -> Iterator[User]:
        """Return the users. Private data of Acme's users is secret."""
        for id_, name, home in (
            (OLIVIA, "Olivia", ACME),
            (LIAM, "Liam", DESIGN),
            (MAX, "Max", BUILD),
            (NORA, "Nora", ACME),
            (ROBOT, "Robot", ACME),
        ):
            mail, surname, street, code = (
                self.secrets.plant(Audience.COMPANY, f"{part}-of-{name.lower()}", of=id_)
                for part in ("mail", "surname", "street", "zip")
            )
            home_address = Location(country="DE", city="Berlin", timezone="Europe/Berlin", address=street, zip=code)
            leaves = {"deletion": "2099-01-01T00:00:00.000Z"} if id_ == OLIVIA else {}
            private = {"email": f"{mail}@acme.test", "last_name": surname, "location": home_address}
            yield _user(id_, name, home, ACME, **private, **leaves)
        for id_, name, home in (
            (OMAR, "Omar", RIVAL),
            (ADA, "Ada", AGENCY),
            (SOFIA, "Sofia", STUDIO),
            (IVY, "Ivy", GARAGE),
            (NOAH, "Noah", ATTIC),
            (ZOE, "Zoe", PIXEL),
            (CLEO, "Cleo", PIXEL),
            (SAM, "Sam", HUT),
            (ODA, "Oda", OPERATIONS),
        ):
            yield _user(id_, name, home, home)

    def memberships(self) -> Iterator[Membership]:
        """Return the memberships. Liam and Max are in two teams of one company; Nora has no role."""
        yield Membership(
            id="7400000000000000091",
            user_id=ODA,
            organization_id=OPERATIONS,
            company_id=OPERATIONS,
            role=Role.OWNER,
            operator=True,
            since=SINCE,
        )
        for user_id, organization_id, company_id, role in (
            (OLIVIA, ACME, ACME, Role.OWNER),
            (LIAM, DESIGN, ACME, Role.HIRING_MANAGER),
            (MAX, BUILD, ACME, Role.MEMBER),
            (NORA, ACME, ACME, Role.NONE),
            (ROBOT, ACME, ACME, Role.NONE),
            (OMAR, RIVAL, RIVAL, Role.OWNER),
            (ADA, AGENCY, AGENCY, Role.OWNER),
            (SOFIA, STUDIO, STUDIO, Role.OWNER),
            (IVY, GARAGE, GARAGE, Role.OWNER),
            (NOAH, ATTIC, ATTIC, Role.OWNER),
            (ZOE, PIXEL, PIXEL, Role.OWNER),
            (SAM, HUT, HUT, Role.OWNER),
        ):
            id_ = f"74000000000000000{user_id}"
            yield Membership(
                id=self.secrets.keep(Audience.COMPANY, id_, of=user_id) if company_id == ACME else id_,
                user_id=user_id,
                organization_id=organization_id,
                company_id=company_id,
                role=role,
                permissions=(Permission.API_KEY_MANAGER,) if user_id == OLIVIA else (),
                since=SINCE,
            )

    def standings(self) -> Iterator[Standing]:
        """Return the suspensions of Sam and of his organization, each on its own account."""
        suspension = Suspension(reason="Spam.", note="Twice.", since=SINCE, by=ODA)
        for kind, id_ in ((PERSON, SAM), (ORGANIZATION, HUT)):
            yield Standing(kind=kind, id=id_, suspension=suspension)

    def jobs(self) -> Iterator[Job]:
        """Return Acme Design's postings: public, draft, private with an invitation, and for a talent cloud."""
        plant, keep = self.secrets.plant, self.secrets.keep
        keep(Audience.TEAM, "918273.45")  # a budget that is hidden
        for id_ in (DRAFT, PRIVATE, CLOUDED):
            keep(Audience.TEAM if id_ == DRAFT else Audience.INVITED, id_)
        yield self._job(
            OPEN,
            "An anvil for everybody",
            attachments=(self._attachment(BRIEF, "brief.pdf"),),
            info={
                "hide_budget": True,
                "amount": "918273.45",
                "site_source": plant(Audience.TEAM, "site-source"),
                "draft_job_posting_id": plant(Audience.TEAM, "draft-posting"),
                "legacy_ciphertext": plant(Audience.TEAM, "legacy-ciphertext"),
            },
        )
        yield self._job(
            DRAFT,
            plant(Audience.TEAM, "draft-title"),
            status=Status.DRAFT,
            published=None,
            info={"amount": "771122.33"},
        )
        keep(Audience.TEAM, "771122.33")
        for id_, name, fields in (
            (PRIVATE, "private", {"info": {"access": Access.ACCESS_PRIVATE}}),
            (CLOUDED, "clouded", {"ptc_info": _FOR_A_CLOUD}),
        ):
            yield self._job(id_, plant(Audience.INVITED, f"{name}-title"), **fields)

    def _job(self, id_: str, title: str, **fields: Any) -> Job:
        plant = self.secrets.plant
        info = {
            "title": title,
            "description": f"What {title} is about",
            "type": JobType.FIXED_PRICE,
            "amount": "1250.50",
            "category_id": SUBCATEGORY,
            **fields.pop("info", {}),
        }
        tag = plant(Audience.TEAM, f"tag-{id_}")
        return Job(
            **{
                "id": id_,
                "organization_id": DESIGN,
                "company_id": ACME,
                "owner_id": LIAM,
                "currency": "USD",
                "status": Status.REQUESTED,
                "created": SINCE,
                "modified": SINCE,
                "published": SINCE,
                "changed_by_id": OLIVIA,
                "last_client_activity": SINCE,
                "client_spent_on_create": 876_543_210,
                "info": PostingInfo.model_validate(info),
                "questions": (Question(id="3", question="Why you?", user_id=LIAM, created=SINCE, modified=SINCE),),
                "annotations": Annotations(tags=(tag,), custom_fields=(AnnotationField(key="cost centre", value=tag),)),
                "custom_fields": self._earlier_answers(id_),
                **fields,
            }
        )

    def _earlier_answers(self, id_: str) -> CustomFieldAnswers | None:
        """Return an answer as an earlier release stored it in a posting. The open one has answers of today's."""
        if id_ == OPEN:
            return None
        answer = {"id": "1", "custom_field_id": "2", "value": self.secrets.plant(Audience.TEAM, f"answer-{id_}")}
        return CustomFieldAnswers.model_validate({"responses": [answer]})

    def files(self) -> Iterator[File]:
        """Return an attached and an unattached file of Acme Design."""
        self.secrets.keep(Audience.TEAM, f"attachments/{DESIGN}/")
        self.secrets.keep(Audience.TEAM, SKETCH)
        for id_, name, size in (
            (BRIEF, "brief.pdf", 5),
            (SKETCH, self.secrets.plant(Audience.TEAM, "file-name"), None),
        ):
            yield File(
                id=id_,
                organization_id=DESIGN,
                company_id=ACME,
                user_id=LIAM,
                file_name=name,
                content_type="application/pdf",
                max_size=100,
                meta_data=self.secrets.plant(Audience.NOBODY, f"meta-data-{id_}"),
                created=SINCE,
                size=size,
            )

    @staticmethod
    def _attachment(file_id: str, name: str) -> Attachment:
        return Attachment(
            id=file_id,
            file_name=name,
            key=f"attachments/{DESIGN}/{file_id}",
            content_length=5,
            content_type="application/pdf",
            created_date_time=SINCE,
        )

    def gigs(self) -> Iterator[Gig]:
        """Return Olivia's gigs, one in each state, and one of Ivy's."""
        yield from gigs.gigs(OLIVIA, self.secrets)
        yield gigs.for_sale(IVY)

    def contract_records(self) -> ContractRecords:
        """Return the contracts between Acme Design and Ivy, from the public posting."""
        return ContractRecords(
            self.secrets,
            Parties(
                client_user_id=LIAM,
                client_team_id=DESIGN,
                client_company_id=ACME,
                vendor_user_id=IVY,
                vendor_team_id=GARAGE,
                vendor_company_id=GARAGE,
            ),
            OPEN,
        )

    def keys(self) -> Iterator[ApiKey]:
        """Return Acme's API keys: one for users, and one for a service account."""
        self.secrets.keep(Audience.GOVERNING, KEY)
        self.secrets.keep(Audience.GOVERNING, SERVICE_KEY)
        for id_ in (KEY, SERVICE_KEY):
            yield ApiKey(
                id=id_,
                name=self.secrets.plant(Audience.GOVERNING, f"name-of-{id_}"),
                description=self.secrets.plant(Audience.GOVERNING, f"purpose-of-{id_}"),
                organization_id=ACME,
                company_id=ACME,
                created_by=OLIVIA,
                created=SINCE,
                secrets=(
                    ClientSecret(hash=self.secrets.plant(Audience.NOBODY, f"hash-of-{id_}"), expires=4_000_000_000),
                ),
                scopes=tuple(scope for scope in EVERY_SCOPE if scope != Scope.OPERATOR),
                grants=(GrantType.AUTHORIZATION_CODE,),
                redirect_uris=(f"https://{self.secrets.plant(Audience.GOVERNING, f'host-of-{id_}')}.test/",),
                service_account_id=ROBOT if id_ == SERVICE_KEY else None,
            )

    def sessions(self) -> Iterator[Session]:
        """Return a browser that Acme's owner is logged in with."""
        yield Session(
            hash=self.secrets.plant(Audience.NOBODY, "hash-of-session"),
            id=self.secrets.keep(Audience.PERSON, SESSION, of=OLIVIA),
            user_id=OLIVIA,
            began=1_700_000_000,
            expires=4_000_000_000,
            device=self.secrets.plant(Audience.PERSON, "device", of=OLIVIA),
            address=self.secrets.plant(Audience.PERSON, "address", of=OLIVIA),
        )

    @staticmethod
    def grants() -> Iterator[Grant]:
        """Return what Acme's owner has given to Acme's own program."""
        facts = {"scopes": (Scope.COMMON_ENTITIES_READ.value,), "generation": 1, "expires": 4_000_000_000}
        yield Grant(id="grant-of-owner", key_id=KEY, user_id=OLIVIA, organization_id=ACME, **facts)

    def changes(self) -> Iterator[Change]:
        """Return an audit record of a change by Acme's owner."""
        what = Entry(key="organizationName", value=self.secrets.plant(Audience.GOVERNING, "change"))
        yield Change(
            id=self.secrets.keep(Audience.GOVERNING, CHANGE), organization_id=ACME, company_id=ACME, metadata=(what,)
        )

    def actions(self) -> Iterator[OperatorAction]:
        """Return an action of the operator on Acme's owner, which only operators see."""
        yield OperatorAction(
            id=ACTION,
            operator_id=ODA,
            action="verifyIdentity",
            subject_type="User",
            subject_id=OLIVIA,
            reason=self.secrets.plant(Audience.NOBODY, "action", of=ODA),
            created=SINCE,
        )

    def exports(self) -> Iterator[DataExport]:
        """Return a copy of Olivia's data, which is being built."""
        yield DataExport(
            id=self.secrets.keep(Audience.PERSON, DATA_EXPORT),
            user_id=OLIVIA,
            base_url="https://souk.test",
            requested="2026-01-05T08:00:00.000Z",
            kept_until=4_000_000_000,
        )

    def imports(self) -> Iterator[DataImport]:
        """Return an import of an operator that goes on."""
        yield DataImport(
            id=DATA_IMPORT,
            kind=ImportKind.USERS,
            state=ImportState.RUNNING,
            dry_run=False,
            file_name=self.secrets.plant(Audience.OPERATORS, "import"),
            key="attachments/none",
            size=10,
            base_url="https://souk.test",
            started_by_id=ODA,
            started="2026-01-05T08:00:00.000Z",
            kept_until=4_000_000_000,
        )

    def import_files(self) -> Iterator[File]:
        """Return a file that an operator has uploaded for an import."""
        yield File(
            id=IMPORT_FILE,
            organization_id=OPERATIONS,
            company_id=OPERATIONS,
            user_id=ODA,
            file_name="people.csv",
            content_type="text/csv",
            max_size=10,
            created=SINCE,
            purpose="dataimports.file",
            size=10,
            kept_key="attachments/none",
        )

    def invitations(self) -> Iterator[Invitation]:
        """Return a pending invitation to Acme Design."""
        yield Invitation(
            hash=self.secrets.plant(Audience.NOBODY, "hash-of-invitation"),
            id=self.secrets.keep(Audience.GOVERNING, INVITATION),
            email=self.secrets.plant(Audience.GOVERNING, "invited") + "@souk.test",
            company_id=ACME,
            organization_ids=(DESIGN,),
            role=Role.MEMBER,
            inviter_id=OLIVIA,
            inviter_organization_id=ACME,
            company_name="Acme",
            inviter_name="Olivia",
            flow="CLIENT_INVITE_TO_TEAM",
            landing_url="https://acme.test/",
            created=1_700_000_000,
            expires=4_000_000_000,
        )

    @staticmethod
    def relations() -> Iterator[Relation]:
        """Return Ivy's invitation by Acme, which is secret."""
        yield Relation(kind=RelationKind.INVITATION, target_id=PRIVATE, user_id=IVY, record_id=JOB_INVITE)


_FOR_A_CLOUD: Final = PtcInfo(visibility=CloudVisibility.MEMBER_SELECTED_CLOUD, talent_cloud_ids=(CLOUD,))


def _organization(id_: str, name: str, **fields: Any) -> Organization:
    return Organization(
        **{
            "id": id_,
            "name": name,
            "type": OrganizationType.BUSINESS,
            "legacy_type": OrganizationLegacyType.CLIENT,
            "company_id": id_,
            "creation_date": SINCE,
            **fields,
        }
    )


def _user(id_: str, first_name: str, home: str, company_id: str, **fields: Any) -> User:
    return User(
        **{
            "id": id_,
            "nickname": first_name.lower(),
            "email": f"{first_name.lower()}@souk.test",
            "first_name": first_name,
            "last_name": "Example",
            "photo_url": f"https://souk.test/{first_name.lower()}.jpg",
            "location": Location(country="PT", city="Lisbon", zip="1000", address="Rua 1", timezone="Europe/Lisbon"),
            "creation_date": SINCE,
            "organization_id": home,
            "company_ids": (company_id,),
            **fields,
        }
    )
