"""What it emits: operation, embodied carbon with its disputed range, and water at source."""
