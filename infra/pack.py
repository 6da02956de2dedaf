"""Packs a Lambda's code, the file `bootstrap`, into a zip. The same file always makes the same zip.

    pack.py BOOTSTRAP ZIP
"""

import sys
import zipfile
from pathlib import Path


def pack(bootstrap, to):
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as files:
        # The entry's time is always 1980-01-01, the default of ZipInfo.
        entry = zipfile.ZipInfo("bootstrap")
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # Unix: otherwise the mode below is ignored.
        entry.external_attr = 0o100755 << 16
        files.writestr(entry, Path(bootstrap).read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pack(sys.argv[1], sys.argv[2])
