"""One run: fine-tuned, chosen, scored, written, and gone on with where it was."""
