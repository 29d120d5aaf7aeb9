"""The rules of money: fees, the books, and the life of a payment. Pure."""
