"""The brand's REST calls: a websocket's requests made by HTTP (UMS.md 12.7)."""
