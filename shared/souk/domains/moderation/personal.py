"""Takedowns are stored in the content that they hide."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing is stored here; a takedown goes or stays with its content.")
