"""The answer: cases, the design space, evaluation, search, uncertainty, sensitivity and explanation."""
