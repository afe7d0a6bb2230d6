"""Training: examples, schedules, the loop, evaluation, probes, the history."""
