"""The people and organizations of the demo data. Their ids are fixed; docs/demo-data.md lists the important ones."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from souk.authentication.principal import Role
from souk.authentication.records import ApiKey, ClientSecret, GrantType, Membership
from souk.authentication.tokens import digest
from souk.domains.identity.model import (
    AgencyDetails,
    BillingType,
    Location,
    Organization,
    OrganizationLegacyType,
    OrganizationType,
    PaymentVerificationStatus,
    User,
    public_name,
)
from souk.domains.operator.commands.bootstrap import Founder, NewKeyIds
from souk.domains.reference.places import find_city
from souk.graph import Scope
from souk.values.times import stamp

CLIENT = "olivia@acme.test"
"""The person who calls the API in the examples."""
KEY_ID, KEY_SECRET = "souk-demo", "souk-demo-secret"
"""The API key for programs that act for people. The demo data is public."""
SERVICE_KEY_ID, SERVICE_KEY_SECRET = "souk-demo-service", "souk-demo-service-secret"

OPERATOR = "operator@souk.test"
OPERATOR_KEY_ID, OPERATOR_KEY_SECRET = "souk-demo-operator", "souk-demo-operator-secret"
_SCOPES = tuple(scope.value for scope in Scope if scope is not Scope.OPERATOR)

_PEOPLE = 1_200_000_000_000_000_000
_ORGANIZATIONS = 1_300_000_000_000_000_000
_MEMBERSHIPS = 1_250_000_000_000_000_000
_TEAM = 1_000  # added to a company's number for its first team
_SERVICE = 951  # Acme's service account
_PHONES = {CLIENT: "+14155550143", "sofia@studio.test": "+351912345678"}
_CLIENTS = Path(__file__).parent / "clients.toml"


@dataclass(frozen=True, slots=True)
class Client:
    """An organization that posts jobs, with the people who post for it."""

    key: str
    organization: Organization
    company: Organization
    posters: tuple[str, ...]
    """Ids of people. The first posts the most jobs."""
    intro: tuple[str, ...]
    """First sentences of its job descriptions."""
    weight: int
    """Its share of the jobs, relative to the other clients."""


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """All people of the demo data, with their organizations and memberships."""

    organizations: tuple[Organization, ...]
    users: tuple[User, ...]
    memberships: tuple[Membership, ...]
    clients: dict[str, Client]


def operator() -> Founder:
    """Return the operator of the deployment, whom `bootstrap` makes."""
    return Founder(
        email=OPERATOR,
        first_name="Oda",
        last_name="Perez",
        organization_name="Souk Operations",
        user_id=user_id(900),
        nickname="operator",
        organization_id=organization_id(900),
        key=NewKeyIds(OPERATOR_KEY_ID, OPERATOR_KEY_SECRET),
    )


def api_key(now: datetime) -> ApiKey:
    """Return the demo data's API key for programs that act for people. Its secret lasts a year.

    It has all scopes but that of operators, which only keys of the operators' organization have.
    """
    return ApiKey(
        id=KEY_ID,
        name="Souk demo",
        organization_id=organization_id(1),
        created_by=user_id(1),
        created=stamp(now),
        secrets=(_secret(KEY_SECRET, now),),
        scopes=_SCOPES,
        grants=(GrantType.AUTHORIZATION_CODE, GrantType.IMPLICIT, GrantType.REFRESH_TOKEN),
        redirect_uris=("http://127.0.0.1:9/callback",),
    )


def service_key(now: datetime) -> ApiKey:
    """Return the API key of Acme's service account."""
    return ApiKey(
        id=SERVICE_KEY_ID,
        name="Souk demo service",
        organization_id=organization_id(1),
        created_by=user_id(1),
        created=stamp(now),
        secrets=(_secret(SERVICE_KEY_SECRET, now),),
        scopes=_SCOPES,
        grants=(GrantType.CLIENT_CREDENTIALS,),
        redirect_uris=(),
        service_account_id=user_id(_SERVICE),
    )


def _secret(text: str, now: datetime) -> ClientSecret:
    return ClientSecret(hash=digest(text), expires=int((now + timedelta(days=365)).timestamp()))


def user_id(number: int) -> str:
    """Return the id of a person."""
    return str(_PEOPLE + number)


def organization_id(number: int) -> str:
    """Return the id of an organization."""
    return str(_ORGANIZATIONS + number)


def demo_people(now: datetime) -> DemoPeople:
    """Return all people and organizations, with times relative to `now`."""
    builder = _Builder(now)
    builder.clients()
    builder.acme_teams()
    builder.acme_service()
    lisbon = located("Lisbon", "PT", zip="1100-420", address="Rua da Prata 80")
    builder.freelancer(101, _Person("sofia@studio.test", "Sofia", "Almeida"), lisbon, joined=1480)
    builder.freelancer(102, _Person("noah@studio.test", "Noah", "Fraser"), located("Toronto", "CA"), joined=260)
    builder.agency()
    return DemoPeople(tuple(builder.organizations), tuple(builder.users), tuple(builder.memberships), builder.posting)


class _Person(NamedTuple):
    email: str
    first: str
    last: str


