"""File uploads to the attachments bucket."""
