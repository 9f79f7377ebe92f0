"""Data, metric, models, results and Space to the Hub and back."""
