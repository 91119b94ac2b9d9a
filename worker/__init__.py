"""The Celery worker that reads documents, and the core that it shares with the console."""
