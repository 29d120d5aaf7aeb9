"""Custom fields have the answers of a company about its postings and offers."""

from souk.graph.personal import PersonalData

PERSONAL = PersonalData(stays="Custom fields and answers of companies, as the postings and offers that they belong to.")
