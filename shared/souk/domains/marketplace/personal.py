"""The settings of the marketplace are about no person."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing is about a person.")
