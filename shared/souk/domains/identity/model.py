"""What is stored of people and organizations.

One stored Organization is the source of all the contract's types for it: GenericOrganization, CurrentOrganization,
PrivateCompanyInfo, PublicCompanyInfo, MarketplacePublicCompanyInfo. A team is an Organization too, with a parent; what
concerns the company as a whole (its country, its payment, its record as a client) stands at the root only.
"""

from enum import StrEnum

from souk.authentication.principal import Permission, Role
from souk.storage import Entity, Model


class OrganizationType(StrEnum):
    """What an organization is in law."""

    BUSINESS = "BUSINESS"
    SOLE_PROPRIETOR = "SOLE_PROPRIETOR"


class OrganizationLegacyType(StrEnum):
    """The side of the market that an organization is on."""

    CLIENT = "CLIENT"
    VENDOR = "VENDOR"


class CompanyLegacyType(StrEnum):
    """The same in the words of the contract's PrivateCompanyLegacyType."""

    CLIENT = "CLIENT"
    AGENCY = "AGENCY"


class BillingType(StrEnum):
    """How an organization pays."""

    BILL = "BILL"
    MANAGED_EMPLOYER = "MANAGED_EMPLOYER"
    MANAGED_SERVICES = "MANAGED_SERVICES"


class PaymentVerificationStatus(StrEnum):
    """How far an organization's way of paying has been proven. ACTIVE: it works and is not yet verified."""

    DEPOSIT_UNSUPPORTED = "DEPOSIT_UNSUPPORTED"
    ONHOLD = "ONHOLD"
    EXPIRED = "EXPIRED"
    DECLINED = "DECLINED"
    VERIFICATIONFAILED = "VERIFICATIONFAILED"
    VERIFICATIONINPROGRESS = "VERIFICATIONINPROGRESS"
    VERIFIED = "VERIFIED"
    ACTIVE = "ACTIVE"


class ClientVerificationStatus(StrEnum):
    """The same as freelancers see it. UNKNOWN is the contract's and never ours."""

    VERIFIED = "VERIFIED"
    NOT_VERIFIED = "NOT_VERIFIED"
    ACTIVE_BUT_NOT_VERIFIED = "ACTIVE_BUT_NOT_VERIFIED"
    VERIFICATION_IN_PROGRESS = "VERIFICATION_IN_PROGRESS"
    UNKNOWN = "UNKNOWN"


_CLIENT_VERIFICATION: dict[PaymentVerificationStatus | None, ClientVerificationStatus] = {
    PaymentVerificationStatus.VERIFIED: ClientVerificationStatus.VERIFIED,
    PaymentVerificationStatus.ACTIVE: ClientVerificationStatus.ACTIVE_BUT_NOT_VERIFIED,
    PaymentVerificationStatus.VERIFICATIONINPROGRESS: ClientVerificationStatus.VERIFICATION_IN_PROGRESS,
}


class AgencyDetails(Model):
    """What an agency has earned."""

    vetted: bool = False
    top_rated_status: str | None = None
    top_rated_plus_status: str | None = None


class Location(Model):
    """Where a person or a company is."""

    country: str | None = None
    """ISO 3166-1 alpha-2."""
    state: str | None = None
    """The postal abbreviation in the United States, a name elsewhere."""
    city: str | None = None
    zip: str | None = None
    address: str | None = None
    """Street and number."""
    timezone: str | None = None
    """IANA name."""
    latitude: float | None = None
    """Degrees north."""
    longitude: float | None = None
    """Degrees east."""


class OrganizationFlag(Model):
    """What kind of organization one is. A freelancer's own is a vendor and an individual."""

    client: bool
    vendor: bool
    agency: bool
    individual: bool


