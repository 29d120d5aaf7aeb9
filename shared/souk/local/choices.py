"""The settings of a local run, read from the environment and checked before any work is done."""

import os
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from souk.operations.problem import Problem

_PREFIX = "SOUK_"

HOSTS = "SOUK_HOSTS"
"""The variable with further names of the local server. It is no part of the deployment."""
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?")


class Choices(BaseSettings):
    """The variables of docs/running.md.

    A field with an alias affects the deployment: the alias is its name in `infra/config.py`. The description lists the
    allowed values.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True)

    auto_consent: str | None = Field(
        None,
        serialization_alias="autoConsent",
        pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$",
        description="the e-mail address of a person, such as olivia@acme.test",
    )
    demo: Annotated[Literal["on", "off"], BeforeValidator(str.lower)] = Field(
        "on", exclude=True, description="on or off"
    )
    implicit: Annotated[Literal["on", "off", "true", "false"], BeforeValidator(str.lower)] | None = Field(
        None, serialization_alias="implicit", description="on or off"
    )
    languages: str | None = Field(
        None,
        serialization_alias="languages",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*(,[A-Za-z]{2,3}(-[A-Za-z0-9]+)*)*$",
        description="languages, separated by commas, such as en,de",
    )
    live: Annotated[Literal["on", "off", "true", "false"], BeforeValidator(str.lower)] | None = Field(
        None, serialization_alias="live", description="on or off"
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARN", "ERROR"], BeforeValidator(str.upper)] | None = Field(
        None, serialization_alias="logLevel", description="DEBUG, INFO, WARN or ERROR"
    )
    name: str | None = Field(
        None, serialization_alias="name", pattern=r"^\S(.{0,58}\S)?$", description="1 to 60 characters on one line"
    )
    profile_review: Annotated[Literal["on", "off", "true", "false"], BeforeValidator(str.lower)] | None = Field(
        None, serialization_alias="profileReview", description="on or off"
    )
    requests_per_minute: int | None = Field(
        None, serialization_alias="requestsPerMinute", ge=10, description="a whole number, at least 10"
    )


CONTEXT = {
    f"{_PREFIX}{name.upper()}": one.serialization_alias
    for name, one in Choices.model_fields.items()
    if one.serialization_alias
}
"""The names in the CDK's context, by variable."""


def context() -> dict[str, str]:
    """Return the settings as the CDK app's context. Raises Problem with the name of every invalid variable."""
    return {name: str(value) for name, value in _chosen().model_dump(by_alias=True, exclude_none=True).items()}


def demo() -> bool:
    """Return whether the run has the demo data. Raises Problem as `context` does."""
    return _chosen().demo == "on"


def _chosen() -> Choices:
    try:
        return Choices()
    except ValidationError as invalid:
        raise Problem("\n".join(_sentence(str(one["loc"][0])) for one in invalid.errors())) from invalid


def hosts() -> frozenset[str]:
    """Return the further host names in SOUK_HOSTS, in lower case. Raises Problem for one that is not a host name."""
    names = [name.strip().lower() for name in os.environ.get(HOSTS, "").split(",") if name.strip()]
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise Problem(
                f"{HOSTS}: {name} is not valid; it must be host names without ports, separated by commas, "
                "such as souk.internal,abc.tunnel.example."
            )
    return frozenset(names)


def _sentence(field: str) -> str:
    variable = f"{_PREFIX}{field.upper()}"
    written = os.environ.get(variable, "")  # before a validator changed its case
    return f"{variable}={written} is not valid; it must be {Choices.model_fields[field].description}."
