"""``ums-actors probe``: each step to an account by itself, with its time."""
