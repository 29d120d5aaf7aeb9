"""What is allowed with webhooks, and when: pure functions."""
