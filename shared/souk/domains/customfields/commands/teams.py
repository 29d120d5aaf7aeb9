"""Teams that definitions name."""

from collections.abc import Collection, Mapping

from souk.domains.customfields.rules.defining import MAX_TEAMS
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.values.problems import Problems


def check_teams(ctx: Context, problems: Problems, company_id: str, named: Mapping[str, Collection[str]]) -> None:
    """Report ids that are not of teams of a company. `named` are the ids by their paths."""
    ids = list(dict.fromkeys(one for each in named.values() for one in each))
    if len(ids) > MAX_TEAMS:
        problems.add("", f"names {len(ids)} teams; at most {MAX_TEAMS} are allowed.")
        return
    found = dict(zip(ids, ctx.load_many(ORGANIZATIONS, ids), strict=True))
    teams = {id_ for id_, one in found.items() if one and one.is_team and one.company_id == company_id}
    for path, each in named.items():
        if not teams.issuperset(each):
            problems.add(path, "use ids of teams of the company.")
