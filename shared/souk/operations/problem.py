"""The error that the command line shows without a traceback."""


class Problem(Exception):
    """A problem that the user can solve. The message names it and the solution."""
