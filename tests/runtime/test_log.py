"""The log names the function and does not contain people's texts."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import botocore.session
import pytest
from pydantic import ValidationError

from souk.runtime import log  # noqa: F401 - sets the libraries' log levels
from souk.storage import Entity


class Note(Entity):
    text: str
    stars: int


def test_log_line_names_function() -> None:
    line = subprocess.run(
        [sys.executable, "-c", "from souk.runtime.log import logger; logger.info('hello')"],
        env={**os.environ, "POWERTOOLS_SERVICE_NAME": "jobs"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(line)["service"] == "jobs"


def test_invalid_entity_does_not_leak_its_content() -> None:
    with pytest.raises(ValidationError) as refused:
        Note.model_validate_json('{"text": 5, "stars": "a secret"}')
    assert "stars" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_libraries_do_not_log_requests_at_debug(
    aws: None,  # noqa: ARG001 - the client talks to it
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = botocore.session.get_session()
    vault: Any = session.create_client("secretsmanager", "us-east-1")
    with caplog.at_level(logging.DEBUG):
        vault.create_secret(Name="till", SecretString="open-sesame")
        assert vault.get_secret_value(SecretId="till")["SecretString"] == "open-sesame"

    assert "open-sesame" not in caplog.text
