"""What an operator does to a deployment, here or in AWS. No function needs it, so it is not shipped."""

NOT_SHIPPED = ("cli", "local", "operations")
"""The packages of `souk` that are left out of what is deployed."""
