"""Operators decide about what other domains store."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing is stored here.")
