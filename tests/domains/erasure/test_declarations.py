"""Every domain declares what it has of people."""

from pathlib import Path

import souk.domains
from souk.app import DOMAINS
from souk.domains import personal_data

FOLDER = Path(souk.domains.__file__).parent


def undeclared(folder: Path) -> list[str]:
    """Return the domains without a `personal.py`."""
    names = sorted(one.parent.name for one in folder.glob("*/__init__.py"))
    return [
        f"add shared/souk/domains/{name}/personal.py with PERSONAL: what a copy of a person's data has of it, what an "
        "erasure removes, what stays and why; or why it has no personal data"
        for name in names
        if not (folder / name / "personal.py").exists()
    ]


def test_every_domain_declares_its_personal_data() -> None:
    assert not undeclared(FOLDER), "\n".join(undeclared(FOLDER))


def test_domain_without_declaration_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/__init__.py").touch()
    (problem,) = undeclared(tmp_path)
    assert problem.startswith("add shared/souk/domains/notes/personal.py with PERSONAL")


def test_every_erasure_is_run_by_its_domains_function() -> None:
    declared = {one.name: one.personal_data for one in DOMAINS}
    wrong = [
        f"shared/souk/domains/{name}/resolvers: add domain.personal(PERSONAL), or {name} is never erased"
        for name, data in personal_data().items()
        if data.erase and declared.get(name) is not data
    ]
    assert not wrong, "\n".join(wrong)


def test_docs_tell_what_stays_and_files_have_names_of_their_own() -> None:
    files = [one.name for data in personal_data().values() for one in data.files]
    assert len(files) == len(set(files))
    page = (FOLDER.parents[2] / "docs/privacy.md").read_text("utf-8")
    missing = [name for name in files if f"`{name}`" not in page]
    assert not missing, f"docs/privacy.md: name the files {', '.join(missing)}"
