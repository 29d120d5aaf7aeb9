"""A deployment in AWS in place of a local run, for end-to-end tests that need its API only.

    SOUK_E2E_STACK=Souk-staging .venv/bin/pytest tests/e2e/test_hiring.py

The caller's credentials read the stack and write its table: they add the demo data where it is missing, and issue
tokens to its people. A stack in production is refused.
"""

import os
import signal

from souk.local import access, demo
from souk.operations.deployment import in_aws, open_table
from tests.support.running import Run

STACK = "SOUK_E2E_STACK"
URL = "SOUK_E2E_URL"
"""The address of the deployment, if it is not that of API Gateway."""


class Staging(Run):
    """A deployment in AWS. It is not started or stopped."""

    def __init__(self, stack: str) -> None:
        self._deployment = in_aws(stack)
        assert not self._deployment.in_production, f"{stack} is used by real people. Deploy it with production=false."
        self._table = open_table(self._deployment)
        self.url = os.environ.get(URL) or self._deployment.url

    def start(self) -> None:
        """Add the demo data where it is missing."""
        demo.load(self._table, print)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:  # noqa: ARG002 - it goes on
        """Do nothing."""
        return 0

    def token(self, email: str) -> str:
        """Return an access token of a demo person."""
        return access.issue_token(self._table, email)
