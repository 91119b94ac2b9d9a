"""Whether S3 takes files and gives them back, and is where the files of the jobs are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.reachable import mended
from console.ops.doctor.verdicts import Remedy, Seen, failed, good
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from worker.core.errors import OcrConsoleError
from worker.core.said import said, said_counted

if TYPE_CHECKING:
    from console.ops.services import Services


def _try_out(services: Services) -> float:
    began = time.perf_counter()
    services.blobs.try_out()
    return time.perf_counter() - began


@look("s3-write", "Whether S3 takes a file", needs=("s3",))
def s3_write(patient: Patient) -> Seen:
    """It takes a file of one byte, under the same name each time, and gives it back."""
    try:
        took_s = patient.known(_try_out)
    except OcrConsoleError as problem:
        title, cause = (
            "S3 takes no files",
            "Nothing can be uploaded, and workers cannot keep what they read.",
        )
        return failed(title, problem.sentence, cause, mended(problem.advice))
    fact = said("{ms} ms, bucket {bucket}, read and write", ms=1000 * took_s, bucket=patient.settings.s3_bucket)
    return good("S3 takes and returns a file", fact)


def _held(services: Services) -> tuple[int, int]:
    """Of how many files that jobs wait for one was looked for, and how many are there."""
    from worker.core.database_checkup import awaited_sources

    keys = awaited_sources(services.engine)
    return len(keys), sum(services.blobs.stat(key) is not None for key in keys)


@look("s3-holds", "Whether S3 has the files of the jobs", needs=("s3", "postgres"))
def s3_holds(patient: Patient) -> Seen:
    """In another bucket everything works, and every job fails."""
    wanted, there = patient.known(_held)
    bucket = patient.settings.s3_bucket
    fact = said_counted(
        wanted,
        "{there} of {n} file is in {bucket}",
        "{there} of {n} files are in {bucket}",
        there=there,
        bucket=bucket,
    )
    if not wanted:
        return good("S3 has the files of the jobs", "no job waits for one")
    if there == wanted:
        return good("S3 has the files of the jobs", fact)
    remedy = Remedy(
        "Write the bucket that the files were uploaded to, or cancel these jobs and add the files again.",
        button=Button(Way.EDIT_PROFILE, "MINIO_OCR_BUCKET"),
    )
    cause = "Jobs that wait name files that are not in this bucket. A worker that begins them fails."
    return failed("S3 lacks files of the jobs", fact, cause, remedy)


STORAGE: tuple[Look, ...] = (s3_write, s3_holds)