class Organization(Entity):
    """A company, an agency, a freelancer's own organization, or a team of one of these."""

    id: str
    name: str
    type: OrganizationType
    legacy_type: OrganizationLegacyType
    company_id: str
    """The root of its tree: itself, for a company."""
    parent_id: str | None = None
    active: bool = True
    hidden: bool = False
    creation_date: str
    """ISO 8601, UTC: when it became a member of the market."""
    company_name: str | None = None
    """Its name in law, where that is another."""
    description: str | None = None
    summary: str | None = None
    logo_url: str | None = None
    contact_user_id: str | None = None
    phone: str | None = None
    location: Location = Location()
    enterprise: bool = False
    accounting_entity: str | None = None
    billing_type: BillingType | None = None
    payment_verification_status: PaymentVerificationStatus | None = None
    agency_details: AgencyDetails | None = None
    vat_id: str | None = None
    """Its number for value added tax."""
    financial_privacy: bool = False
    """Whether it keeps from others what it has spent."""

    # Its record as a client.
    total_hires: int = 0
    total_posted_jobs: int = 0
    total_spent: int = 0
    """Minor units of `currency`."""
    currency: str = "USD"
    feedback_score: float = 0.0
    """The mean of the reviews by freelancers, 1 to 5; 0 while there are none."""
    feedback_count: int = 0

    @property
    def rid(self) -> str:
        """Its record id, which the contract keeps for older programs: the same."""
        return self.id

    @property
    def legacy_id(self) -> str:
        """Its id in older programs: the same."""
        return self.id

    @property
    def is_team(self) -> bool:
        """Whether it is a part of another organization."""
        return self.parent_id is not None

    @property
    def flag(self) -> OrganizationFlag:
        """What kind of organization it is, as a set of flags."""
        vendor, alone = self.legacy_type is OrganizationLegacyType.VENDOR, self.type is OrganizationType.SOLE_PROPRIETOR
        return OrganizationFlag(client=not vendor, vendor=vendor, agency=vendor and not alone, individual=alone)

    @property
    def photo_url(self) -> str | None:
        """Its logo."""
        return self.logo_url

    @property
    def display_name(self) -> str:
        """The name under which it appears on the market."""
        return self.name

    @property
    def teams_enabled(self) -> bool:
        """Whether it can have teams."""
        return self.type is OrganizationType.BUSINESS

    @property
    def can_hire(self) -> bool:
        """Whether it can post jobs and hire."""
        return self.active and self.legacy_type is OrganizationLegacyType.CLIENT

    @property
    def payment_verified(self) -> bool:
        """Whether its way of paying is proven."""
        return self.payment_verification_status is PaymentVerificationStatus.VERIFIED

    @property
    def client_verification(self) -> ClientVerificationStatus:
        """Its payment verification as freelancers see it."""
        return _CLIENT_VERIFICATION.get(self.payment_verification_status, ClientVerificationStatus.NOT_VERIFIED)


class User(Entity):
    """A person."""

    id: str
    nickname: str
    """Lower-case letters, digits and hyphens; unique."""
    email: str
    """As they wrote it; unique without regard to case."""
    first_name: str
    last_name: str
    photo_url: str | None = None
    location: Location = Location()
    creation_date: str
    """ISO 8601, UTC."""
    organization_id: str
    """The organization that their requests are made for when they name none."""
    company_ids: tuple[str, ...] = ()
    """The companies that they are a member of, in any team: with whom they share what colleagues may know."""
    subject: str | None = None
    """Who they are in the directory of people (the `sub` of Cognito), once they have logged in; unique."""
    service: bool = False
    """Whether this is a program that acts as itself (reference, "Service accounts"). It never logs in."""

    @property
    def nid(self) -> str:
        """Their nickname, under the contract's name for it."""
        return self.nickname

    @property
    def rid(self) -> str:
        """Their record id, which the contract keeps for older programs: the same."""
        return self.id

    @property
    def ciphertext(self) -> str:
        """The public form of their id that addresses of web pages use: `~01` and the id. It hides nothing."""
        return f"~01{self.id}"

    @property
    def name(self) -> str:
        """The name that others see: `John Smith` is `John S.`."""
        return f"{self.first_name} {self.last_name[0]}." if self.last_name else self.first_name


class Entry(Model):
    """One entry of a map from strings to strings."""

    key: str
    value: str


class Change(Entity):
    """That somebody changed an organization, as its administrators can look it up (accountAuditRecord)."""

    id: str
    organization_id: str
    company_id: str
    status: str = "COMPLETED"
    """COMPLETED, or FAILED for an invitation that could not be mailed: changes happen at once."""
    metadata: tuple[Entry, ...]
    """What was changed, by whom and when."""

    @property
    def process_instance_id(self) -> str:
        """Its id, under the contract's name for it."""
        return self.id


class InvitationState(StrEnum):
    """What became of an invitation."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"


class Invitation(Entity):
    """An invitation to join organizations of one company, by the hash of its token."""

    hash: str
    id: str
    email: str
    """Whom it was sent to. Only somebody with this address can accept it."""
    company_id: str
    organization_ids: tuple[str, ...]
    role: Role
    permissions: tuple[Permission, ...] = ()
    inviter_id: str
    inviter_organization_id: str
    """The organization in whose context it was made: while the inviter governs it, the invitation holds."""
    company_name: str
    """As the company was called when it was sent; so with the inviter's name."""
    inviter_name: str
    flow: str
    landing_url: str
    """Where the inviter wants the person to be sent afterwards. It can be any address: show it before going there."""
    metadata: tuple[Entry, ...] = ()
    state: InvitationState = InvitationState.SENT
    created: int
    """Seconds since 1970."""
    expires: int
    """Seconds since 1970."""
    accepted_by: str | None = None
