"""Stored users, organizations, changes and invitations.

The stored Organization is the source of several types of the contract: GenericOrganization, CurrentOrganization,
PrivateCompanyInfo, PublicCompanyInfo and MarketplacePublicCompanyInfo. A team is an Organization with a parent. Data of
the whole company (country, payment, record as a client) is stored only on the company.
"""

from enum import StrEnum

from souk.authentication.principal import Permission, Role
from souk.domains.files.model import ChosenPicture
from souk.storage import Entity, Model


class OrganizationType(StrEnum):
    """The legal type of an organization."""

    BUSINESS = "BUSINESS"
    SOLE_PROPRIETOR = "SOLE_PROPRIETOR"


class OrganizationLegacyType(StrEnum):
    """The side of the market that an organization is on."""

    CLIENT = "CLIENT"
    VENDOR = "VENDOR"


class CompanyLegacyType(StrEnum):
    """The contract's PrivateCompanyLegacyType."""

    CLIENT = "CLIENT"
    AGENCY = "AGENCY"


class BillingType(StrEnum):
    """How an organization pays."""

    BILL = "BILL"
    MANAGED_EMPLOYER = "MANAGED_EMPLOYER"
    MANAGED_SERVICES = "MANAGED_SERVICES"


class PaymentVerificationStatus(StrEnum):
    """The verification of an organization's payment method. ACTIVE: it works but is not verified yet."""

    DEPOSIT_UNSUPPORTED = "DEPOSIT_UNSUPPORTED"
    ONHOLD = "ONHOLD"
    EXPIRED = "EXPIRED"
    DECLINED = "DECLINED"
    VERIFICATIONFAILED = "VERIFICATIONFAILED"
    VERIFICATIONINPROGRESS = "VERIFICATIONINPROGRESS"
    VERIFIED = "VERIFIED"
    ACTIVE = "ACTIVE"


class ClientVerificationStatus(StrEnum):
    """The payment verification as freelancers see it. Souk never returns the contract's UNKNOWN."""

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


class IdentityVerificationStatus(StrEnum):
    """Whether an operator has verified who a person is."""

    NOT_VERIFIED = "NOT_VERIFIED"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"


class AgencyDetails(Model):
    """The badges of an agency."""

    vetted: bool = False
    top_rated_status: str | None = None
    top_rated_plus_status: str | None = None


class Location(Model):
    """The location of a person or company."""

    country: str | None = None
    """ISO 3166-1 alpha-2."""
    state: str | None = None
    """The postal abbreviation in the United States, a name elsewhere."""
    city: str | None = None
    zip: str | None = None
    address: str | None = None
    """Street and number."""
    additional_info: str | None = None
    """Apartment, floor or building."""
    timezone: str | None = None
    """IANA name."""
    latitude: float | None = None
    """Degrees north."""
    longitude: float | None = None
    """Degrees east."""


class OrganizationFlag(Model):
    """The kind of an organization. A freelancer's own organization is a vendor and an individual."""

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
    """The company of a team; its own id for a company."""
    parent_id: str | None = None
    active: bool = True
    hidden: bool = False
    creation_date: str
    """ISO 8601, UTC."""
    company_name: str | None = None
    """The legal name, if it differs."""
    description: str | None = None
    summary: str | None = None
    website: str | None = None
    logo: ChosenPicture | None = None
    logo_url: str | None = None
    """The URL of a logo elsewhere, in records of Souk 0.1.0. `logo` comes first."""
    contact_user_id: str | None = None
    phone: str | None = None
    """E.164."""
    location: Location = Location()
    enterprise: bool = False
    accounting_entity: str | None = None
    billing_type: BillingType | None = None
    payment_verification_status: PaymentVerificationStatus | None = None
    agency_details: AgencyDetails | None = None
    vat_id: str | None = None
    """The VAT number."""
    financial_privacy: bool = False
    """Whether its spending is hidden from others."""
    erased_with: str | None = None
    """The person with whose account it was erased. It has no name and no address since then."""

    # Its record as a client
    total_hires: int = 0
    total_posted_jobs: int = 0
    total_spent: int = 0
    """Minor units of `currency`."""
    currency: str = "USD"
    feedback_score: float = 0.0
    """The mean of the freelancers' reviews, 1 to 5; 0 if there are none."""
    feedback_count: int = 0

    @property
    def rid(self) -> str:
        """The record id, kept for older programs; equal to `id`."""
        return self.id

    @property
    def legacy_id(self) -> str:
        """The id in older programs; equal to `id`."""
        return self.id

    @property
    def is_team(self) -> bool:
        """Whether it is a team of a company."""
        return self.parent_id is not None

    @property
    def flag(self) -> OrganizationFlag:
        """The kind of the organization, as flags."""
        vendor = self.legacy_type is OrganizationLegacyType.VENDOR
        individual = self.type is OrganizationType.SOLE_PROPRIETOR
        agency = vendor and not individual
        return OrganizationFlag(client=not vendor, vendor=vendor, agency=agency, individual=individual)

    @property
    def display_name(self) -> str:
        """The public name."""
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
        """Whether its payment method is verified."""
        return self.payment_verification_status is PaymentVerificationStatus.VERIFIED

    @property
    def client_verification(self) -> ClientVerificationStatus:
        """The payment verification as freelancers see it."""
        return _CLIENT_VERIFICATION.get(self.payment_verification_status, ClientVerificationStatus.NOT_VERIFIED)


