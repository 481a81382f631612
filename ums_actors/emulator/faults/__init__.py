"""What goes wrong on purpose: which faults there are, which of them strike now."""
