"""Fine-tuned models in `transformers.pipeline(...)`, with this project and without it."""
