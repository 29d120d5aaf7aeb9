"""Checks of what a client writes about a cloud. Pure."""

from typing import Any, Final

from souk.domains.clouds.inputs import CloudTexts
from souk.domains.clouds.model import Cloud
from souk.values import texts
from souk.values.problems import Problems

MAX_NAME: Final = 100
MAX_TEXT: Final = 5_000
"""Characters of each of the texts for freelancers."""
MAX_NOTIFIED: Final = 20
"""The people who are mailed about requests."""

_TEXTS: Final = {
    "description": ("description", "description"),
    "join_instructions": ("joinInstructions", "join_instructions"),
    "welcome_message_to_added_freelancers": ("welcomeMessageToAddedFreelancers", "welcome"),
    "message_after_join_request": ("messageAfterJoinRequest", "after_request"),
    "join_rejection_message": ("joinRejectionMessage", "rejection"),
}
"""The input's field, with its path and the cloud's field."""
_SWITCHES: Final = {
    "join_request_auto_approved": "auto_approved",
    "onboarding_task_enabled": "tasks_enabled",
    "selectable": "offered",
}


def name(problems: Problems, given: str | None) -> str:
    """Return the name of a cloud."""
    return texts.line(problems, "name", given or "", 1, MAX_NAME)


def changed(problems: Problems, request: CloudTexts, before: Cloud, now: str) -> Cloud:
    """Return a cloud with the texts and switches of a request. What it leaves out stays; null empties a text."""
    given = request.model_fields_set
    fields: dict[str, Any] = {}
    for field, (path, target) in _TEXTS.items():
        if field in given:
            fields[target] = texts.paragraphs(problems, path, getattr(request, field) or "", 0, MAX_TEXT)
    if "external_name" in given:
        outer = texts.line(problems, "externalName", request.external_name or "", 0, MAX_NAME)
        fields["external_name"] = outer or None
    for field, target in _SWITCHES.items():
        if (value := getattr(request, field)) is not None:
            fields[target] = value
    if fields.get("tasks_enabled", before.tasks_enabled) != before.tasks_enabled:
        fields["tasks_enabled_changed"] = now
    return before.model_copy(update=fields)
