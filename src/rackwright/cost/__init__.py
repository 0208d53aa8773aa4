"""What it costs: capital, operation, depreciation, and the price of a token."""
