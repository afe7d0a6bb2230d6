"""The computations of jobs, for the scripts of the workflow and for notebooks."""
