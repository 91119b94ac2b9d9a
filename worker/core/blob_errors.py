"""What the `minio` client raises, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from worker.core.errors import AccessRefused, OcrConsoleError, StorageError
from worker.core.said import Said, said
from worker.core.unreached import tls_fault, way_fault

NO_BUCKET = "The bucket {bucket} is missing on {endpoint}."
MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NotFound"})
_REFUSALS = {
    "AccessDenied": (
        "{who} refused our keys for the bucket {bucket}.",
        "Correct MINIO_ACCESS_KEY and MINIO_SECRET_KEY, or give this user rights on the bucket.",
    ),
    "InvalidAccessKeyId": ("{who} does not know our access key.", "Correct MINIO_ACCESS_KEY."),
    "SignatureDoesNotMatch": (
        "{who} says that our secret key is not that of the access key.",
        "Correct MINIO_SECRET_KEY.",
    ),
    "AllAccessDisabled": ("{who} lets nobody use the bucket {bucket}.", "Ask whoever keeps it."),
    "AccountProblem": ("{who} has closed the account of our keys.", "Ask whoever keeps it."),
}
_TROUBLED = frozenset({"InternalError", "ServiceUnavailable", "SlowDown"})  # SeaweedFS says no more of a full disk
_FULL = frozenset({"XMinioStorageFull", "InsufficientCapacity", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded"})
_TLS = "Check its certificate and MINIO_SECURE; SSL_CERT_FILE may name your own authority."


class BlobErrors:
    """The sentences of one bucket."""

    def __init__(self, endpoint: str, bucket: str) -> None:
        self._endpoint, self._bucket = endpoint, bucket
        self._who = said("The S3 server at {endpoint}", endpoint=endpoint)

    @contextmanager
    def told(self, key: str | None = None) -> Iterator[None]:
        """Turn what the client raises into our errors; `key`: of the object that it is about."""
        try:
            yield
        except S3Error as problem:
            raise self._refusal(problem, key) from problem
        except (InvalidResponseError, ServerError) as problem:
            raise self._odd_answer(problem) from problem
        except HTTPError as problem:
            raise self._no_answer(problem) from problem

    def no_bucket(self) -> StorageError:
        """There is no such bucket."""
        return StorageError(
            said(NO_BUCKET, bucket=self._bucket, endpoint=self._endpoint),
            "Start the console again: it makes the bucket. Or correct MINIO_OCR_BUCKET.",
        )

    def _refusal(self, problem: S3Error, key: str | None) -> OcrConsoleError:
        code = str(problem.code)
        if code in _REFUSALS:
            template, advice = _REFUSALS[code]
            return AccessRefused(self._said(template, bucket=self._bucket), advice)
        if code == "NoSuchBucket":
            return self.no_bucket()
        if code in MISSING:
            place = f"{self._endpoint}/{self._bucket}"
            return StorageError(
                said("{key} is not in {place}.", key=key or said("An object"), place=place), "Add the file again."
            )
        if code in _FULL:
            return StorageError(self._said("{who} has no room left."), "Free some space on it.")
        if code == "RequestTimeTooSkewed":
            return StorageError(
                said("The clocks of this machine and of {endpoint} differ too much.", endpoint=self._endpoint),
                "Set both clocks by NTP.",
            )
        if code in _TROUBLED:
            trouble = self._said("{who} is in trouble ({code}).", code=code)
            return StorageError(trouble, "Look whether its disk is full, and into its log.")
        return StorageError(self._said("{who} answered {code}.", code=code))

    def _odd_answer(self, problem: InvalidResponseError | ServerError) -> OcrConsoleError:
        status = getattr(problem, "status_code", None) or getattr(problem, "_code", None)
        if status in {401, 403}:
            return AccessRefused(self._said("{who} refused our keys."))
        if isinstance(status, int) and status >= 500:
            return StorageError(self._said("{who} is not ready (HTTP {status}).", status=str(status)))
        template = "What answers at {endpoint} is not an S3 server, or wants TLS (HTTP {status})."
        odd = said(template, endpoint=self._endpoint, status=str(status))
        return StorageError(odd, "Correct MINIO_ENDPOINT or MINIO_SECURE.")

    def _no_answer(self, problem: HTTPError) -> StorageError:
        if isinstance(problem, SSLError):
            return StorageError(self._said(tls_fault(str(problem)) or "The TLS connection to {who} failed."), _TLS)
        if isinstance(problem, NewConnectionError):
            return StorageError(self._said(way_fault(str(problem)) or "{who} cannot be reached."))
        if isinstance(problem, ConnectTimeoutError):
            return StorageError(self._said("{who} cannot be reached: no answer in 3 s."))
        if isinstance(problem, NoAnswerInTime):
            return StorageError(self._said("{who} did not answer in time."))
        return StorageError(self._said("{who} broke the connection off."))

    def _said(self, template: str, **values: str) -> Said:
        return said(template, who=self._who, **values)
