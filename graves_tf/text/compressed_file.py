"""The form of a compressed file: a header, and the body it tells about."""

import hashlib
import json
import math
import struct

# The number is the form's.
MAGIC = b"graves_tf text 2\n"
BYTES_A_STREAM = 50_000
MOST_STREAMS = 64


class CompressedFileError(ValueError):
    """A compressed file cannot be restored; the message says why."""


def stream_count(size):
    """How many streams a file of so many bytes is read as."""
    return min(MOST_STREAMS, max(1, size // BYTES_A_STREAM))


def pack(header, body):
    """The bytes of a file.

    Args:
        header: dict, of what JSON has.
        body: bytes.
    """
    head = json.dumps(
        {
            **header,
            "body_bytes": len(body),
            "body_sha256": hashlib.sha256(body).hexdigest(),
        }
    ).encode()
    digest = hashlib.sha256(head).digest()
    return MAGIC + struct.pack("<I", len(head)) + digest + head + body


def read_header(data):
    """The header, a dict, and the body of a file, checked.

    Raises:
        CompressedFileError: it is not one, truncated or altered.
    """
    if not data.startswith(MAGIC):
        raise CompressedFileError(
            "it is not a file of graves_tf.compress, or one of another version."
        )
    start = len(MAGIC) + 4 + 32
    if len(data) < start:
        raise CompressedFileError("it is truncated: its header is not whole.")
    (size,) = struct.unpack("<I", data[len(MAGIC) : len(MAGIC) + 4])
    head = data[start : start + size]
    if hashlib.sha256(head).digest() != data[start - 32 : start]:
        raise CompressedFileError("its header is damaged.")
    try:
        header = json.loads(head)
        expected, digest = header["body_bytes"], header["body_sha256"]
        _check(header)
    except (ValueError, KeyError, TypeError) as error:
        raise CompressedFileError(
            "its header is none of graves_tf.compress."
        ) from error
    body = data[start + size :]
    if len(body) != expected:
        raise CompressedFileError(
            f"it is truncated or longer than it was: {len(body)} bytes of "
            f"body, not {expected}."
        )
    if hashlib.sha256(body).hexdigest() != digest:
        raise CompressedFileError("it was altered: its SHA-256 differs.")
    return header, body


def _check(header):
    """Refuses what `graves_tf.compress` never writes."""
    size, dynamic = header["bytes"], header["dynamic"]
    if size < 0 or header["streams"] != stream_count(size):
        raise ValueError("the size of the file")
    if not 0 <= header["escapes"] <= size:
        raise ValueError("its escapes")
    if not isinstance(header["sha256"], str):
        raise TypeError("its digest")
    whole = [size, header["streams"], header["escapes"]]
    if dynamic is not None:
        if not 0 < dynamic["rate"] < math.inf or dynamic["length"] < 1:
            raise ValueError("how it is learned from")
        whole.append(dynamic["length"])
    if any(type(number) is not int for number in whole):
        raise TypeError("a number that is not whole")
