"""What a script may do to the service."""
