"""LiteRT.js, which runs a TFLite file in a browser: got from the npm registry.

It is 25 MB, so it is not in this package. The versions are fixed, their
hashes checked, and what was downloaded once is kept.
"""

import base64
import hashlib
import io
import os
import pathlib
import tarfile
import urllib.request
from typing import NamedTuple

REGISTRY = "https://registry.npmjs.org"
_TIMEOUT_SECONDS = 60


class Package(NamedTuple):
    """A package of the npm registry, and the files to take out of it."""

    name: str
    version: str
    integrity: str
    files: dict

    @property
    def tarball(self):
        """Its file's name."""
        return f"{self.name.rpartition('/')[2]}-{self.version}.tgz"


# Without relaxed SIMD, a browser takes the wasm called compat.
_WASM = [
    f"litert_wasm_{kind}internal.{suffix}"
    for kind in ("", "compat_")
    for suffix in ("js", "wasm")
]
PACKAGES = (
    Package(
        "@litertjs/core",
        "2.5.3",
        "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkv"
        "iYGr9OFDL1kCnN4nzWoyJQ==",
        {
            "package/dist/index.js": "core.js",
            **{f"package/wasm/{name}": f"wasm/{name}" for name in _WASM},
        },
    ),
    Package(
        "@litertjs/wasm-utils",
        "2.5.3",
        "4fJiw6tBQnIs+0jH/OQ16nYOiSl8/+zZnn5h2ul8aTKHi05sVqZW580Tmk78pC2k"
        "T39A9OYBVdFawteZ/sI1kQ==",
        {"package/dist/index.js": "wasm_utils.js"},
    ),
)


def write_litert_js(directory):
    """Put LiteRT.js's files into a folder, ready to be imported.

    Args:
        directory: made where it is missing.

    Raises:
        OSError: a package can neither be downloaded nor is it at hand.
        ValueError: what was downloaded is not what it should be.
    """
    directory = pathlib.Path(directory)
    for package in PACKAGES:
        content = tarball(package)
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member, name in package.files.items():
                data = archive.extractfile(member).read()
                if name == "core.js":
                    data = _with_relative_import(data)
                path = directory / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def tarball(package, folder=None):
    """A package's bytes: those kept, or downloaded.

    Args:
        package: `Package`.
        folder: where downloads are kept; by default `cache_folder()`.

    Raises:
        OSError, ValueError: see `write_litert_js`.
    """
    kept = (folder or cache_folder()) / package.tarball
    if kept.is_file() and _is(kept.read_bytes(), package):
        return kept.read_bytes()
    registry = os.environ.get("npm_config_registry") or REGISTRY
    url = f"{registry.rstrip('/')}/{package.name}/-/{package.tarball}"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as reply:
            content = reply.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise OSError(
            f"{package.name} could not be downloaded from {url}: {reason}. "
            "Connect to the network, name another registry by "
            "npm_config_registry, or put the file, got elsewhere, at "
            f"{kept}."
        ) from error
    if not _is(content, package):
        raise ValueError(
            f"{url} is not {package.name} {package.version}: its SHA-512 does "
            "not match. Try again, or name another registry by "
            "npm_config_registry."
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, whoever else writes it.
    part = kept.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(kept)
    return content


def cache_folder():
    """Where downloads are kept: `graves_tf` in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return pathlib.Path(cache).expanduser() / "graves_tf"


def _is(content, package):
    digest = hashlib.sha512(content).digest()
    return base64.b64encode(digest).decode() == package.integrity


def _with_relative_import(code):
    """A browser without import maps, as in a worker, knows no bare names."""
    bare, relative = b'"@litertjs/wasm-utils"', b'"./wasm_utils.js"'
    if code.count(bare) != 1:
        raise ValueError(f"core.js names {bare.decode()} not once.")
    return code.replace(bare, relative)
