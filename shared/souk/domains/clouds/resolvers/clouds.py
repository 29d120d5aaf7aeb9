"""The clouds of the client, of a person, and the fields of PrivateTalentCloud."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.clouds import lists
from souk.domains.clouds.model import Cloud
from souk.domains.clouds.resolvers.declared import CLOUDS, domain
from souk.domains.clouds.views import LOGO_SIZES, CloudView, LogoView
from souk.domains.files.store import PICTURES
from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Context
from souk.graph.lists import Connection
from souk.values.pictures import picture_url

_OF_CLOUD: Final[dict[str, Callable[[Cloud], Any]]] = {
    "joinInstructions": lambda cloud: cloud.join_instructions,
    "welcomeMessageToAddedFreelancers": lambda cloud: cloud.welcome,
    "joinRequestAutoApproved": lambda cloud: cloud.auto_approved,
    "messageAfterJoinRequest": lambda cloud: cloud.after_request,
    "externalName": lambda cloud: cloud.external_name,
    "active": lambda cloud: cloud.active,
    "description": lambda cloud: cloud.description,
    "onboardingTaskEnabled": lambda cloud: cloud.tasks_enabled,
    "onboardingTaskEnableUpdatedDateTime": lambda cloud: cloud.tasks_enabled_changed,
    "selectable": lambda cloud: cloud.selectable,
}


def _field(read: Callable[[Cloud], Any]) -> Callable[[CloudView, Context], Any]:
    return lambda source, ctx: read(source.cloud)


for _name, _read in _OF_CLOUD.items():
    domain.field(f"PrivateTalentCloud.{_name}")(_field(_read))


@domain.field("PrivateTalentCloud.joinRejectionMessage")
def rejection(source: CloudView, ctx: Context) -> str:
    """Return the text for rejected freelancers, to the client."""
    return source.rejection


def _logo_file(source: CloudView) -> str | None:
    return source.cloud.logo.file_id if source.cloud.logo else None


def _logo_field(name: str, size: int) -> None:
    """Declare a field that shows the logo in a size."""
    domain.link(
        f"PrivateTalentCloud.{name}",
        to=PICTURES,
        by=lambda source: source.cloud.logo and source.cloud.logo.file_id,
        shown=lambda source, picture: LogoView.of(source, picture, size),
        visible=lambda found, ctx: found is not None,
    )


for _name, _size in LOGO_SIZES.items():
    _logo_field(_name, _size)


@domain.field("File.uri")
def picture_address(source: LogoView, ctx: Context) -> str:
    """Return the permanent address of a logo."""
    return picture_url(ctx.base_url, source.picture_name, source.width)


domain.link("PrivateTalentCloud.creator", to=USERS, by=lambda source: source.cloud.creator_id)
domain.link("PrivateTalentCloud.creatorOrganization", to=ORGANIZATIONS, by=lambda source: source.cloud.organization_id)
domain.link("PrivateTalentCloud.joinRequestNotifyUsers", to=USERS, by="notified")


@domain.query("talentCloud", scopes=CLOUDS)
def talent_cloud(ctx: Context, id: str) -> CloudView | None:
    """Return a cloud; None for one that the caller does not see."""
    return next(iter(lists.visible(ctx, [id])), None)


@domain.connection("CurrentOrganization.privateTalentClouds")
def private_talent_clouds(source: Organization, ctx: Context) -> list[CloudView]:
    """Return the clouds that the organization knows."""
    return lists.of_client(ctx, source.company_id)


domain.list_size("CurrentOrganization.privateTalentClouds", size=20)


@domain.connection("FreelancerProfile.privateTalentCloud")
def clouds_of_person(source: User, ctx: Context) -> Connection:
    """Return the clouds of a person that the caller sees."""
    return lists.of_person(ctx, source.id)
