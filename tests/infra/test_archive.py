"""Archives depend only on their content."""

import os
import zipfile
from pathlib import Path

from infra.archive import fingerprint, pack, source_files


def test_same_files_give_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "handler.py"
    source.write_text("x = 1")
    archives = []
    for age in (0, 1_000_000_000):
        os.utime(source, (age, age))
        archives.append(tmp_path / f"{age}.zip")
        pack(archives[-1], {"handler.py": source})
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_packed_files_are_readable(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_text("")
    (tmp_path / "a.py").write_text("")
    pack(tmp_path / "a.zip", {"a.so": tmp_path / "a.so", "a.py": tmp_path / "a.py"})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes == {"a.py": 0o644, "a.so": 0o755}


def test_a_fingerprint_changes_with_content_name_and_facts(tmp_path: Path) -> None:
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(text)
    prints = [fingerprint([tmp_path / name], root=tmp_path) for name in "abc"]
    prints.append(fingerprint([tmp_path / "a"], "3.13", root=tmp_path))
    assert len(set(prints)) == 4
    assert fingerprint([tmp_path / "a"], root=tmp_path) == prints[0]


def test_bytecode_is_not_a_source_file(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("")
    (tmp_path / "a.py").write_text("")
    assert source_files(tmp_path) == [tmp_path / "a.py"]
