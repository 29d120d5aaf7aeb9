"""Upload links to the bucket, and the confirmation of uploads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from souk.domains.files.commands import uploads
from souk.domains.files.model import Attachment, UploadLinkInput
from souk.domains.files.personal import PERSONAL
from souk.domains.files.store import download_link
from souk.graph import Context, Domain, Scope
from souk.storage import Table

domain = Domain("files", function="jobs")
domain.personal(PERSONAL)

_LINKS: Final = {
    "JobPosting": ("jobs.attachment", Scope.JOB_POSTINGS_WRITE),
    "JAClientProposal": ("proposals.attachment", Scope.CLIENT_PROPOSALS),
    "Portfolio": ("talent.portfolio", Scope.FREELANCER_PROFILES),
    "TalentCloud": ("clouds.file", Scope.TALENT_CLOUDS),
    "Room": ("messages.attachment", Scope.MESSAGES_WRITE),
    "Workflow": ("workflow.comment", Scope.JOB_POSTINGS_WRITE),
    "Portrait": ("identity.portrait", Scope.ACCOUNT),
    "Logo": ("identity.logo", Scope.ORGANIZATIONS),
    "BrandLogo": ("marketplace.logo", Scope.OPERATOR),
    "Snapshot": ("time.snapshot", Scope.TIMESHEETS_WRITE),
    "Import": ("dataimports.file", Scope.OPERATOR),
}
"""The purpose and the scope of each mutation `createDirectUploadLinkFor...`. The purpose's domain declares its rule."""
_OF_CONTRACTS: Final = {"Snapshot"}
"""Those of files that are for one contract."""


def _link(purpose: str) -> Callable[[Context, UploadLinkInput], dict[str, Any]]:
    def create_link(ctx: Context, input: UploadLinkInput) -> dict[str, Any]:
        return uploads.create_upload_link(ctx, purpose, input)

    return create_link


def _contract_link(purpose: str) -> Callable[[Context, str, UploadLinkInput], dict[str, Any]]:
    def create_link(ctx: Context, contract_id: str, input: UploadLinkInput) -> dict[str, Any]:
        return uploads.create_upload_link(ctx, purpose, input, contract_id)

    return create_link


for _name, (_purpose, _scope) in _LINKS.items():
    _make = _contract_link if _name in _OF_CONTRACTS else _link
    domain.mutation(f"createDirectUploadLinkFor{_name}", scopes=[_scope])(_make(_purpose))


@domain.mutation("confirmFiles", scopes=[Scope.COMMON_FUNCTIONS])
def confirm_files(ctx: Context, file_ids: list[str], skip_missing: bool | None = None) -> bool:
    """Confirm uploads. Return whether all are confirmed now."""
    return uploads.confirm(ctx, file_ids, strict=skip_missing is False)


@domain.due("files.remove")
def remove(table: Table, file_ids: str, now: datetime) -> None:
    """Delete files that are no longer used."""
    uploads.remove(table, file_ids, now)


@domain.field("AttachedFile.link")
def link(source: Attachment, ctx: Context) -> str:
    """Return a download link that expires."""
    return download_link(source.key, source.file_name)
