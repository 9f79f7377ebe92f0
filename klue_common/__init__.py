"""What the rooms above data and metric stand on: errors, whole files, progress, workers."""
