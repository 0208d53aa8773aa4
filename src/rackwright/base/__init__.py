"""The floor every room stands on: records, units, facts, vector operations, tracing, breakdowns, limits and errors."""
