"""What is true of the account, whoever asks: people, conversations, events."""
