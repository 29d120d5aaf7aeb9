"""Authentication of API requests: tokens, API keys, grants, memberships, scopes and rate limits."""
