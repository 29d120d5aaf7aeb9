"""Why, and with what words: the reasons of people on either side. Pure."""

from typing import Final

from souk.domains.proposals.model import Note
from souk.domains.reference.rules import reason, reasons
from souk.values import texts
from souk.values.problems import Problems

MAX_REASON: Final = 1_000
_OTHER: Final = "other"


def note(
    problems: Problems,
    reason_type: str,
    reason_id: tuple[str, str | None],
    text: tuple[str, str | None] = ("", None),
    word: str | None = None,
) -> Note | None:
    """Return why somebody did something; None where they say nothing at all.

    The reason and its words come with the paths that they stand at. Words without a reason are another reason.
    """
    path, given = reason_id
    if given is not None:
        why = reason(given, reason_type)
        if why is None or why.hidden:
            problems.add(path, f"an id from reasons(reasonType: {reason_type}).")
    said = texts.said(problems, *text, MAX_REASON)
    if said and given is None:
        given = next(one.id for one in reasons(reason_type) if one.alias == _OTHER)
    to_other_side = texts.said(problems, "message", word)
    if given is None and to_other_side is None:
        return None
    return Note(reason_id=given, text=said, message=to_other_side)
