"""Commands that stay connected and print what they hear."""
