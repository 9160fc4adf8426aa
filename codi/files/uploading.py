"""No request fills the disk: what is too large is refused before a byte of it is kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUploads(FileUploadHandler):
    """The first upload handler: looks at the length that the request announces.

    A request cannot send more than it announces: the server hands on no further bytes.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse the request. Raises ``RequestDataTooBig``, which answers 413."""
        if content_length > settings.UPLOADS_OF_REQUEST_BYTE_COUNT:
            raise RequestDataTooBig("the files of one request are too large")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the keeping to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Nothing is kept here."""
