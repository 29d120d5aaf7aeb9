"""Commands that change talent clouds, and the questions that other domains ask about them."""
