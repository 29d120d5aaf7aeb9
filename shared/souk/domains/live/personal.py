"""Open sockets have no data of a person but ids."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing: a socket ends with its access, and its record expires within three hours.")
