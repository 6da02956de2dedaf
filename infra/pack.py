"""Packs a Lambda's code: the one file `bootstrap`. The same file makes the same zip, whenever it is made.

    pack.py BOOTSTRAP ZIP
"""

import sys
import zipfile
from pathlib import Path


def pack(bootstrap, to):
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as files:
        # Its time is 1980-01-01, a zip's first moment.
        entry = zipfile.ZipInfo("bootstrap")
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # Unix: else the mode below is not heeded.
        entry.external_attr = 0o100755 << 16
        files.writestr(entry, Path(bootstrap).read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pack(sys.argv[1], sys.argv[2])
