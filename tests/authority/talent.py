"""Ivy's private profile, which Acme sees as the other side of her contracts; the public one of an agency's Zoe; and
Cleo's private one, which Acme finds because she belongs to one of its talent clouds."""

from dataclasses import dataclass
from typing import Final

from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import (
    DAYS,
    FREELANCER_RECORDS,
    HIDDEN_REASONS,
    RELATIONS,
    day_key,
    freelancer_record_key,
    hidden_key,
)
from souk.domains.moderation.model import Takedown
from souk.domains.reference.ontology import ontology
from souk.domains.reference.rules import reasons
from souk.domains.talent.model import (
    Availability,
    Capacity,
    Certificate,
    CertificateStatus,
    CertificateVisibility,
    Commitment,
    Day,
    Education,
    Employment,
    English,
    Experience,
    LinkedAccount,
    Preferences,
    Profile,
    ProfileState,
    ProjectPreference,
    ResponseTime,
    SpecializedProfile,
    SpokenLanguage,
    TalentBadge,
    Visibility,
)
from souk.domains.talent.portfolio import Project, ProjectAttachment, ProjectFile
from souk.domains.talent.store import PROFILES, PROJECTS
from souk.storage import Table, Transaction
from souk.values.times import stamp
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-12T08:00:00.000Z"
EMPLOYMENT, EDUCATION, EXPERIENCE, CERTIFICATE, ACCOUNT = (f"810000000000000000{number}" for number in range(5))
_HIDDEN, _REVOKED = "8100000000000000010", "8100000000000000011"
PROJECT, HIDDEN_PROJECT, SPECIALIZED, DRAFT, READY_DRAFT = (f"810000000000000002{number}" for number in range(5))
_TIMES: Final = {"created": SINCE, "updated": SINCE}
_SERVICE: Final = next(one for one in ontology().occupations.values() if one.slug == "photography")
_OTHER_SERVICE: Final = next(one for one in ontology().occupations.values() if one.slug == "illustration")


