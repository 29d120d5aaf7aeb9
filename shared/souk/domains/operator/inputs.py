"""The arguments of operators' mutations, checked."""

from souk.domains.audit.inputs import MAX_REASON, reason_of
from souk.domains.moderation.model import ContentKind
from souk.storage import Input

__all__ = ["MAX_REASON", "TakeDownContent", "reason_of"]


class TakeDownContent(Input):
    """TakeDownContentInput."""

    kind: ContentKind
    id: str
    reason: str
    note: str | None = None
    notify: bool | None = None
