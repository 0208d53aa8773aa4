"""Rackwright plans AI infrastructure from the workload down to the parts list."""
