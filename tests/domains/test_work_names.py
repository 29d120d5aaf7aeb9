"""Deadlines, payments, uploads and facts name their work, such as `offers.expiry`. A domain declares each name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import souk
from souk.app import DOMAINS

PACKAGE = Path(souk.__file__).parent
DECLARED = {
    name
    for domain in DOMAINS
    for name in (*domain.deadlines, *domain.paid_handlers, *domain.uploads, *domain.facts, *domain.answers)
}
FILES = {"csv", "jsonl"}
"""Ends of names of files."""
SIGNED = {"payments.checkout"}
"""What signatures are for. Nothing is done under these names."""


def named(source: str) -> Iterator[tuple[str, int]]:
    """Yield the literals that begin with a domain's name and a dot, and their lines."""
    domains = {domain.name for domain in DOMAINS}
    if not re.search(rf"[\"'](?:{'|'.join(domains)})\.", source):  # to parse all sources takes seconds
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            domain, dot, name = node.value.partition(".")
            if dot and domain in domains and name.isidentifier() and name not in FILES:
                yield node.value, node.lineno


def undeclared(source: str, file: str) -> list[str]:
    return [
        f'{file}:{line} names "{name}", which no domain declares: add `domain.due("{name}")` for a deadline, or '
        f'`domain.paid("{name}")` for a payment, to shared/souk/domains/{name.partition(".")[0]}/resolvers'
        for name, line in named(source)
        if name not in DECLARED | SIGNED
    ]


def test_every_named_work_is_declared() -> None:
    missing = [
        problem
        for path in sorted((PACKAGE / "domains").rglob("*.py"))
        for problem in undeclared(path.read_text(), f"shared/{path.relative_to(PACKAGE.parent)}")
    ]
    assert not missing, "\n".join(missing)


def test_undeclared_work_is_named_with_its_line() -> None:
    (problem,) = undeclared('KIND = "offers.expiry"\nREMIND = "feedback.undeclared"\n', "store.py")
    assert problem.startswith('store.py:2 names "feedback.undeclared", which no domain declares: add `domain.due(')
    assert problem.endswith("to shared/souk/domains/feedback/resolvers")
