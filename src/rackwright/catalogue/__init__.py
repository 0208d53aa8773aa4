"""The catalogue: every number Rackwright knows, each with unit, range, source, date and grade."""
