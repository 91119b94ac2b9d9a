"""Jobs, leases, storage and the broker: what the worker and the console both stand on."""
