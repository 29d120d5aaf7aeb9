"""The two views of a posting: JobPosting for its client (`owner`), MarketplaceJobPosting for the market (`market`).

A projection is a function that returns a part of the contract's type for a stored posting, with the contract's names.
It does not read from storage. Links to other entities are declared in the resolvers.
"""
