"""Child processes that cannot outlive their parent, and how to stop them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
# Looked up before any fork: between fork and exec a child should do next to nothing.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    command: Iterable[str | Path],
    *,
    env: Mapping[str, str],
    last_signal: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
    output: IO[bytes] | None = None,
    run_as: tuple[int, int] | None = None,
    keep_open: Sequence[int] = (),
    own_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start in the foreground of nobody: Ctrl-C at the terminal reaches us, and we stop the child.

    On Linux the child gets `last_signal` when we die without a word. Call from the main thread:
    the kernel means the death of the thread that forked.
    """
    uid, gid = run_as or (None, None)
    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL if own_session else None,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        user=uid,
        group=gid,
        extra_groups=[] if run_as else None,
        umask=0o077 if run_as else -1,
        pass_fds=keep_open,
        start_new_session=own_session,
        preexec_fn=_tied_to(os.getpid(), last_signal),
    )


def _tied_to(parent: int, last_signal: signal.Signals) -> Callable[[], None]:
    def tie() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(last_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before the call
                os._exit(1)

    return tie


def stop(child: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> int:
    """Send each signal and give it so many seconds; then SIGKILL. Returns the exit code.

    What the child started and left behind goes with it, if it has a session of its own.
    """
    for number, patience_s in steps:
        if child.poll() is not None:
            break
        child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.wait()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
