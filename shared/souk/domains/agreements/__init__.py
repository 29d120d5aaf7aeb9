"""Types that proposals, offers and contracts share: parties, pay and delivery."""
