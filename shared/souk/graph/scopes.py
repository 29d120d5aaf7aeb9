"""The scopes: what an API key asks for and a token holds. Their names are the contract's."""

from enum import StrEnum


class Scope(StrEnum):
    """A scope by its name in the contract. COMMON_ENTITIES_READ is required of every request."""

    ACTIVITIES_READ = "Activity Entities - Read-Only Access"
    ACTIVITIES_WRITE = "Activity Entities - Read and Write Access"
    CLIENT_PROPOSALS = "Client Proposals - Read And Write Access"
    COMMON_ENTITIES_READ = "Common Entities - Read-Only Access"
    COMMON_FUNCTIONS = "Common Functionality - Read And Write Access"
    CONTRACTS = "Contract - Read and Write Access"
    FREELANCER_PROFILES = "Freelancer Profile - Read And Write Access"
    INVITATIONS = "Management Job Postings"
    JOB_POSTINGS_READ = "Job Postings - Read-Only Access"
    JOB_POSTINGS_WRITE = "Job Postings - Read and Write Access"
    MARKETPLACE_JOBS_READ = "Read marketplace Job Postings"
    MESSAGES_READ = "Messaging - Read-Only Access"
    MESSAGES_WRITE = "Messaging - Read and Write Access"
    OFFERS_READ = "Offer - Read-Only Access"
    OFFERS_WRITE = "Offer - Read And Write Access"
    ONTOLOGY_READ = "Ontology - Read-Only Access"
    ORGANIZATIONS = "Organization - Read and Write access"
    PAYMENTS = "Payments - Read and Write Access"
    SNAPSHOTS_READ = "Scope to read snapshots information - Public"
    TALENT_PROFILES = "Talent Profile - Read And Write Access public"
    TIMESHEETS_READ = "TimeSheet - Read-Only Access"
    TRANSACTIONS_READ = "Read only access for transaction data"
    USER_DETAILS_READ = "View UserDetails"
    WORK_DIARY_COMPANY_READ = "Read Work diary company for public user"
    WORK_HISTORY_READ = "Talent Workhistory - Read Only Access"
