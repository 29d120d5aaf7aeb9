"""Scores are stored in the profiles of talent, and counted from contracts and feedback."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing is stored here; scores go with the profile.")
