"""What is said to the person at the terminal when the local run cannot go on."""


class Problem(Exception):
    """One clear sentence: what is wrong and what to do about it. It is shown without a traceback."""
