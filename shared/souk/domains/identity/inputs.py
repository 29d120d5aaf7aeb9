"""The contract's input types for users and organizations."""

from souk.authentication.principal import Permission, Role
from souk.domains.identity.model import Entry
from souk.storage import Input
from souk.values.ids import IdText


class PermissionFilter(Input):
    """The contract's UserPermissionFilterV2, and OrgUserPermissionFilterV2, which also has the user."""

    user_id: IdText | None = None
    resource_type_eq: str
    limit: int | None = None
    offset: str | None = None
    perform_external_checks_eq: bool | None = None
    """Ignored: there are no external systems."""
    team_org_ids_any: tuple[str, ...] | None = None
    return_all_teams: bool | None = None
    return_first_granted_result_eq: bool | None = None


class CreateOrganization(Input):
    """The contract's CreateOrganizationInput."""

    parent_organization_id: str
    organization_name: str
    ace_rid: str | None = None
    country: str | None = None
    type: str | None = None
    idempotency_key: str | None = None


class Address(Input):
    """The contract's OrganizationLocationInput."""

    address: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip_code: str | None = None


class UpdateOrganization(Input):
    """The contract's UpdateOrganizationInput."""

    id: str | None = None
    parent_organization_id: str | None = None
    organization_name: str
    hidden: bool | None = None
    address: Address | None = None
    vat_id: str | None = None


class UpdateMember(Input):
    """The schema's UpdateMemberInput."""

    user_id: str
    organization_id: str
    role: Role | None = None
    permissions: tuple[Permission, ...] | None = None
    active: bool | None = None


class EmailParams(Input):
    """The contract's InviteToTeamEmailParams."""

    message: str


class Invite(Input):
    """The contract's InvitationToTeamInput."""

    flow: str
    invitee_email: str | None = None
    """An e-mail address or, without an @, a nickname ("by email or username" in the reference)."""
    invited_to_top_level_organization_id: str | None = None
    """Ignored: the contract no longer uses it."""
    invited_to_organizations_ids: tuple[str, ...] | None = None
    inviter_user_id: str | None = None
    landing_url: str
    email_params: EmailParams | None = None
    metadata: tuple[Entry, ...] | None = None
    franko_roles_to_be_assigned: tuple[str | None, ...] | None = None
    hierarchical: bool | None = None
    include_first_org_id_as_participant: bool | None = None
    """Ignored: Souk does not have the check that this is for."""


class AccountLocationChange(Input):
    """The schema's AccountLocationInput. Parts that are left out stay; null clears them."""

    street: str | None = None
    additional_info: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    timezone: str | None = None


class UpdateAccount(Input):
    """The schema's UpdateAccountInput. Fields that are left out stay; null clears them."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    portrait_file_id: str | None = None
    location: AccountLocationChange | None = None
    language: str | None = None
    default_organization_id: str | None = None
    mail_messages: bool | None = None


class UpdateOrganizationProfile(Input):
    """The schema's UpdateOrganizationProfileInput. Fields that are left out stay; null clears them."""

    id: str | None = None
    logo_file_id: str | None = None
    description: str | None = None
    summary: str | None = None
    phone: str | None = None
    website: str | None = None
    contact_user_id: str | None = None
    financial_privacy: bool | None = None
