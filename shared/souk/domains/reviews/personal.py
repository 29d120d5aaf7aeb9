"""Reviews name people by their ids."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="What was put before the operators and how they decided, by the ids of people.")
