"""Reading and writing the objects of one bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import aws
from .errors import InvalidInput, problem

PARALLEL_READS = aws.CONNECTIONS


class ObjectMissing(LookupError):
    """There is no object with this key."""


class ObjectReplaced(LookupError):
    """There is an object with this key, but its content is another one by now."""


class Objects:
    """The objects of a bucket. Errors of S3 (no right, no bucket) pass through: their text names action and role."""

    def __init__(self, bucket: str, client: Any | None = None) -> None:
        self.bucket = bucket
        self._client = aws.client("s3") if client is None else client

    def read(self, key: str, most: int | None = None, etag: str | None = None) -> bytes:
        """The object's bytes. `most` is the largest accepted size in bytes; above it InvalidInput, without reading.

        Raises ObjectMissing where there is none, and ObjectReplaced where it has not the given `etag`. S3 answers "not
        found" only to those who may list the bucket.
        """
        only = {} if etag is None else {"IfMatch": f'"{etag}"'}
        try:
            answer = self._client.get_object(Bucket=self.bucket, Key=key, **only)
        except Exception as error:
            code = aws.error_code(error)
            if code == "NoSuchKey":
                raise ObjectMissing(f"s3://{self.bucket}/{key}") from error
            if code in ("PreconditionFailed", "412"):
                raise ObjectReplaced(f"s3://{self.bucket}/{key}") from error
            raise
        size = answer["ContentLength"]
        with_body = answer["Body"]
        try:
            if most is not None and size > most:
                raise InvalidInput(
                    [problem(f"s3://{self.bucket}/{key}", size, f"at most {most} bytes are allowed")],
                    "Split the object and put the parts.",
                )
            return with_body.read()
        finally:
            with_body.close()

    def read_all(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Key and bytes of every object, in the given order; up to 16 are read at the same time."""
        wanted = list(keys)
        with ThreadPoolExecutor(max_workers=PARALLEL_READS) as pool:
            yield from zip(wanted, pool.map(self.read, wanted))

    def write(self, key: str, body: bytes, content_type: str) -> None:
        """Puts the object; one that is there already is replaced."""
        self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def keys(self, prefix: str, suffix: str = "") -> list[str]:
        """All keys with the prefix and suffix, in the order of their UTF-8 bytes, which is the order of S3 itself."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        found = (entry["Key"] for page in pages for entry in page.get("Contents", []))
        return in_order(key for key in found if key.endswith(suffix))


def in_order(keys: Iterable[str]) -> list[str]:
    """Sorted by UTF-8 bytes, each key once."""
    return sorted(set(keys), key=lambda key: key.encode("utf-8", "surrogatepass"))

