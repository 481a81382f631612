"""Which account, as whom, and where: from options, the environment, or a file."""
