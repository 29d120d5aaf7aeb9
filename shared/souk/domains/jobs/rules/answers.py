"""A posting's answers to custom fields: in requests, and as an earlier release stored them. Pure."""

from souk.domains.customfields.inputs import OptionInput
from souk.domains.customfields.model import Answer, AnswerSheet, Owner
from souk.domains.customfields.rules.answering import Given, NewOption
from souk.domains.jobs.model import CustomFieldDropDown, Job, PostingRequest
from souk.values.problems import Problems

_TEAM = "TEAM"


def replaces(request: PostingRequest) -> bool:
    """Return whether a request has the answers of a posting. They replace those that there are."""
    part = request.custom_fields
    return "custom_fields" in request.model_fields_set and (part is None or "responses" in part.model_fields_set)


def given(request: PostingRequest) -> list[Given] | None:
    """Return the answers of a request; None if it leaves them as they are."""
    if not replaces(request):
        return None
    responses = (request.custom_fields and request.custom_fields.responses) or ()
    return [
        Given(path=str(at), field_id=one.custom_field_id, value=one.value, id=one.id)
        for at, one in enumerate(responses)
        if one is not None
    ]


def new_options(request: PostingRequest) -> list[NewOption]:
    """Return the new options of drop-down lists in a request. Raises Unprocessable for what Souk records itself."""
    dropdowns = (request.custom_fields and request.custom_fields.new_dropdowns) or ()
    problems = Problems("jobPostingRequest.customFields.newDropdowns")
    found = [_new_option(problems, str(at), one) for at, one in enumerate(dropdowns) if one is not None]
    problems.raise_if_any()
    return found


def _new_option(problems: Problems, path: str, one: CustomFieldDropDown) -> NewOption:
    teams = tuple(team for team in one.team_rids or () if team is not None)
    if one.id is not None:
        problems.add(f"{path}.id", "a new option gets its id; leave it out.")
    if one.in_use:
        problems.add(f"{path}.inUse", "the marketplace records this itself; leave it out.")
    if one.active is False:
        problems.add(f"{path}.active", "a new option is active; leave it out.")
    if one.acl_type == _TEAM and not teams:
        problems.add(f"{path}.teamRids", "an option of teams needs their ids.", missing=True)
    if one.acl_type != _TEAM and teams:
        problems.add(f"{path}.teamRids", "only with aclType TEAM; leave it out.")
    option = OptionInput(
        value=one.value or "", display_value=one.display_value, description=one.description, team_ids=teams
    )
    return NewOption(path=path, field_id=one.custom_field_id, option=option, at=one.order_index)


def sheet(job: Job) -> AnswerSheet:
    """Return a posting without answers, or with those that an earlier release stored in it.

    That release had no custom fields, so these are notes.
    """
    responses = (job.custom_fields and job.custom_fields.responses) or ()
    return AnswerSheet(
        owner=Owner.POSTING,
        owner_id=job.id,
        company_id=job.company_id,
        created=job.created,
        answers=tuple(
            Answer(
                id=one.id,
                label=one.custom_field_id,
                value=one.value or "",
                display=one.display_value or None,
                creator_id=job.owner_id,
                created=one.created or job.created,
            )
            for one in responses
            if one is not None
        ),
    )
