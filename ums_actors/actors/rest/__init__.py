"""The part of the socket where requests are made by HTTP."""
