"""Who is connected, and what each is told."""
