"""Korean text by itself, without tasks: normal forms, sentences, personal data, duplicates."""
