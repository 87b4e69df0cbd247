"""Files that are whole or not there: written beside their place, moved there when done, nothing left of a failure.

"There" means on the disk: after a power cut too, a file has its new content or its old one.
"""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)  # what an OSError says when the disk is


@contextmanager
def whole(path: Path) -> Generator[Path, None, None]:
    """Where to write `path` in the meantime: a hidden file of this process in the same folder, which is made if missing.

    It takes the place of `path` when the block ends, and is deleted when the block raises.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
