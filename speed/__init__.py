"""Speed and memory, side by side with straightforward versions in the same run."""
