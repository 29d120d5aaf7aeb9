import base64
import hashlib
import json

import pytest

from souk.local import graphiql
from souk.operations.problem import Problem


def integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def test_package_integrity_is_checked() -> None:
    graphiql.check(b"package", integrity(b"package"), "graphiql@1")
    with pytest.raises(Problem, match="graphiql@1"):
        graphiql.check(b"tampered", integrity(b"package"), "graphiql@1")


def test_every_package_is_pinned() -> None:
    for package, wanted in json.loads(graphiql.LOCK.read_text()).items():
        assert package.rpartition("@")[2].count(".") == 2
        assert wanted["integrity"].startswith("sha512-")
        assert wanted["files"]
