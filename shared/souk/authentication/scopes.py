"""The scopes of API keys and tokens. Their names are the contract's."""

from collections.abc import Iterable
from enum import StrEnum


class ScopeGroup(StrEnum):
    """The groups in which people choose and read scopes, by their titles, in the order of pages."""

    JOBS = "Jobs and proposals"
    WORK = "Offers, contracts and work"
    MONEY = "Money"
    PEOPLE = "People and profiles"
    MESSAGES = "Messages"
    ORGANIZATION = "Organization and account"
    DEVELOPERS = "Developer tools"
    OPERATORS = "Operators"


class Access(StrEnum):
    """Whether a program with a scope can change something."""

    READ = "read"
    WRITE = "write"


class Scope(StrEnum):
    """A scope: its name in the contract, its group, and the description that the consent page shows.

    Every request requires COMMON_ENTITIES_READ.
    """

    description: str
    group: ScopeGroup
    access: Access
    sensitive: bool
    """Whether the consent page warns about it."""

    def __new__(
        cls,
        name: str,
        description: str = "",
        group: ScopeGroup = ScopeGroup.OPERATORS,
        access: Access = Access.WRITE,
        sensitive: bool = False,
    ) -> "Scope":
        """Return a scope, whose value is its name. The defaults are for type checkers: `Scope(name)` looks one up."""
        scope = str.__new__(cls, name)
        scope._value_ = name
        scope.description = description
        scope.group = group
        scope.access = access
        scope.sensitive = sensitive
        return scope

    ACCOUNT = (
        "Account - Read And Write Access",
        "See and change your own account: your name, phone number, address, portrait and settings.",
        ScopeGroup.ORGANIZATION,
        Access.WRITE,
        True,
    )
    ACTIVITIES_READ = (
        "Activity Entities - Read-Only Access",
        "See the activities that your teams log their work under.",
        ScopeGroup.WORK,
        Access.READ,
    )
    ACTIVITIES_WRITE = (
        "Activity Entities - Read and Write Access",
        "See, add, change and archive the activities of your teams, and assign them to contracts.",
        ScopeGroup.WORK,
        Access.WRITE,
    )
    API_KEYS = (
        "API Keys - Read And Write Access",
        "See, create, change and revoke the API keys of your organizations, and rotate their secrets.",
        ScopeGroup.DEVELOPERS,
        Access.WRITE,
        True,
    )
    CLIENT_PROPOSALS = (
        "Client Proposals - Read And Write Access",
        "See the proposals that you sent or received, and answer, shortlist, hide or decline them.",
        ScopeGroup.JOBS,
        Access.WRITE,
    )
    COMMON_ENTITIES_READ = (
        "Common Entities - Read-Only Access",
        "See your name and profile, and your organizations and their members.",
        ScopeGroup.PEOPLE,
        Access.READ,
    )
    COMMON_FUNCTIONS = (
        "Common Functionality - Read And Write Access",
        "See who you are, use public lists such as countries and time zones, and confirm files that you upload.",
        ScopeGroup.PEOPLE,
        Access.WRITE,
    )
    CONTRACTS = (
        "Contract - Read and Write Access",
        "See your contracts and their work diaries, change their weekly limits, and pause, restart or end them.",
        ScopeGroup.WORK,
        Access.WRITE,
    )
    FREELANCER_PROFILES = (
        "Freelancer Profile - Read And Write Access",
        "Search freelancers and see their profiles and gigs, and change your own freelancer profile and gigs.",
        ScopeGroup.PEOPLE,
        Access.WRITE,
    )
    INVITATIONS = (
        "Management Job Postings",
        "Invite freelancers to your job postings.",
        ScopeGroup.JOBS,
        Access.WRITE,
    )
    JOB_POSTINGS_READ = (
        "Job Postings - Read-Only Access",
        "See the job postings of your organizations, including drafts.",
        ScopeGroup.JOBS,
        Access.READ,
    )
    JOB_POSTINGS_WRITE = (
        "Job Postings - Read and Write Access",
        "Post and change job postings, and their workflow tasks.",
        ScopeGroup.JOBS,
        Access.WRITE,
    )
    MARKETPLACE_JOBS_READ = (
        "Read marketplace Job Postings",
        "Search job postings and gigs, and see those that are open to you.",
        ScopeGroup.JOBS,
        Access.READ,
    )
    MESSAGES_READ = (
        "Messaging - Read-Only Access",
        "Read your messages and rooms.",
        ScopeGroup.MESSAGES,
        Access.READ,
    )
    MESSAGES_WRITE = (
        "Messaging - Read and Write Access",
        "Read and send messages as you, and manage your rooms.",
        ScopeGroup.MESSAGES,
        Access.WRITE,
    )
    OFFERS_READ = (
        "Offer - Read-Only Access",
        "See your offers and contracts, and their terms.",
        ScopeGroup.WORK,
        Access.READ,
    )
    OFFERS_WRITE = (
        "Offer - Read And Write Access",
        "Make and withdraw offers, and create, change, approve and reject milestones.",
        ScopeGroup.WORK,
        Access.WRITE,
    )
    ONTOLOGY_READ = (
        "Ontology - Read-Only Access",
        "Use the public lists of categories, occupations and skills.",
        ScopeGroup.DEVELOPERS,
        Access.READ,
    )
    OPERATOR = (
        "Operator - Read And Write Access",
        "Operate this marketplace: see and change all people and organizations. It works only for its operators.",
        ScopeGroup.OPERATORS,
        Access.WRITE,
        True,
    )
    ORGANIZATIONS = (
        "Organization - Read and Write access",
        "Create and change organizations, invite people to teams, and see the audit log.",
        ScopeGroup.ORGANIZATION,
        Access.WRITE,
    )
    PAYMENTS = (
        "Payments - Read and Write Access",
        "Pay freelancers with your organization's money.",
        ScopeGroup.MONEY,
        Access.WRITE,
        True,
    )
    SAVED_SEARCHES = (
        "Saved Searches - Read And Write Access",
        "Save job searches for your organization, and change and delete them.",
        ScopeGroup.JOBS,
        Access.WRITE,
    )
    SNAPSHOTS_READ = (
        "Scope to read snapshots information - Public",
        "See the work diary snapshots of your contracts.",
        ScopeGroup.WORK,
        Access.READ,
    )
    TALENT_CLOUDS = (
        "Talent Clouds - Read And Write Access",
        "See and change the talent clouds of your organizations and their members, and ask to join talent clouds.",
        ScopeGroup.PEOPLE,
        Access.WRITE,
    )
    TALENT_PROFILES = (
        "Talent Profile - Read And Write Access public",
        "See and change talent profiles.",
        ScopeGroup.PEOPLE,
        Access.WRITE,
    )
    TIMESHEETS_READ = (
        "TimeSheet - Read-Only Access",
        "See the hours worked on your contracts.",
        ScopeGroup.WORK,
        Access.READ,
    )
    TIMESHEETS_WRITE = (
        "TimeSheet - Read And Write Access",
        "See the hours worked on your contracts, and add, change and remove your own.",
        ScopeGroup.WORK,
        Access.WRITE,
    )
    TRANSACTIONS_READ = (
        "Read only access for transaction data",
        "See the payments of your organizations.",
        ScopeGroup.MONEY,
        Access.READ,
    )
    USER_DETAILS_READ = (
        "View UserDetails",
        "See the names, e-mail addresses and other personal details of people you work with.",
        ScopeGroup.PEOPLE,
        Access.READ,
    )
    WORK_DIARY_COMPANY_READ = (
        "Read Work diary company for public user",
        "See the work diaries of everyone who works for your company.",
        ScopeGroup.WORK,
        Access.READ,
    )
    WEBHOOKS = (
        "Webhooks - Read And Write Access",
        "Send events of your organizations to web addresses, and see what was delivered.",
        ScopeGroup.DEVELOPERS,
        Access.WRITE,
    )
    WORK_HISTORY_READ = (
        "Talent Workhistory - Read Only Access",
        "See freelancers' past contracts and reviews.",
        ScopeGroup.PEOPLE,
        Access.READ,
    )

    @property
    def id(self) -> str:
        """Its id, which `scopeIds` and OAuth's `scope` parameter use, because the names contain spaces."""
        return self.name.lower().replace("_", "-")

    @property
    def tag(self) -> str:
        """What pages say of it in one word: `read`, `write` or `sensitive`."""
        return "sensitive" if self.sensitive else self.access.value


def grouped(scopes: Iterable[Scope]) -> list[tuple[ScopeGroup, list[Scope]]]:
    """Return scopes by their groups, in the order of pages, the sensitive ones of each group first."""
    by_group: dict[ScopeGroup, list[Scope]] = {group: [] for group in ScopeGroup}
    for scope in sorted(scopes, key=lambda one: (not one.sensitive, list(Scope).index(one))):
        by_group[scope.group].append(scope)
    return [(group, found) for group, found in by_group.items() if found]


_BY_ID = {scope.id: scope for scope in Scope}


def scope_of(scope_id: str) -> Scope | None:
    """Return the scope with an id, such as `job-postings-read`; None if there is none."""
    return _BY_ID.get(scope_id)
