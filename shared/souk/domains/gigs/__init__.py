"""Gigs: services that freelancers offer at fixed prices."""
