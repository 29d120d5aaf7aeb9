"""Custom fields of clients: their definitions, and the answers of postings and offers.

Jobs and offers store answers through this domain (`commands/answering.py`), and show them by its projection
(`views.py`).
"""
