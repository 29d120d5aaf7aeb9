"""What the API shows of worked time."""
