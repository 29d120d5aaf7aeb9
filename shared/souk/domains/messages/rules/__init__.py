"""Rules of messages. Pure."""
