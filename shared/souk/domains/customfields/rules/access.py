"""Who defines custom fields, and who sees them and their answers. Pure.

Only the company's own members see anything. A field of a team is for those who act in the team or in the company.
"""

from collections.abc import Collection

from souk.authentication.principal import Principal
from souk.domains.customfields.model import Answer, AnswerSheet, FieldDefinition, FieldOption, team_of
from souk.values.errors import Forbidden


def applies_to(company_id: str, team_id: str | None, principal: Principal) -> bool:
    """Return whether a caller sees a field of a company, or of one of its teams."""
    if not principal.member or principal.company_id != company_id:
        return False
    return team_id is None or principal.acts_in(team_id, company_id)


def sees(field: FieldDefinition, principal: Principal) -> bool:
    """Return whether a caller sees a field."""
    return applies_to(field.company_id, field.team_id, principal)


def sees_answer(sheet: AnswerSheet, answer: Answer, principal: Principal) -> bool:
    """Return whether a caller sees an answer. Its own snapshot decides, not what has become of its field."""
    return applies_to(sheet.company_id, team_of(answer.acl), principal)


def can_choose(option: FieldOption, company_id: str, principal: Principal) -> bool:
    """Return whether a caller who sees a field can choose one of its options."""
    return not option.team_ids or any(principal.acts_in(team, company_id) for team in option.team_ids)


def within(answer: Answer, company_id: str, organization_ids: Collection[str] | None) -> bool:
    """Return whether an answer is for the organizations that a caller asks for; None asks for all.

    Answers for the whole company are for each of them, and the company means all of its teams.
    """
    team = team_of(answer.acl)
    return organization_ids is None or team is None or team in organization_ids or company_id in organization_ids


def may_define(company_id: str, team_id: str | None, principal: Principal) -> bool:
    """Return whether a caller may define fields of a company, or of one of its teams."""
    return principal.administers and principal.acts_in(team_id or company_id, company_id)


def require_definer(company_id: str, team_id: str | None, principal: Principal) -> None:
    """Raise Forbidden unless a caller may define fields of a company, or of one of its teams."""
    if not may_define(company_id, team_id, principal):
        if team_id is None:
            raise Forbidden("Only owners and admins of the company can define custom fields for the whole company.")
        raise Forbidden("Only owners and admins of the company or of the team can define custom fields of the team.")
