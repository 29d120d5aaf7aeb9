"""What a new domain, function or root field needs. Each failure names the file to add or to change."""

import re
from pathlib import Path

import pytest

import souk
from souk import app
from souk.app import DOMAINS, FUNCTIONS, coverage
from souk.domains import names_with
from souk.graph import BindingError
from tests.contract.test_contract import CONTRACT

PACKAGE = Path(souk.__file__).parent
ROOT = PACKAGE.parents[1]


def unpackaged(package: Path) -> list[str]:
    """Return the `__init__.py` files that are missing beside modules. The import laws do not see such folders."""
    folders = {module.parent for module in package.rglob("*.py")}
    return sorted(
        f"add {folder.relative_to(package.parent) / '__init__.py'}, or no import law applies to its modules"
        for folder in folders
        if not (folder / "__init__.py").exists()
    )


def without_code(root: Path) -> list[str]:
    """Return the handlers of declared functions that are missing."""
    return [
        f"add functions/{name}/handler.py, as functions/jobs/handler.py: {_users(name)} is deployed as {name}"
        for name in FUNCTIONS
        if not (root / "functions" / name / "handler.py").exists()
    ]


def _users(function: str) -> str:
    return ", ".join(domain.name for domain in DOMAINS if domain.function == function) or "souk.app"


def test_every_folder_of_modules_is_a_package() -> None:
    assert not unpackaged(PACKAGE), "\n".join(unpackaged(PACKAGE))


def test_a_folder_without_init_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    for name in ("__init__.py", "notes/model.py"):
        (tmp_path / name).touch()
    (problem,) = unpackaged(tmp_path)
    assert problem.startswith(f"add {tmp_path.name}/notes/__init__.py,")


def test_every_domain_has_the_name_of_its_folder() -> None:
    wrong = [
        f'shared/souk/domains/{folder}/resolvers declares Domain("{domain.name}"): it must be Domain("{folder}")'
        for folder, domain in zip(names_with("resolvers"), DOMAINS, strict=True)
        if domain.name != folder
    ]
    assert not wrong, "\n".join(wrong)


def test_picture_of_the_order_shows_every_domain() -> None:
    picture = (ROOT / "docs/pictures/floors.dot").read_text("utf-8")
    drawn = set(re.findall(r"\w+", picture.replace(r"\n", " ")))
    assert {one.name for one in DOMAINS} <= drawn, "draw it in docs/pictures/floors.dot, and render the picture"


def test_every_function_has_its_code() -> None:
    assert not without_code(ROOT), "\n".join(without_code(ROOT))


def test_a_function_without_code_is_named_with_its_domains(tmp_path: Path) -> None:
    problems = without_code(tmp_path)
    assert len(problems) == len(FUNCTIONS)
    assert "add functions/gigs/handler.py, as functions/jobs/handler.py: gigs is deployed as gigs" in problems


def test_root_fields_of_souks_own_are_built() -> None:
    """The contract's may wait."""
    unbuilt = [
        f"{one.coordinate} is not in the contract and has no resolver: declare it in "
        f"shared/souk/domains/{one.domain}/resolvers, or remove it from the .graphql file"
        for one in coverage()
        if not one.built and one.coordinate not in CONTRACT
    ]
    assert not unbuilt, "\n".join(unbuilt)


@pytest.mark.parametrize("domain", ["unheard", "agreements"])
def test_a_domain_without_keys_is_named(domain: str) -> None:
    with pytest.raises(BindingError, match=f"Add `WRITES`.* to shared/souk/domains/{domain}/store.py"):
        app._writes_of(domain)  # noqa: SLF001 - the domains of this package all have keys
