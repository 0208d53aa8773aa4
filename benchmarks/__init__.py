"""Benchmarks. `make bench` runs them all; `make bench BENCH=evaluate` those whose name holds the word.

A number in seconds says little on an unknown machine. So each benchmark brings a baseline, work of the same kind whose
cost everyone knows, measured in the same run, alternating with it; the ratio travels between machines.
"""
