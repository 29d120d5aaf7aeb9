"""The activities of teams: the codes that time is tracked under, and the contracts that each is assigned to."""