@dataclass(frozen=True)
class TalentRecords:
    """The profiles, with planted secrets: Acme sees Ivy's profile, and only she and operators some parts of it."""

    secrets: Secrets
    person_id: str
    client_company_id: str
    agency_person_id: str
    taken_down_person_id: str
    accepted_person_id: str
    cloud_person_id: str
    contract_id: str
    """A contract of the person as a freelancer."""

    def store(self, table: Table) -> None:
        """Store the profiles, and that Acme has made Ivy an offer."""
        tx = table.transaction()
        tx.create(PROFILES, self._private())
        tx.create(
            PROFILES,
            Profile(
                user_id=self.agency_person_id,
                title="Painter of screens",
                state=ProfileState.UNDER_REVIEW,
                review_opened=SINCE,
            ),
        )
        tx.create(PROFILES, self._taken_down())
        tx.create(PROFILES, self._accepted())
        for project in self._projects():
            tx.create(PROJECTS, project)
        contact = Relation(kind=RelationKind.CONTACT, user_id=self.person_id, target_id=self.client_company_id)
        tx.create(RELATIONS, contact)
        self._count(tx)
        tx.create(PROFILES, self._in_cloud())
        tx.commit()

    def _count(self, tx: Transaction) -> None:
        """Add numbers of Ivy's work to a transaction."""
        person, reviews = self.person_id, {"reviews": 2, "stars": 900, "weight": 200, "weighted_stars": 90_000}
        proposals = {
            "applied": 4,
            "viewed": 3,
            "hidden_viewed": 1,
            "interviewed": 2,
            "won": 1,
            "invited": 2,
            "answered": 1,
        }
        tx.tally(FREELANCER_RECORDS, freelancer_record_key(person), **reviews)
        tx.latest(freelancer_record_key(person), last_applied=SINCE)
        tx.tally(DAYS, day_key(person, stamp(tx.clock.market())), **reviews, **proposals)
        tx.tally(HIDDEN_REASONS, hidden_key(person, reasons("PROPOSAL_REJECT")[0].id), proposals=1)

    def _shared(self, name: str) -> str:
        return self.secrets.plant(Audience.COMPANY, f"profile-{name}", of=self.person_id)

    def _own(self, name: str) -> str:
        return self.secrets.plant(Audience.NOBODY, f"profile-{name}", of=self.person_id)

    def _in_cloud(self) -> Profile:
        title, overview = (
            self.secrets.plant(Audience.COMPANY, f"member-{name}", of=self.cloud_person_id)
            for name in ("title", "overview")
        )
        return Profile(
            user_id=self.cloud_person_id,
            title=title,
            overview=overview,
            rate=7_000,
            skills=("photography",),
            availability=Availability(capacity=Capacity.FULL_TIME, **_TIMES),
            standing=TalentBadge.TOP_RATED,
            job_success=95,
            last_active=SINCE,
            state=ProfileState.ACCEPTED,
            visibility=Visibility.PRIVATE,
        )

    def _private(self) -> Profile:
        phone = self.secrets.keep(Audience.NOBODY, "+351999888777", of=self.person_id)
        return Profile(
            user_id=self.person_id,
            title=self._shared("title"),
            overview=self._shared("overview"),
            standing=TalentBadge.TOP_RATED_PLUS,
            standing_since=SINCE,
            job_success=93,
            long_term_clients=1,
            rate=8_500,
            skills=("photography", "illustration"),
            service_ids=(_SERVICE.id,),
            work_phone=phone,
            languages=(SpokenLanguage(code="en", level=English.FLUENT),),
            employment=(
                Employment(
                    id=EMPLOYMENT,
                    company_name=self._shared("employer"),
                    job_title="Painter",
                    standardized_company_id="1",
                    standardized_job_title_id="2",
                    role="Lead",
                    start_date="2019-03",
                    end_date="2020-04-30",
                    description=self._shared("employment"),
                    city="Lisbon",
                    country="PT",
                    **_TIMES,
                ),
            ),
            education=(
                Education(
                    id=EDUCATION,
                    institution_name=self._shared("school"),
                    standardized_institution_id="3",
                    area_of_study="Gulls",
                    standardized_area_of_study_id="4",
                    degree="Master",
                    standardized_degree_id="5",
                    start_date="2014-09",
                    end_date="2019-02",
                    description="Gulls, and what they eat.",
                    **_TIMES,
                ),
            ),
            experiences=(
                Experience(
                    id=EXPERIENCE,
                    subject=self._shared("experience"),
                    description="Round the cape.",
                    active=True,
                    **_TIMES,
                ),
            ),
            certificates=(self._certificate(), self._hidden_certificate()),
            accounts=(
                LinkedAccount(
                    id=ACCOUNT,
                    name="github",
                    user_profile=f"https://{self._shared('account')}.example/",
                    expires="2099-01-01T00:00:00.000Z",
                    **_TIMES,
                ),
                LinkedAccount(
                    id=_REVOKED,
                    name="gitlab",
                    user_profile=f"https://{self._own('revoked-account')}.example/",
                    revoked=SINCE,
                    **_TIMES,
                ),
            ),
            project_ids=(PROJECT, HIDDEN_PROJECT),
            specialized=(
                SpecializedProfile(
                    id=SPECIALIZED,
                    occupation_id=_SERVICE.id,
                    title=self._shared("specialized"),
                    description="Of gulls.",
                    rate=9_500,
                    weblink="https://gulls.example/ivy",
                    skills=("photography",),
                    project_ids=(PROJECT, HIDDEN_PROJECT),
                    published=True,
                    primary=True,
                    **_TIMES,
                ),
                SpecializedProfile(
                    id=DRAFT, occupation_id=_OTHER_SERVICE.id, title=self._own("specialized-draft"), **_TIMES
                ),
            ),
            availability=Availability(
                capacity=Capacity.RANGE_OF_HOURS,
                available_from=SINCE,
                min_hours=10,
                max_hours=20,
                available_days=(Day.MONDAY,),
                **_TIMES,
            ),
            commitment=Commitment(response_time=ResponseTime.SOON, **_TIMES),
            preferences=Preferences(project_type=ProjectPreference.LONGER_TERM_3PLUS_MONTHS),
            visibility=Visibility.PRIVATE,
            risky=True,
            state=ProfileState.REJECTED,
            state_reason=self._own("state-reason"),
            updated=SINCE,
        )

    def _taken_down(self) -> Profile:
        reason = self.secrets.plant(Audience.OPERATORS, "takedown-reason", of=self.taken_down_person_id)
        return Profile(
            user_id=self.taken_down_person_id,
            title="Taken down",
            overview=self.secrets.plant(Audience.OPERATORS, "taken-down-overview", of=self.taken_down_person_id),
            state=ProfileState.ACCEPTED,
            takedown=Takedown(reason=reason, at=SINCE),
        )

    def _accepted(self) -> Profile:
        """Return the profile of a person with a draft of a specialized one, which can be published."""
        draft = SpecializedProfile(
            id=READY_DRAFT,
            occupation_id=_SERVICE.id,
            title=self.secrets.plant(Audience.PERSON, "ready-draft", of=self.accepted_person_id),
            description="Of gulls.",
            rate=9_500,
            skills=("photography",),
            **_TIMES,
        )
        return Profile(
            user_id=self.accepted_person_id, title="Buyer", state=ProfileState.ACCEPTED, specialized=(draft,)
        )

    def _projects(self) -> tuple[Project, Project]:
        common = {"user_id": self.person_id, **_TIMES}
        hidden = Project(id=HIDDEN_PROJECT, title=self._shared("hidden-project"), public=False, **common)
        shown = Project(
            id=PROJECT,
            title=self._shared("project"),
            description="Of gulls.",
            contract_id=self.contract_id,
            project_url="https://gulls.example/project",
            video_url="https://gulls.example/video",
            completed=SINCE,
            attachments=(
                self._attachment("22", "gull.png", picture="22-0a"),
                self._attachment("23", "plan.pdf"),
                ProjectAttachment(id="24", video_url="https://gulls.example/video", created=SINCE),
            ),
            primary_image_id="22",
            skills=("photography", "illustration"),
            category_id=_SERVICE.category.id,
            sub_category_id=_SERVICE.parent.id if _SERVICE.parent else None,
            occupation_id=_SERVICE.id,
            role="Photographer",
            project_goal="To see them.",
            solution="Patience.",
            **common,
        )
        return shown, hidden

    @staticmethod
    def _attachment(id_: str, name: str, picture: str | None = None) -> ProjectAttachment:
        file = ProjectFile(
            id=id_,
            file_name=name,
            key=f"attachments/{id_}",
            content_type="image/png" if picture else "application/pdf",
            size=100,
            picture=picture is not None,
            picture_name=picture,
        )
        return ProjectAttachment(id=id_, file=file, title="Gulls", description="Many.", created=SINCE)

    def _certificate(self) -> Certificate:
        return Certificate(
            id=CERTIFICATE,
            name=self._shared("certificate"),
            provider="Gull Society",
            provider_link="https://gulls.example/",
            description="For gulls.",
            url="https://gulls.example/1",
            earned_date="2020-01-01",
            expiration_date="2020-12-31",
            certification_number="G-1",
            submission_code=self._own("submission-code"),
            score="1.0",
            notes="With honours",
            business_name="Ivy's",
            attachment_id="6",
            **_TIMES,
        )

    def _hidden_certificate(self) -> Certificate:
        return Certificate(
            id=_HIDDEN,
            name=self._own("hidden-certificate"),
            visibility=CertificateVisibility.PRIVATE,
            status=CertificateStatus.VERIFIED,
            **_TIMES,
        )
