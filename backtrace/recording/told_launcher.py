"""torchrun's own launcher, which writes into a file how each rank ended that did not end well.

python -m backtrace.recording.told_launcher FILE OPTIONS…
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main as launch


def main(arguments: Sequence[str]) -> None:
    """Launch; what the launcher raises comes out of here, as it does of torchrun."""
    path, *options = arguments
    try:
        launch(options)
    except ChildFailedError as error:
        with suppress(Exception):
            codes = {str(rank): each.exitcode for rank, each in error.failures.items()}
            Path(path).write_text(json.dumps(codes), encoding="utf-8")
        raise


if __name__ == "__main__":
    main(sys.argv[1:])
