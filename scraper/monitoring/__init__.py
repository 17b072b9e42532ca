"""How sources and runs are: verdicts, alerts when they change, the heartbeat, metrics."""
