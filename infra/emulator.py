"""An AWS emulator on this machine, for the tests and `cargo xtask aws-local`.

    emulator.py serve DIR
        Starts MiniStack on a free loopback port, with its files and log in DIR. Prints its address
        when it responds. Kills it and its Lambdas when stdin closes. Role policies are enforced, as
        on AWS.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

REGION = "us-east-1"
# The emulator's first response takes about a second. A busy machine gets a minute.
START_SECONDS = 60


def serve(folder):
    """Runs the emulator until stdin closes. That happens when the parent process ends, even if it is killed."""
    for signal_number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, lambda *_: sys.exit())
    for _ in range(5):
        emulator, endpoint = start(Path(folder))
        if emulator:
            break
    else:
        sys.exit(f"the emulator does not start: see its log, {folder}/ministack.log")
    try:
        print(endpoint, flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
    finally:
        end(emulator)


def start(folder):
    """Starts the emulator on a free port. Returns (None, None) if it doesn't respond: another process may have taken
    the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    # The Lambdas inherit these variables, so that they call the emulator in place of AWS. This machine's own settings
    # are removed, since they don't exist on AWS.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SSL_CERT_"))} | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_WORKER_THREADS": "256",
        "TMPDIR": str(folder),
    }
    with open(folder / "ministack.log", "ab") as log:
        emulator = subprocess.Popen(
            [Path(sys.executable).parent / "ministack"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    try:
        while emulator.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=5):
                    return emulator, endpoint
            except OSError:
                time.sleep(0.05)
    except BaseException:
        end(emulator)
        raise
    end(emulator)
    return None, None


def end(emulator):
    """Kills the emulator's process group, which includes the Lambdas."""
    try:
        os.killpg(emulator.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    emulator.wait()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder]:
            serve(folder)
        case _:
            sys.exit(__doc__)