class _Builder:
    def __init__(self, now: datetime) -> None:
        self._now = now
        self.organizations: list[Organization] = []
        self.users: list[User] = []
        self.memberships: list[Membership] = []
        self.posting: dict[str, Client] = {}

    def clients(self) -> None:
        """Add the companies of `clients.toml`, each with its owner."""
        for key, row in tomllib.loads(_CLIENTS.read_text("utf-8")).items():
            company = Organization(
                id=organization_id(row["n"]),
                name=row["name"],
                type=OrganizationType.BUSINESS,
                legacy_type=OrganizationLegacyType.CLIENT,
                company_id=organization_id(row["n"]),
                creation_date=self._ago(row["since"]),
                description=row["about"],
                contact_user_id=user_id(row["n"]),
                summary=row.get("summary"),
                website=row.get("website"),
                phone=row.get("phone"),
                location=located(row["city"], row["country"], zip=row.get("zip"), address=row.get("address")),
                enterprise=row.get("enterprise", False),
                billing_type=BillingType.BILL,
                accounting_entity=row["country"],
                payment_verification_status=(PaymentVerificationStatus(row["payment"]) if "payment" in row else None),
                financial_privacy=row.get("private", False),
                total_hires=row["hires"],
                total_posted_jobs=row["posted"],
                total_spent=row["spent"] * 100,
                currency=row.get("currency", "USD"),
                feedback_score=row["rating"],
                feedback_count=row["reviews"],
            )
            self.organizations.append(company)
            owner = self._user(row["n"], _Person(*row["owner"]), company)
            self._join(row["n"], owner, company, Role.OWNER)
            if key != "acme":  # posts through its teams
                weight = 4 if key == "rival" else 1
                self.posting[key] = Client(key, company, company, (owner.id,), tuple(row["intro"]), weight)
            else:
                self._acme, self._acme_intro = company, tuple(row["intro"])

    def acme_teams(self) -> None:
        """Add two teams of Acme, and Liam as the hiring manager of the first."""
        teams = [self._team(_TEAM + 1, "Web Store"), self._team(_TEAM + 2, "Operations")]
        liam = self._user(201, _Person("liam@acme.test", "Liam", "Larsen"), self._acme, home=teams[0])
        self._join(201, liam, teams[0], Role.HIRING_MANAGER)
        olivia = self._acme.contact_user_id or ""
        for key, team, posters in zip(("acme-web", "acme-ops"), teams, ((liam.id, olivia), (olivia,)), strict=True):
            self.posting[key] = Client(key, team, self._acme, posters, self._acme_intro, 4)

    def acme_service(self) -> None:
        """Add a service account of Acme. It gets a role, because without one it could read nothing."""
        account = User(
            id=user_id(_SERVICE),
            nickname=f"service-{user_id(_SERVICE)}",
            email=f"service-{user_id(_SERVICE)}@accounts.invalid",
            first_name="Souk demo service",
            last_name="",
            creation_date=self._ago(30),
            organization_id=self._acme.id,
            company_ids=(self._acme.id,),
            service=True,
        )
        self.users.append(account)
        self._join(_SERVICE, account, self._acme, Role.MEMBER)

    def freelancer(self, number: int, person: _Person, home: Location, joined: int) -> None:
        """Add a freelancer with an organization of their own."""
        own = self._vendor(number, public_name(person.first, person.last), home, joined)
        own = own.model_copy(update={"type": OrganizationType.SOLE_PROPRIETOR})
        self.organizations.append(own)
        self._join(number, self._user(number, person, own), own, Role.OWNER)

    def agency(self) -> None:
        """Add Pixel Agency and its owner, Mia."""
        berlin = located("Berlin", "DE", zip="10999", address="Oranienstraße 25")
        pixel = self._vendor(110, "Pixel Agency", berlin, 1700).model_copy(
            update={
                "description": "Design and front-end development by a team of eight.",
                "agency_details": AgencyDetails(vetted=True, top_rated_status="TOP_RATED"),
            }
        )
        self.organizations.append(pixel)
        mia = self._user(110, _Person("mia@pixelagency.test", "Mia", "Brandt"), pixel)
        self._join(110, mia, pixel, Role.OWNER)

    def _ago(self, days: int) -> str:
        return stamp(self._now - timedelta(days=days))

    def _user(self, number: int, person: _Person, company: Organization, home: Organization | None = None) -> User:
        nickname = person.email.partition("@")[0]
        user = User(
            id=user_id(number),
            nickname=nickname,
            email=person.email,
            first_name=person.first,
            last_name=person.last,
            phone=_PHONES.get(person.email),
            location=company.location.model_copy(update={"zip": None, "address": None}),
            creation_date=company.creation_date,
            organization_id=(home or company).id,
            company_ids=(company.id,),
        )
        self.users.append(user)
        return user

    def _join(self, number: int, user: User, organization: Organization, role: Role) -> None:
        membership = Membership(
            id=str(_MEMBERSHIPS + number),
            user_id=user.id,
            organization_id=organization.id,
            company_id=organization.company_id,
            role=role,
            since=user.creation_date,
        )
        self.memberships.append(membership)

    def _team(self, number: int, name: str) -> Organization:
        team = Organization(
            id=organization_id(number),
            name=name,
            type=OrganizationType.BUSINESS,
            legacy_type=OrganizationLegacyType.CLIENT,
            company_id=self._acme.id,
            parent_id=self._acme.id,
            creation_date=self._ago(700),
        )
        self.organizations.append(team)
        return team

    def _vendor(self, number: int, name: str, place: Location, joined: int) -> Organization:
        return Organization(
            id=organization_id(number),
            name=name,
            type=OrganizationType.BUSINESS,
            legacy_type=OrganizationLegacyType.VENDOR,
            company_id=organization_id(number),
            creation_date=self._ago(joined),
            contact_user_id=user_id(number),
            location=place,
        )


def located(city: str, country: str, **more: str | None) -> Location:
    """Return a location with the gazetteer's data about its city.

    Raises ValueError for an unknown city, which is a mistake in the demo data.
    """
    place = find_city(city, country)
    if place is None:
        raise ValueError(f"The gazetteer does not know {city}, {country}.")
    return Location(
        country=place.country,
        state=place.state,
        city=city,
        timezone=place.timezone,
        latitude=place.latitude,
        longitude=place.longitude,
        **more,
    )
