"""The addresses that a client calls."""
