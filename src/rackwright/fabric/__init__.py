"""Bandwidth and latency by tier, and the collectives that use them."""
