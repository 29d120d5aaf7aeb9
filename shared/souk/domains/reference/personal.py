"""The reference data is the same for everybody."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing is about a person.")
