"""A marketplace with a freelancer, her agency, two clients and an operator, and the requests of profiles."""

from typing import Any, Final

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from souk.domains.talent.model import Profile
from souk.domains.talent.store import PROFILES
from souk.storage import Table
from souk.storage.transaction import OUTBOX
from tests.domains.identity.people import ACME, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, organization, settle, user
from tests.domains.operator.conftest import ADA, HOUSE
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK, new_id

AGENCY, MIA, IVO = "501", "105", "106"
UPDATE: Final = "mutation ($input: UpdateFreelancerProfileInput!) { updateFreelancerProfile(input: $input) { %s } }"
BY_KEY: Final = "query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) { %s } }"
TALENT: Final = "query ($key: String!) { talentProfileByProfileKey(profileKey: $key) { %s } }"
SUBMIT: Final = "mutation { submitFreelancerProfile { personalData { profileState } } }"
COMPLETE: Final[dict[str, Any]] = {
    "title": "Illustrator",
    "overview": "Gulls, and what they eat.",
    "chargeRate": {"amount": "85.00", "currency": "USD"},
    "skills": ["illustration", "souk:photography"],
}
JOB: Final[dict[str, Any]] = {
    "companyName": "Gull & Co",
    "jobTitle": "Painter",
    "role": "Lead",
    "startDate": "2019-03",
    "city": "Berlin",
    "country": "Germany",
}


class TalentWorld:
    """Sofia is a freelancer with an agency, of Mia and Ivo. Olivia and Omar are clients. Ada is an operator."""

    def __init__(self, souk: Souk) -> None:
        self.souk, self.table = souk, souk.table
        settle(self.table)
        founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
        bootstrap(self.table, founder, "A test", CLOCK.market())
        self._settle_agency()
        self.sofia = person(souk, SOFIA, SOLO)
        self.mia = person(souk, MIA, AGENCY)
        self.ivo = person(souk, IVO, AGENCY, role=Role.MEMBER)
        self.olivia = person(souk, OLIVIA, ACME)
        self.omar = person(souk, OMAR, RIVAL)
        self.ada = person(souk, ADA, HOUSE)

    def _settle_agency(self) -> None:
        tx = self.table.transaction()
        tx.create(ORGANIZATIONS, organization(AGENCY, "Pixel", legacy_type=OrganizationLegacyType.VENDOR))
        create_user(tx, user(MIA, "Mia", "Mann", AGENCY))
        create_user(tx, user(IVO, "Ivo", "Ivanov", AGENCY))
        sofia = self.table.get(USERS, SOFIA)
        assert sofia
        tx.update(USERS, sofia.model_copy(update={"company_ids": (SOLO, AGENCY), "phone": "+351912345678"}))
        member = Membership(id=new_id(), user_id=SOFIA, organization_id=AGENCY, company_id=AGENCY, role=Role.MEMBER)
        tx.create(MEMBERSHIPS, member)
        tx.commit()

    def update(self, by: Person | None = None, selected: str = "fullName", **fields: Any) -> Answer:
        """Change the caller's profile."""
        return (by or self.sofia).call(UPDATE % selected, {"input": fields})

    def complete(self, by: Person | None = None) -> None:
        """Write and submit a profile."""
        assert self.update(by, **COMPLETE).data
        assert (by or self.sofia).call(SUBMIT).data

    def add(self, kind: str, by: Person | None = None, selected: str = "id", **fields: Any) -> Answer:
        """Add a record of a kind to the caller's profile."""
        field, type_ = ADD[kind]
        return (by or self.sofia).call(
            f"mutation ($input: {type_}!) {{ {field}(input: $input) {{ {selected} }} }}", {"input": fields}
        )

    def added(self, kind: str, by: Person | None = None, **fields: Any) -> str:
        """Add a record and return its id."""
        answer = self.add(kind, by, **fields).data
        id_: str = answer[ADD[kind][0]]["id"]
        return id_

    def change(self, kind: str, by: Person | None = None, selected: str = "id", **fields: Any) -> Answer:
        """Change a record of a kind."""
        field, type_ = CHANGE[kind]
        return (by or self.sofia).call(
            f"mutation ($input: {type_}!) {{ {field}(input: $input) {{ {selected} }} }}", {"input": fields}
        )

    def seen(self, by: Person, selected: str, user_id: str = SOFIA) -> Any:
        """Return what a caller sees of a profile."""
        return by.call(BY_KEY % selected, {"key": f"~01{user_id}"}).data["freelancerProfileByProfileKey"]

    def talent(self, by: Person, selected: str, user_id: str = SOFIA) -> Any:
        """Return what a caller sees of a talent profile."""
        return by.call(TALENT % selected, {"key": f"~01{user_id}"}).data["talentProfileByProfileKey"]

    def profile(self, user_id: str = SOFIA) -> Profile:
        """Return a stored profile."""
        found = self.table.get(PROFILES, user_id, consistent=True)
        assert found
        return found

    def events(self) -> list[str]:
        """Return the actions of all events of profiles, oldest first."""
        return [event.action for event in stored_events(self.table)]


ADD: Final = {
    "employment": ("addFreelancerEmploymentRecord", "CreateEmploymentRecordInput"),
    "education": ("addFreelancerEducationRecord", "CreateEducationRecordInput"),
    "experience": ("addFreelancerOtherExperience", "OtherExperienceInput"),
    "certificate": ("addFreelancerCertificate", "CreateFreelancerCertificateInput"),
    "account": ("linkExternalAccount", "LinkExternalAccountInput"),
}
CHANGE: Final = {
    "employment": ("updateFreelancerEmploymentRecord", "UpdateEmploymentRecordInput"),
    "education": ("updateFreelancerEducationRecord", "UpdateEducationRecordInput"),
    "experience": ("updateFreelancerOtherExperience", "UpdateOtherExperienceInput"),
    "certificate": ("updateFreelancerCertificate", "UpdateFreelancerCertificateInput"),
}
LEAST: Final[dict[str, dict[str, Any]]] = {
    "employment": JOB,
    "education": {"institutionName": "School of Gulls"},
    "experience": {"subject": "Sailing", "description": "Round the cape."},
    "certificate": {"name": "Certified Gull"},
    "account": {"name": "github", "userProfile": "https://github.example/sofia"},
}
"""The least that a record of each kind needs."""


def stored_events(table: Table) -> list[Any]:
    """Return the events of profiles in the table, oldest first."""
    items = table.client.scan(TableName=table.name)["Items"]
    found = [OUTBOX.decode(item) for item in items if item["SK"]["S"] == "EVENT"]
    return sorted((one for one in found if one.entity == "PROFILE"), key=lambda one: one.event_id)
