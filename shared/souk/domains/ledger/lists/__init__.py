"""The lists of the ledger: a company's transactions, and the books of the whole marketplace for operators."""
