"""What outlives a stop: the account's facts in a file, and back from it."""