class FormerEmail(Model):
    """The e-mail address that a person had before the present one."""

    address: str
    until: str
    """ISO 8601, UTC."""


class User(Entity):
    """A person, or a service account."""

    id: str
    nickname: str
    """Lower-case letters, digits and hyphens; unique."""
    email: str
    """As the person wrote it. Unique, ignoring case."""
    former_email: FormerEmail | None = None
    """Invitations that were sent to it before the change are still the person's."""
    first_name: str
    last_name: str
    phone: str | None = None
    """E.164."""
    portrait: ChosenPicture | None = None
    photo_url: str | None = None
    """The URL of a portrait elsewhere, in records of Souk 0.1.0. `portrait` comes first."""
    location: Location = Location()
    language: str = "en"
    """BCP 47."""
    mail_messages: bool = True
    """Whether unread messages are mailed."""
    authenticator: bool = False
    """Whether the last login required a code of an authenticator app, or it was set up since."""
    devices: tuple[str, ...] = ()
    """The browsers that the person logged in with, such as "Firefox on Linux"; the newest last."""
    identity_verification: IdentityVerificationStatus = IdentityVerificationStatus.NOT_VERIFIED
    creation_date: str
    """ISO 8601, UTC."""
    organization_id: str
    """The default organization, for requests that name none."""
    company_ids: tuple[str, ...] = ()
    """The companies that the person is a member of, in any team. Their members are the person's colleagues."""
    subject: str | None = None
    """The `sub` of the person's account in Cognito, set at the first login; unique."""
    service: bool = False
    """Whether this is a service account, which cannot log in (reference, "Service accounts")."""
    deletion: str | None = None
    """When the account will be erased, as its person has asked for. ISO 8601, UTC."""
    erased: str | None = None
    """When the account was erased. It has no name, address or login since then."""

    @property
    def nid(self) -> str:
        """The nickname, under the contract's name."""
        return self.nickname

    @property
    def rid(self) -> str:
        """The record id, kept for older programs; equal to `id`."""
        return self.id

    @property
    def ciphertext(self) -> str:
        """The id in the form that URLs of web pages use: `~01` and the id. It is not secret."""
        return f"~01{self.id}"

    @property
    def name(self) -> str:
        """The public name: `John S.` for John Smith."""
        return public_name(self.first_name, self.last_name)


def public_name(first_name: str, last_name: str) -> str:
    """Return a person's name as strangers see it: `John S.` for John Smith."""
    return f"{first_name} {last_name[0]}." if last_name else first_name


class Entry(Model):
    """One entry of a map from strings to strings."""

    key: str
    value: str


class Change(Entity):
    """An audit record: a change of an organization, which its administrators can read (accountAuditRecord)."""

    id: str
    organization_id: str
    company_id: str
    status: str = "COMPLETED"
    """COMPLETED, because changes are synchronous; FAILED for an invitation that could not be mailed."""
    metadata: tuple[Entry, ...]
    """The change, its author and its time."""

    @property
    def process_instance_id(self) -> str:
        """The id, under the contract's name."""
        return self.id


class InvitationState(StrEnum):
    """The state of an invitation."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"


class Invitation(Entity):
    """An invitation to join organizations of one company, or one room, stored by the hash of its token."""

    hash: str
    id: str
    email: str
    """The recipient. Only a user with this address can accept the invitation."""
    company_id: str
    organization_ids: tuple[str, ...]
    """None for a room: it gives a place in the room, and no role in any organization."""
    role: Role
    permissions: tuple[Permission, ...] = ()
    room_id: str | None = None
    room_name: str | None = None
    base_url: str = ""
    """The URL of this deployment, for the link to a room. The mail of the link is sent later."""
    inviter_id: str
    inviter_organization_id: str
    """The organization of the inviter's request. The invitation is valid while the inviter administers it, or the
    room."""
    company_name: str
    """The company's name when the invitation was sent. The same applies to the inviter's name."""
    inviter_name: str
    flow: str
    landing_url: str
    """The page that the inviter wants the person to open afterwards. It can be any URL: show it as a link only."""
    metadata: tuple[Entry, ...] = ()
    state: InvitationState = InvitationState.SENT
    created: int
    """Seconds since 1970."""
    expires: int
    """Seconds since 1970."""
    accepted_by: str | None = None
