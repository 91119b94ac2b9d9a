"""The ways between the pages: a page says where somebody wants to be, the window takes them there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

START = "start"  # seen until the services are open
OVERVIEW, JOBS, BATCHES, QUEUES, ACTIVITY, HISTORY = "overview", "jobs", "batches", "queues", "activity", "history"
DOCTOR = "doctor"
START_WORKER = "start_worker"


class Going(QObject):
    """One for the window; every page that leads somewhere is given it and emits one of these."""

    to_page = Signal(str)  # a page's name
    to_jobs = Signal(object)  # JobFilter: the jobs that meet it
    to_job = Signal(object)  # UUID: opened
    to_job_page = Signal(object, int)  # UUID: opened at a page
    to_save = Signal(object, tuple)  # Job: its outputs are to be saved, of these formats or of all
    to_batch = Signal(object)  # UUID: shown among the batches
    to_queue = Signal(str)  # shown among the queues
    to_worker = Signal(str)  # shown among the workers
    to_setting = Signal(str, dict)  # a variable of the profile in use, to be edited; what variables are to be, if known
    to_start_worker = Signal(tuple)  # one is to be started, for these queues or for the usual ones
    to_entry = Signal(int)  # of the audit, shown in the activity
