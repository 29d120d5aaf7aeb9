"""Imports of people, organizations, job postings and the ontology from files."""
