"""Mails about things that happen on the market: queued in the transaction of their cause, and sent a moment later."""
