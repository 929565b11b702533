"""Ends this process, and all it started, when the program that started it is gone.

server.js holds the other end of our standard input for as long as it lives.  The
system closes that end even when server.js is killed outright, so nothing lingers:
no process, and not the folder of this run, which server.js can no longer remove.
"""
import os
import shutil
import signal
import threading


def _wait_and_end(run_folder):
    # Not sys.stdin: its lock, held here, would block a process forked meanwhile.
    while os.read(0, 1024):
        pass
    shutil.rmtree(run_folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def end_with_parent():
    # By hand there is no such folder, and the group may not be ours to end.
    run_folder = os.environ.get("RUN_FOLDER")
    if run_folder and os.getpgrp() == os.getpid():
        threading.Thread(target=_wait_and_end, args=(run_folder,), daemon=True).start()
