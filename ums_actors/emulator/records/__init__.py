"""What the account's facts look like on the wire."""
