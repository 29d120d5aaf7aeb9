"""What moderation has of a person: the reports that they made. `operator` erases, as it writes reports."""

from souk.domains.moderation.store import REPORTS_OF_PERSON
from souk.graph.personal import PersonalData, PersonalFile, listed

PERSONAL = PersonalData(
    stays="That content was reported, by whom and why, by ids alone. A takedown goes or stays with its content.",
    files=(
        PersonalFile(
            "reports", "The reports of content that you made.", listed(REPORTS_OF_PERSON, "content", "fingerprint")
        ),
    ),
)
