"""The two faces of a posting: JobPosting for its client (`owner`), MarketplaceJobPosting for the market (`market`).

A projection is a function of the stored posting that returns a part of the contract's type, under the contract's names.
It reads nothing; what leads to other entities is declared as links in the resolvers.
"""
