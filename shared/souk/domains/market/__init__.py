"""Market records that several domains share: relations, activity, and the track records of clients and freelancers."""
