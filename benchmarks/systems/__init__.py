"""One module a system; each has `prepare(work)`, which gives a function that does the work once."""
