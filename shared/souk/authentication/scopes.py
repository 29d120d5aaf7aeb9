"""The scopes: what an API key asks for and a token holds. Their names are the contract's."""

from enum import StrEnum


class Scope(StrEnum):
    """A scope by its name in the contract, with what it lets a program do, as people read it before they agree.

    COMMON_ENTITIES_READ is required of every request.
    """

    description: str

    def __new__(cls, name: str, description: str = "") -> "Scope":
        """Make a scope, which is its name."""
        scope = str.__new__(cls, name)
        scope._value_ = name
        scope.description = description
        return scope

    ACTIVITIES_READ = (
        "Activity Entities - Read-Only Access",
        "See the activities that your teams record their work under.",
    )
    ACTIVITIES_WRITE = (
        "Activity Entities - Read and Write Access",
        "See, add, change and archive the activities of your teams, and assign them to contracts.",
    )
    API_KEYS = (
        "API Keys - Read And Write Access",
        "See, make, change and end the API keys of your organizations, and get new secrets for them.",
    )
    CLIENT_PROPOSALS = (
        "Client Proposals - Read And Write Access",
        "See the proposals that you sent or received, and answer, shortlist, hide or decline them.",
    )
    COMMON_ENTITIES_READ = (
        "Common Entities - Read-Only Access",
        "See your name and profile, your organizations and who is in them.",
    )
    COMMON_FUNCTIONS = (
        "Common Functionality - Read And Write Access",
        "See who you are, and use lists that are the same for everybody, such as countries and time zones.",
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
        "See the job postings of your organizations, drafts too.",
    )
    JOB_POSTINGS_WRITE = (
        "Job Postings - Read and Write Access",
        "Post and change job postings, and their workflow tasks.",
    )
    MARKETPLACE_JOBS_READ = (
        "Read marketplace Job Postings",
        "Search the market for job postings and gigs, and see those that are open to you.",
    )
    MESSAGES_READ = (
        "Messaging - Read-Only Access",
        "Read your messages, and see the rooms that they are in.",
    )
    MESSAGES_WRITE = (
        "Messaging - Read and Write Access",
        "Read and send messages as you, and manage the rooms that they are in.",
    )
    OFFERS_READ = (
        "Offer - Read-Only Access",
        "See your offers and contracts, with their terms.",
    )
    OFFERS_WRITE = (
        "Offer - Read And Write Access",
        "Make and withdraw offers, and make, change, approve and reject milestones.",
    )
    ONTOLOGY_READ = (
        "Ontology - Read-Only Access",
        "Use the public lists of categories, occupations and skills.",
    )
    ORGANIZATIONS = (
        "Organization - Read and Write access",
        "Make and change organizations, invite people to teams, and see who changed what.",
    )
    PAYMENTS = (
        "Payments - Read and Write Access",
        "Pay freelancers with your organization's money.",
    )
    SNAPSHOTS_READ = (
        "Scope to read snapshots information - Public",
        "See the snapshots that were taken while people worked on your contracts.",
    )
    TALENT_PROFILES = (
        "Talent Profile - Read And Write Access public",
        "See and change talent profiles.",
    )
    TIMESHEETS_READ = (
        "TimeSheet - Read-Only Access",
        "See the hours that were worked on your contracts.",
    )
    TRANSACTIONS_READ = (
        "Read only access for transaction data",
        "See the payments that your organizations made and received.",
    )
    USER_DETAILS_READ = (
        "View UserDetails",
        "See the names, e-mail addresses and other personal details of the people you work with.",
    )
    WORK_DIARY_COMPANY_READ = (
        "Read Work diary company for public user",
        "See the work diaries of everybody who works for your company.",
    )
    WEBHOOKS = (
        "Webhooks - Read And Write Access",
        "Have what happens in your organizations sent to web addresses, and see what was sent.",
    )
    WORK_HISTORY_READ = (
        "Talent Workhistory - Read Only Access",
        "See the contracts that freelancers worked on, and how they were reviewed.",
    )

    @property
    def id(self) -> str:
        """Its id: what `scopeIds` of an API key and the `scope` of OAuth hold, as the names hold spaces."""
        return self.name.lower().replace("_", "-")


_BY_ID = {scope.id: scope for scope in Scope}


def scope_of(scope_id: str) -> Scope | None:
    """Return the scope with an id, such as `job-postings-read`; None where there is none."""
    return _BY_ID.get(scope_id)
