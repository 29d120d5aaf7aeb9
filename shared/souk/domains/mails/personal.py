"""Mails wait here until they are sent."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing: a mail is deleted when it is sent, or after three days.")
