"""Where the runs of a bench are done: here one by one or several at once, on Ray, on Slurm."""
