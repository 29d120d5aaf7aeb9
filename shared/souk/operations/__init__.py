"""Commands of an operator for a deployment, local or in AWS. Functions do not need them, so they are not deployed."""

NOT_SHIPPED = ("cli", "local", "operations")
"""The packages of `souk` that are not deployed."""
