"""When it can run, and on whom it depends."""
