"""What everybody refers to: the countries, languages, time zones, reasons, and the ontology of work."""
