"""What is on the wire: envelopes, builders of requests, records, enums."""
