"""The declarations of mails: no fields, only the work of sending."""

from souk.domains.mails import commands
from souk.graph import Domain

domain = Domain("mails", function="auth")
domain.due(commands.SEND)(commands.send)
