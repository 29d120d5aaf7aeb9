"""What exports have of a person: the copies of their data."""

from souk.domains.dataexports.commands.requesting import erase
from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Nothing.", erase=erase)
