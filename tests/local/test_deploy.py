import json
import os
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.config import read_config
from souk.local import deploy
from souk.local.choices import CONTEXT
from souk.local.home import PROJECT
from souk.operations.problem import Problem

SOURCES = {
    "build/docs/index.html": "documentation",
    "cdk.json": "{}",
    "infra/app.py": "app",
    "functions/graphql/handler.py": "handler",
    "requirements/images.txt": "pillow",
    "requirements/layer.txt": "boto3",
    "shared/souk/app.py": "souk",
}


def checkout(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def fingerprint(project: Path) -> str:
    return deploy.fingerprint(deploy.source_files(project), project)


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_changes_fingerprint(tmp_path: Path, name: str) -> None:
    project = checkout(tmp_path, SOURCES)
    before = fingerprint(project)
    assert fingerprint(project) == before
    checkout(project, {name: "changed"})
    assert fingerprint(project) != before


def test_renamed_file_changes_fingerprint(tmp_path: Path) -> None:
    project = checkout(tmp_path, SOURCES)
    before = fingerprint(project)
    (project / "infra" / "app.py").rename(project / "infra" / "main.py")
    assert fingerprint(project) != before


def test_bytecode_does_not_change_fingerprint(tmp_path: Path) -> None:
    project = checkout(tmp_path, SOURCES)
    before = fingerprint(project)
    checkout(project, {"infra/__pycache__/app.cpython-311.pyc": "bytecode", "README.md": "read me"})
    assert fingerprint(project) == before


def test_choices_in_the_environment_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = checkout(tmp_path, SOURCES)
    for variable in CONTEXT:
        monkeypatch.delenv(variable, raising=False)
    before = fingerprint(project)
    usual = deploy.context()
    assert usual == {"target": "local", "stage": "local", "mailFrom": "souk@souk.test"}
    monkeypatch.setenv("SOUK_AUTO_CONSENT", "olivia@acme.test")
    monkeypatch.setenv("SOUK_IMPLICIT", "")
    assert deploy.context() == usual | {"autoConsent": "olivia@acme.test"}
    assert fingerprint(project) != before


def test_every_choice_means_something_to_the_cdk_app() -> None:
    options = set[str]()

    def nothing(name: str) -> None:
        options.add(name)

    read_config(nothing)
    assert options > set(CONTEXT.values())


def test_local_package_is_not_deployed() -> None:
    names = {file.relative_to(PROJECT).as_posix() for file in deploy.source_files()}
    assert "infra/app.py" in names
    assert "shared/souk/app.py" in names
    assert not [name for name in names if name.startswith(("shared/souk/local/", "shared/souk/operations/"))]


def test_assembly_is_read_with_its_assets(tmp_path: Path) -> None:
    manifest = {
        "artifacts": {
            "Souk.assets": {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}},
            "Souk": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "template.json"}},
        }
    }
    place = {"here": {"bucketName": "assets-${AWS::AccountId}-${AWS::Region}", "objectKey": "k"}}
    assets = {
        "files": {
            "a": {"source": {"path": "layer.zip", "packaging": "file"}, "destinations": place},
            "b": {"source": {"path": "code", "packaging": "zip"}, "destinations": place},
        }
    }
    checkout(
        tmp_path,
        {
            "manifest.json": json.dumps(manifest),
            "assets.json": json.dumps(assets),
            "template.json": "{}",
            "layer.zip": "",
            "code/handler.py": "handler",
        },
    )
    assembly = deploy.read_assembly(tmp_path)
    assert (assembly.stack, assembly.template) == ("Souk", "{}")
    assert {bucket for _, bucket, _ in assembly.assets} == {"assets-000000000000-us-east-1"}
    layer, code = (file for file, _, _ in assembly.assets)
    assert layer == tmp_path / "layer.zip"
    assert ZipFile(code).namelist() == ["handler.py"]


def fake_node(folder: Path, says: str) -> None:
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho {says}\n")
    node.chmod(0o755)


def test_missing_node_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match=r"needs Node.js 20 or newer.*no `node`"):
        deploy.need_node()


@pytest.mark.parametrize("says", ["v18.19.0", "nonsense"])
def test_old_or_broken_node_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, says: str) -> None:
    fake_node(tmp_path, says)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(Problem, match=says):
        deploy.need_node()


def test_supported_node_is_accepted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_node(tmp_path, "v20.0.0")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    deploy.need_node()
