from pathlib import Path

from tests.bench.history import keep, last_kept, losses


def test_a_loss_of_more_than_a_tenth_against_the_last_kept_result_is_told(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    keep({"pace": 3.0}, history)
    keep({"pace": 2.0, "other": 1.0}, history)
    assert losses({"pace": 1.81, "new": 0.1}, last_kept(history)) == []
    assert losses({"pace": 1.79, "other": 1.5}, last_kept(history)) == ["pace: 1.79, kept was 2"]
