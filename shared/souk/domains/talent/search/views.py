"""The results of a search for people: the two types of the contract's union."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from souk.domains.identity.model import User
from souk.domains.identity.views import country_of, photo_url
from souk.domains.market.model import FreelancerRecord
from souk.domains.reference.model import Skill
from souk.domains.talent.model import Profile, TalentBadge
from souk.domains.talent.rules import ontology
from souk.domains.talent.views import parts
from souk.domains.talent.views.aggregates import standing
from souk.values.money import Money


@dataclass(eq=False, slots=True)
class FoundPage:
    """The freelancers of a page, whose contracts are read together when the first of them is asked for its own."""

    people: list["FoundFreelancer"] = field(default_factory=list)
    contracts: Mapping[str, Any] | None = None
    """By the id of the person; None until they are read (`souk.domains.reputation.search`)."""


@dataclass(frozen=True, slots=True)
class FoundFreelancer:
    """The contract's FreelancerProfilesSearchRecord."""

    graphql_type: ClassVar[str] = "FreelancerProfilesSearchRecord"
    user: User
    profile: Profile
    record: FreelancerRecord
    own: bool
    """Whether the caller is the person."""
    base_url: str
    page: "FoundPage"

    @property
    def id(self) -> str:
        """The id of the person."""
        return self.user.id

    @property
    def title(self) -> str:
        """The title."""
        return self.profile.title

    @property
    def description(self) -> str:
        """The overview."""
        return self.profile.overview

    @property
    def short_name(self) -> str:
        """The public name."""
        return self.user.name

    @property
    def ciphertext(self) -> str:
        """The id in the form of web addresses."""
        return self.user.ciphertext

    @property
    def portrait(self) -> str | None:
        """The URL of the portrait."""
        return photo_url(self.user, self.base_url)

    @property
    def last_active_date_time(self) -> str | None:
        """The time of the last proposal, time record or message, to the hour."""
        return self.profile.last_active

    @property
    def skills(self) -> list[Skill]:
        """The skills, the most important first."""
        return ontology.skills_of(self.profile.skills)

    @property
    def hourly_rate(self) -> Money | None:
        """The rate."""
        return None if self.profile.rate is None else self.profile.charge_rate

    @property
    def top_rated_status(self) -> str | None:
        """The standing, as programs know it."""
        return standing(self.profile, TalentBadge.TOP_RATED, TalentBadge.TOP_RATED_PLUS)

    @property
    def avg_feedback_score(self) -> float | None:
        """The mean of the clients' scores."""
        return self.record.stars / self.record.reviews / 100 if self.record.reviews else None

    @property
    def total_hourly_jobs(self) -> int:
        """Contracts by the hour on which something was earned."""
        return max(0, self.record.hourly_jobs)

    @property
    def total_fixed_price_jobs(self) -> int:
        """Contracts for a fixed price on which something was earned."""
        return max(0, self.record.fixed_jobs)

    @property
    def total_hours(self) -> float:
        """The billed hours."""
        return self.record.minutes / 60

    @property
    def hide_earnings(self) -> bool:
        """Whether earnings are hidden."""
        return self.profile.preferences.hide_earnings

    @property
    def job_success_score(self) -> int | None:
        """Percent; None if the person hides it."""
        return None if self.profile.preferences.hide_jss and not self.own else self.profile.job_success

    @property
    def availability(self) -> dict[str, Any] | None:
        """The availability."""
        return parts.availability(self.user, self.profile.availability)

    @property
    def location(self) -> dict[str, str | None]:
        """The place, without street and postal code."""
        country = country_of(self.user.location)
        return {
            "country": country.name if country else None,
            "city": self.user.location.city,
            "state": self.user.location.state,
        }

    @property
    def freelancer(self) -> User | None:
        """The person, to themselves."""
        return self.user if self.own else None

    @property
    def freelancer_profile(self) -> User:
        """The person with the whole profile. The search found it, so the caller may see it."""
        return self.user


@dataclass(frozen=True, slots=True)
class FoundClient:
    """The contract's UserFreelancerProfilesSearchRecord: a person of a client's company."""

    graphql_type: ClassVar[str] = "UserFreelancerProfilesSearchRecord"
    user: User
    user_profile: User | None
    """The person with the profile; None without one that the caller may see."""

    @property
    def short_name(self) -> str:
        """The public name."""
        return self.user.name

    @property
    def ciphertext(self) -> str:
        """The id in the form of web addresses."""
        return self.user.ciphertext
