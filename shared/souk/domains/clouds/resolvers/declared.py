"""The Domain object that the other modules of this package register their fields with."""

from datetime import datetime
from typing import Final

from souk.domains.clouds.commands.clouds import UPLOAD
from souk.domains.clouds.commands.files import forget_refused
from souk.domains.clouds.personal import PERSONAL
from souk.graph import Context, Domain, Scope
from souk.storage import Table
from souk.values.errors import Forbidden
from souk.values.pictures import PictureKind

domain = Domain("clouds", function="talent", joins=("mails",), joins_keys=("FILE#",))
domain.personal(PERSONAL)

CLOUDS: Final = (Scope.TALENT_CLOUDS,)


@domain.upload(UPLOAD, picture=PictureKind.CLOUD, documents=True)
def may_upload(ctx: Context) -> None:
    """Allow owners and admins to upload files of talent clouds."""
    if not ctx.principal.administers:
        raise Forbidden("Only owners and admins of an organization can upload files of its talent clouds.")


@domain.due(UPLOAD)
def picture_processed(table: Table, file_id: str, now: datetime) -> None:
    """Delete an uploaded picture that is none. Others are shown without further work."""
    forget_refused(table, file_id, now)
