"""The process that listens: `manage.py run_connectors`. One task for each source that has something to feed."""
