"""Fetch the recordings that the conformance tests replay: `python ci/fetch_recordings.py`.

They lie in the source distributions that tests/conformance/pins.toml names, by version and sha256.
Those come through pip, so that whatever index a machine uses is used here; their recordings alone
are unpacked, into SPECBUDGET_CACHE or the system's folder for caches.

pip asks a source distribution's build backend for its metadata, so code of the pinned
distributions runs; it is code that was pinned by its hash.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conformance.pinned import Pin, cache, fetched, pins
from conformance.unpacking import Unsafe, unpack


def main() -> int:
    """Fetch what is not in the cache yet; 1 if something could not be had."""
    missing = [pin for pin in pins() if not fetched(pin)]
    failed = [pin for pin in missing if not _had(pin)]
    print(f"{len(pins()) - len(failed)} of {len(pins())} distributions in {cache()}")
    return 1 if failed else 0


def _had(pin: Pin) -> bool:
    try:
        with tempfile.TemporaryDirectory() as scratch:
            archive = _download(pin, Path(scratch))
            count = _keep(pin, archive)
    except (Unsafe, OSError, tarfile.TarError, subprocess.CalledProcessError) as problem:
        print(f"{pin.name} {pin.version}: {problem}", file=sys.stderr)
        return False
    print(f"{pin.name} {pin.version}: {count} recordings", flush=True)
    return True


def _download(pin: Pin, scratch: Path) -> Path:
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{pin.name}=={pin.version} --hash=sha256:{pin.sha256}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-binary=:all:", "--require-hashes"]
    command += ["--dest", str(scratch), "--requirement", str(wanted)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,) = scratch.glob("*.tar.gz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != pin.sha256:
        raise Unsafe(f"{archive.name} is not what pins.toml names")
    return archive


def _keep(pin: Pin, archive: Path) -> int:
    """Unpack beside the final place and move it there whole, so that a half is never seen."""
    pin.folder.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=pin.folder.parent, prefix=".half-"))
    try:
        count = unpack(archive, half, without=pin.without)
        half.rename(pin.folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return count


if __name__ == "__main__":
    sys.exit(main())
