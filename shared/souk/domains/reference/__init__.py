"""Reference data: countries, languages, time zones, reasons, and the ontology of work."""
