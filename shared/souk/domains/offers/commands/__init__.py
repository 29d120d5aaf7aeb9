"""What is done with offers: read as they are now, decide by the rules, write in one transaction."""
