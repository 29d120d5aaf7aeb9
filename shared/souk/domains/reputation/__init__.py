"""The reputation of freelancers: their work history, job success scores and standing."""
