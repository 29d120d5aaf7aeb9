"""What operators do about the machinery. Each change is in the audit trail."""
