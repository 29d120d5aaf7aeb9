"""Validation of notes: the reasons and messages of declining, withdrawing and hiding. Pure."""

from typing import Final

from souk.domains.proposals.model import Note
from souk.domains.reference.rules import reason, reasons
from souk.values import texts
from souk.values.problems import Problems

MAX_REASON: Final = 1_000
_OTHER: Final = "other"


def read_note(
    problems: Problems,
    reason_type: str,
    reason_id: tuple[str, str | None],
    text: tuple[str, str | None] = ("", None),
    message: str | None = None,
) -> Note | None:
    """Return the note of a request; None if it has neither a reason nor a message.

    `reason_id` and `text` are pairs of a path and a value. A text without a reason gets the reason `other`.
    """
    path, given = reason_id
    if given is not None:
        known = reason(given, reason_type)
        if known is None or known.hidden:
            problems.add(path, f"must be an id from reasons(reasonType: {reason_type}).")
    reason_text = texts.optional_text(problems, *text, MAX_REASON)
    if reason_text and given is None:
        given = next(one.id for one in reasons(reason_type) if one.alias == _OTHER)
    message_text = texts.optional_text(problems, "message", message)
    if given is None and message_text is None:
        return None
    return Note(reason_id=given, text=reason_text, message=message_text)
