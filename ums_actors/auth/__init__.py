"""Tokens and domains: blocking code that runs on worker threads."""
