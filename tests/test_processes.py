"""A process forked from the preloaded one does what a fresh interpreter does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import PreloadedProcess, run, start

STATE = """
import multiprocessing, os, signal, sys, threading, time
print(sys.argv[1:], os.getcwd(), dict(os.environ), time.tzname)
print(sys.stdin.read(), sys.stdin.isatty(), sys.stdout.isatty(), sys.stdout.encoding)
print(os.getpgid(0), os.getppid() != 1, sorted(map(int, os.listdir("/proc/self/fd")))[:3])
print([signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)])
print([*map(str, signal.pthread_sigmask(signal.SIG_BLOCK, []))], signal.set_wakeup_fd(-1))
print(threading.active_count(), multiprocessing.parent_process(), __name__, sys.path[0])
print("twisted.internet.reactor" in sys.modules)
sys.stderr.write("lỗi")
"""

ENDS = {
    "good": "",
    "a code": "raise SystemExit(3)",
    "a word": "raise SystemExit('hỏng')",
    "an error": "raise ValueError('hỏng')",
    "a signal": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "an interrupt": "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
    "at once": "import os; os._exit(7)",
    "what is left to do": "import atexit; atexit.register(print, 'hết', flush=True)",
}


def both(folder: Path, code: str, *arguments: str, **more: str) -> tuple[tuple[object, ...], ...]:
    """How a module ends and what it writes: forked, and in a fresh interpreter."""
    (folder / "probe.py").write_text(code, encoding="utf-8")
    environment = {**os.environ, **more}
    forked = run("probe", *arguments, environment=environment, folder=folder, text="vào")
    fresh = subprocess.run(
        [sys.executable, "-m", "probe", *arguments], env=environment, cwd=folder, input="vào",
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return tuple(
        (one.returncode, one.stdout, one.stderr.strip().rpartition("\n")[2])
        for one in (forked, fresh)
    )


def test_it_starts_in_the_state_of_a_fresh_interpreter(tmp_path: Path) -> None:
    forked, fresh = both(tmp_path, STATE, "một", "--hai", TZ="Asia/Ho_Chi_Minh", RIÊNG="của nó")
    assert forked == fresh
    assert forked[0] == 0


@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
def test_it_ends_as_a_fresh_interpreter_ends(tmp_path: Path, code: str) -> None:
    forked, fresh = both(tmp_path, code)
    assert forked == fresh


def test_it_is_killed_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text("import time; time.sleep(600)")
    process = start("probe", folder=tmp_path)
    assert isinstance(process, PreloadedProcess)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=0.1)
    os.kill(process.pid, signal.SIGKILL)
    assert process.communicate(timeout=300) == ("", "")
    assert process.wait() == process.poll() == process.returncode == -signal.SIGKILL


def test_it_may_write_more_than_a_pipe_holds_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text(
        "import sys; print('x' * 10**6); sys.stderr.write('y' * 10**6)"
    )
    with start("probe", folder=tmp_path) as process:
        assert process.wait(300) == 0
    assert [len(text) for text in process.communicate()] == [10**6 + 1, 10**6]


def test_each_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text(
        "import scraper.base.clock as c, os; print(hasattr(c, 'mark'), 'LEFT' in os.environ);"
        "c.mark = 1; os.environ['LEFT'] = '1'; os.chdir('/')"
    )
    assert [run("probe", folder=tmp_path).stdout for _ in range(2)] == ["False False\n"] * 2


def test_what_python_reads_at_its_start_makes_a_fresh_interpreter(tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text("import sys; print(sys.flags.utf8_mode)")
    process = start("probe", environment={**os.environ, "PYTHONUTF8": "1"}, folder=tmp_path)
    assert isinstance(process, subprocess.Popen)
    assert process.communicate() == ("1\n", "")


def test_a_folder_with_modules_named_like_ours_makes_a_fresh_interpreter(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("MARK = 'its own'")
    (tmp_path / "probe.py").write_text("import settings; print(settings.MARK)")
    assert run("probe", folder=tmp_path).stdout == "its own\n"
