"""Secrets: recognizable texts that are planted in the records and searched for in every response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson


class Audience(StrEnum):
    """The audience of a secret."""

    COMPANY = "members of the company"
    TEAM = "members of the team"
    INVITED = "members of the team, and invited freelancers"
    PARTIES = "members of the team, and the contract's freelancer"
    GOVERNING = "administrators of the company"
    PERSON = "the owner, but not their company"
    OPERATORS = "operators of the marketplace"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a world, by their text."""

    audiences: dict[str, Audience] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    """The user whom a secret is about, by its text. This user may see it."""

    def plant(self, audience: Audience, name: str, of: str = "") -> str:
        """Return a unique text. `of` is the id of the user whom it is about."""
        return self.keep(audience, f"canary-{name}", of)

    def keep(self, audience: Audience, text: str, of: str = "") -> str:
        """Register a given text as a secret, such as an amount."""
        assert text not in self.audiences
        self.audiences[text] = audience
        if of:
            self.persons[text] = of
        return text

    def found_in(self, answer: Mapping[str, Any]) -> set[str]:
        """Return the secrets in a response."""
        raw = orjson.dumps(answer).decode()
        return {text for text in self.audiences if text in raw}

    def leaked(
        self, answer: Mapping[str, Any], request: Any, knows: frozenset[Audience] = frozenset(), user_id: str = ""
    ) -> set[str]:
        """Return the secrets in a response that a user may not see, without those in the request."""
        given = orjson.dumps(request).decode()
        return {
            text
            for text in self.found_in(answer)
            if self.audiences[text] not in knows and self.persons.get(text) != user_id and text not in given
        }
