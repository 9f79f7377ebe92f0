"""How much a model of the Hub may ask for whose id a visitor types."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class TypedLimits:
    """What a typed model may take of the machine; no model of `klue train` is near any of it.

    Attributes:
        files: to fetch of a repository.
        weight_bytes: of its safetensors in all.
        text_bytes: of its configuration and tokenizer in all.
        config_bytes: of config.json.
        header_bytes: of the header of a safetensors file.
        layers, width, vocabulary, positions, labels: what a configuration may ask for; `width`
            bounds each whole number of it that no other limit is for.
        memory_bytes: of its process, above what the libraries take.
        fetch_seconds, open_seconds, answer_seconds: until it is given up.
        wait_seconds: until a visitor is told that it is still being fetched or is busy.
        idle_seconds: until one that nobody asks is let go.
        failed_seconds: for how long a refusal is remembered.
        kept: models that are open at a time.
        opening: models that are fetched and opened at a time.
        at_once: requests for typed models at a time, fewer than Try answers in all.
        answer_bytes: of an answer.
    """

    files: int = 40
    weight_bytes: int = 2048 * MEGABYTE
    text_bytes: int = 64 * MEGABYTE
    config_bytes: int = 4 * MEGABYTE
    header_bytes: int = 4 * MEGABYTE
    layers: int = 96
    width: int = 32_768
    vocabulary: int = 1_000_000
    positions: int = 131_072
    labels: int = 1_000
    memory_bytes: int = 3072 * MEGABYTE
    fetch_seconds: float = 300.0
    open_seconds: float = 30.0
    answer_seconds: float = 5.0
    wait_seconds: float = 5.0
    idle_seconds: float = 600.0
    failed_seconds: float = 60.0
    kept: int = 2
    opening: int = 2
    at_once: int = 2
    answer_bytes: int = 4 * MEGABYTE
