"""Lists of worked time: reports, and the sessions of a company."""
