"""The read-only interface for other systems: `endpoints.api` is what the addresses under /api/v1/ lead to."""
