"""What stands on an encoder, and its way from scores to labels."""
