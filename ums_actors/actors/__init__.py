"""The four actors of a connection, and what passes between them."""
