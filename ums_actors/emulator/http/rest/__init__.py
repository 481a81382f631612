"""The brand's REST service, over the same account as the websockets."""
