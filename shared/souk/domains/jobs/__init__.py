"""Job postings: clients create and manage them, freelancers read and search them."""
