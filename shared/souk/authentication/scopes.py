"""The scopes of API keys and tokens. Their names are the contract's."""

from enum import StrEnum


class Scope(StrEnum):
    """A scope: its name in the contract, and the description that the consent page shows.

    Every request requires COMMON_ENTITIES_READ.
    """

    description: str
    sensitive: bool
    """Whether the consent page warns about it."""

    def __new__(cls, name: str, description: str = "", sensitive: bool = False) -> "Scope":
        """Return a scope, whose value is its name."""
        scope = str.__new__(cls, name)
        scope._value_ = name
        scope.description = description
        scope.sensitive = sensitive
        return scope

    ACCOUNT = (
        "Account - Read And Write Access",
        "See and change your own account: your name, phone number, address, portrait and settings.",
        True,
    )
    ACTIVITIES_READ = (
        "Activity Entities - Read-Only Access",
        "See the activities that your teams log their work under.",
    )
    ACTIVITIES_WRITE = (
        "Activity Entities - Read and Write Access",
        "See, add, change and archive the activities of your teams, and assign them to contracts.",
    )
    API_KEYS = (
        "API Keys - Read And Write Access",
        "See, create, change and revoke the API keys of your organizations, and rotate their secrets.",
        True,
    )
    CLIENT_PROPOSALS = (
        "Client Proposals - Read And Write Access",
        "See the proposals that you sent or received, and answer, shortlist, hide or decline them.",
    )
    COMMON_ENTITIES_READ = (
        "Common Entities - Read-Only Access",
        "See your name and profile, and your organizations and their members.",
    )
    COMMON_FUNCTIONS = (
        "Common Functionality - Read And Write Access",
        "See who you are, and use public lists such as countries and time zones.",
    )
    CONTRACTS = (
        "Contract - Read and Write Access",
        "See your contracts and their work diaries, change their weekly limits, and pause, restart or end them.",
    )
    FREELANCER_PROFILES = (
        "Freelancer Profile - Read And Write Access",
        "Search freelancers and see their profiles and gigs, and change your own freelancer profile and gigs.",
    )
    INVITATIONS = (
        "Management Job Postings",
        "Invite freelancers to your job postings.",
    )
    JOB_POSTINGS_READ = (
        "Job Postings - Read-Only Access",
        "See the job postings of your organizations, including drafts.",
    )
    JOB_POSTINGS_WRITE = (
        "Job Postings - Read and Write Access",
        "Post and change job postings, and their workflow tasks.",
    )
    MARKETPLACE_JOBS_READ = (
        "Read marketplace Job Postings",
        "Search job postings and gigs, and see those that are open to you.",
    )
    MESSAGES_READ = (
        "Messaging - Read-Only Access",
        "Read your messages and rooms.",
    )
    MESSAGES_WRITE = (
        "Messaging - Read and Write Access",
        "Read and send messages as you, and manage your rooms.",
    )
    OFFERS_READ = (
        "Offer - Read-Only Access",
        "See your offers and contracts, and their terms.",
    )
    OFFERS_WRITE = (
        "Offer - Read And Write Access",
        "Make and withdraw offers, and create, change, approve and reject milestones.",
    )
    ONTOLOGY_READ = (
        "Ontology - Read-Only Access",
        "Use the public lists of categories, occupations and skills.",
    )
    OPERATOR = (
        "Operator - Read And Write Access",
        "Operate this marketplace: see and change all people and organizations. It works only for its operators.",
        True,
    )
    ORGANIZATIONS = (
        "Organization - Read and Write access",
        "Create and change organizations, invite people to teams, and see the audit log.",
    )
    PAYMENTS = (
        "Payments - Read and Write Access",
        "Pay freelancers with your organization's money.",
        True,
    )
    SAVED_SEARCHES = (
        "Saved Searches - Read And Write Access",
        "Save job searches for your organization, and change and delete them.",
    )
    SNAPSHOTS_READ = (
        "Scope to read snapshots information - Public",
        "See the work diary snapshots of your contracts.",
    )
    TALENT_CLOUDS = (
        "Talent Clouds - Read And Write Access",
        "See and change the talent clouds of your organizations and their members, and ask to join talent clouds.",
    )
    TALENT_PROFILES = (
        "Talent Profile - Read And Write Access public",
        "See and change talent profiles.",
    )
    TIMESHEETS_READ = (
        "TimeSheet - Read-Only Access",
        "See the hours worked on your contracts.",
    )
    TIMESHEETS_WRITE = (
        "TimeSheet - Read And Write Access",
        "See the hours worked on your contracts, and add, change and remove your own.",
    )
    TRANSACTIONS_READ = (
        "Read only access for transaction data",
        "See the payments of your organizations.",
    )
    USER_DETAILS_READ = (
        "View UserDetails",
        "See the names, e-mail addresses and other personal details of people you work with.",
    )
    WORK_DIARY_COMPANY_READ = (
        "Read Work diary company for public user",
        "See the work diaries of everyone who works for your company.",
    )
    WEBHOOKS = (
        "Webhooks - Read And Write Access",
        "Send events of your organizations to web addresses, and see what was delivered.",
    )
    WORK_HISTORY_READ = (
        "Talent Workhistory - Read Only Access",
        "See freelancers' past contracts and reviews.",
    )

    @property
    def id(self) -> str:
        """Its id, which `scopeIds` and OAuth's `scope` parameter use, because the names contain spaces."""
        return self.name.lower().replace("_", "-")


_BY_ID = {scope.id: scope for scope in Scope}


def scope_of(scope_id: str) -> Scope | None:
    """Return the scope with an id, such as `job-postings-read`; None if there is none."""
    return _BY_ID.get(scope_id)
