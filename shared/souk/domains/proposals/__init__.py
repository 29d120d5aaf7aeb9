"""Proposals of freelancers to job postings, and the invitations that ask for them."""
