"""What the deployment tells a function, read once from its environment."""

import os
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Settings:
    """The names of this deployment's resources. The CDK app sets them; nothing else does."""

    prefix: str
    """Physical names begin with it: the function `jobs` is `{prefix}-jobs`."""
    function: str
    """Which of Souk's functions this process is."""
    target: str
    """`aws` or `local`."""
    table: str
    bus: str
    attachments_bucket: str
    search_bucket: str
    cursor_secret: str
    """The Secrets Manager id of the key that signs page cursors."""

    def function_name(self, function: str) -> str:
        """Return the physical name of another function of this deployment."""
        return f"{self.prefix}-{function.replace('_', '-')}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the environment; a missing variable is a broken deployment and raises KeyError."""
    env = os.environ
    return Settings(
        prefix=env["SOUK_PREFIX"],
        function=env["SOUK_FUNCTION"],
        target=env["SOUK_TARGET"],
        table=env["SOUK_TABLE"],
        bus=env["SOUK_BUS"],
        attachments_bucket=env["SOUK_ATTACHMENTS_BUCKET"],
        search_bucket=env["SOUK_SEARCH_BUCKET"],
        cursor_secret=env["SOUK_CURSOR_SECRET"],
    )
