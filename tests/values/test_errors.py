"""Exceptions are created where they are raised. A module constant would collect tracebacks with their locals."""

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

import souk

ROOT = Path(souk.__file__).parent
MODULES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def exception_classes() -> set[str]:
    """Return the names of Python's exceptions and of Souk's subclasses."""
    known = {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)}
    bases = {
        node.name: {name_of(base) for base in node.bases}
        for module in MODULES.values()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
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
    exceptions = exception_classes()
    assert {"ValueError", "SoukError", "Conflict"} <= exceptions
    at_import = [
        f"{path}:{call.lineno}"
        for path, module in MODULES.items()
        for call in made_at_import(module.body)
        if name_of(call.func) in exceptions
    ]
    assert not at_import
