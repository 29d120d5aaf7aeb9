"""Activities have no data about a person of their own."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Activities of companies: they name people by their ids.")
