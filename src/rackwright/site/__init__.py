"""Where it stands: the hourly year of cooling and power chain, water, and what the facility must be built for."""
