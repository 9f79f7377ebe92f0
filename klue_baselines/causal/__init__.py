"""Causal language models in this process, through transformers."""
