"""Scopes: their groups, what they let a program do, and what the documentation says of them."""

from souk.app import graph
from souk.authentication.scopes import Access, Scope, ScopeGroup, grouped


def test_each_scope_is_in_exactly_one_group() -> None:
    shown = [scope for _, scopes in grouped(Scope) for scope in scopes]
    assert sorted(shown) == sorted(Scope)
    assert [group for group, _ in grouped(Scope)] == list(ScopeGroup), "no group is empty"
    assert grouped(Scope)[-1] == (ScopeGroup.OPERATORS, [Scope.OPERATOR]), "a scope names its group"


def test_sensitive_scopes_come_first_in_their_group() -> None:
    for _, scopes in grouped(Scope):
        assert [one.sensitive for one in scopes] == sorted((one.sensitive for one in scopes), reverse=True)


REPORTS = {"reportContent"}
"""Mutations of people who only look: they change nothing of theirs."""


def test_scopes_to_read_run_no_mutation() -> None:
    changing = {
        (root.name, scope.id)
        for root in graph().roots.values()
        if root.kind == "Mutation" and root.name not in REPORTS
        for scope in root.scopes
        if scope.access is Access.READ
    }
    assert not changing
