"""Make one corpus and print what it took, as JSON; run as a text by `speed.pretraining`.

Arguments: the raw file, `near` or `without`, the number of workers. The code that makes it is that
of the folder in which Python runs, which may be an earlier one.
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from klue_pretraining.cleaning import Settings
from klue_pretraining.corpus import make_corpus


def main() -> None:
    raw, near, workers = sys.argv[1:]
    settings = Settings(
        near_duplicates=near == "near", benchmark=("validation",), workers=int(workers)
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        sample = not os.environ.get("KLUE_DATA_DIR")
        report = make_corpus([raw], Path(folder) / "out.jsonl", settings, sample=sample)
    all_ = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    took = {
        "seconds": time.monotonic() - began,
        "processor": sum(used.ru_utime + used.ru_stime for used in all_),
        "megabytes": report.bytes_in / 1e6,
        "documents": report.documents_in,
        "first": all_[0].ru_maxrss / 1e3,
        "worker": all_[1].ru_maxrss / 1e3,
        "digest": report.sha256[:12],
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main()
