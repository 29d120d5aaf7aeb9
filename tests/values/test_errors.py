"""Exceptions are created where they are raised. A module constant would collect tracebacks with their locals."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import souk

ROOT = Path(souk.__file__).parent
CLASS = re.compile(r"^\s*class (\w+)\(([^)]*)\)", re.MULTILINE)
"""A class with its bases."""


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def exception_classes(sources: Iterable[str]) -> set[str]:
    """Return the names of Python's exceptions and of the subclasses in these sources."""
    known = {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)}
    bases = {name: set(re.findall(r"\w+", of)) for source in sources for name, of in CLASS.findall(source)}
    while new := {name for name, of in bases.items() if of & known} - known:
        known |= new
    return known


def made_at_import(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls in the assignments of a module and its classes, which run at import."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from made_at_import(statement.body)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
            yield from (node for node in ast.walk(statement.value) if isinstance(node, ast.Call))


def test_no_module_creates_exceptions_at_import() -> None:
    sources = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(ROOT.rglob("*.py"))}
    exceptions = exception_classes(sources.values())
    assert {"ValueError", "SoukError", "Conflict"} <= exceptions
    created = re.compile(rf"(?<!raise )(?<!class )\b(?:{'|'.join(exceptions)})\(")
    at_import = [
        f"{path}:{call.lineno}"
        for path, source in sources.items()
        if created.search(source)  # to parse all of them takes seconds
        for call in made_at_import(ast.parse(source).body)
        if name_of(call.func) in exceptions
    ]
    assert not at_import
