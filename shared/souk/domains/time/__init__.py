"""Worked time: the diary, its snapshots and reports, and the week that is billed."""
