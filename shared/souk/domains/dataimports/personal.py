"""Imports are made by operators."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Imports name people by their ids.")
