"""The audit trail names people by their ids."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(
    stays=(
        "What operators did, by the ids of people: it has to be complete to be evidence (GDPR, article 17(3)(e)). It "
        "never held names, e-mail addresses or phone numbers of people."
    )
)
