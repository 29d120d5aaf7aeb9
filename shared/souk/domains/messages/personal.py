"""Messages are stored by rooms."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing is stored here; see rooms.")
