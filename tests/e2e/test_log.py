"""The logs of a whole test run at the level DEBUG."""

from typing import Any

from souk.local.home import Home
from tests.e2e.test_clients import PASSWORD, SECRET, SERVICE_SECRET
from tests.e2e.test_people import SECRET as CHOSEN
from tests.support.account_pages import SECRETS_SEEN
from tests.support.running import Run


def test_debug_logs_contain_no_secrets(souk: Run) -> None:
    logs = souk.client("logs")
    groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
    text = {group: "\n".join(_messages(logs, group)) for group in groups} | {
        "emulator": Home(souk.home).log.read_text()
    }
    assert '"level":"INFO"' in "".join(text.values()), "the logs are empty"
    own = {Home(souk.home).root_key().secret, souk.running.secret, souk.running.emulator_secret}
    secrets = {
        *own,
        "oauth2v2_",
        "whsec_",
        PASSWORD,
        SECRET,
        SERVICE_SECRET,
        CHOSEN,
        CHOSEN.replace(" ", "+"),
        *SECRETS_SEEN,
    }
    leaks = {(group, secret[:20]) for group, written in text.items() for secret in secrets if secret in written}
    assert not leaks


def _messages(logs: Any, group: str) -> list[str]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]
