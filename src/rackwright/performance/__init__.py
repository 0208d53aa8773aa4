"""How long it takes: operators on a roofline, mapping, memory, prefill, decode, training step, queueing and goodput."""
