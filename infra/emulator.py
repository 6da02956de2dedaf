"""The cloud deployment on this machine, for tests: an AWS emulator and what runs in it.

    emulator.py serve DIR
        Starts MiniStack on a free port of loopback, its files and log in DIR. Prints its address,
        one line, once it answers, and ends it and its Lambdas when stdin closes. As on AWS, a role
        may do only what its policies allow.

    emulator.py deploy ENDPOINT API_BOOTSTRAP FETCHER_BOOTSTRAP
        Reads one JSON object a line from stdin and answers each with one line:
        {"name", "upstream", "env"?, "fetcherTimeout"?} creates a deployment of its own bucket,
        Lambdas, state machines and HTTP API; {"destroy": name} ends its Lambdas.
        An answer is the deployment's outputs, {} or {"error": …}.

A deployment has what `infra/` describes for AWS; only the creating is done by hand here.
"""

import io
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

from pack import pack

INFRA = Path(__file__).resolve().parent
REGION = "us-east-1"
ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rollcall"
# The emulator's first answer takes about a second; a loaded machine gets a minute.
START_SECONDS = 60


def serve(folder):
    """Runs the emulator until stdin closes, which it does however our parent ends."""
    for asked_to_end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked_to_end, lambda *_: sys.exit())
    for _ in range(5):
        emulator, endpoint = start(Path(folder))
        if emulator:
            break
    else:
        sys.exit(f"the emulator does not start; its log is {folder}/ministack.log")
    try:
        print(endpoint, flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
    finally:
        end(emulator)


def start(folder):
    """One try: the port was free when we looked, but another process may have taken it since."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    # The Lambdas inherit all of this, so that they find the emulator as they would find AWS.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")} | {
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
    """Ends the emulator's whole process group: the Lambdas are in it."""
    try:
        os.killpg(emulator.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    emulator.wait()


class Deployer:
    """Creates deployments in a running emulator."""

    def __init__(self, endpoint, api_bootstrap, fetcher_bootstrap):
        import boto3

        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        self.endpoint = endpoint
        self.lambdas, self.machines, self.s3, self.gateway = (
            session.client(service, endpoint_url=endpoint)
            for service in ("lambda", "stepfunctions", "s3", "apigatewayv2")
        )
        self.architecture = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
        # Functions and machines may do everything here; what they may do on AWS is the template's to say.
        roles = session.client("iam", endpoint_url=endpoint)
        everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        anybody = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        try:
            roles.create_role(RoleName="rollcall", AssumeRolePolicyDocument=json.dumps(anybody))
        except roles.exceptions.EntityAlreadyExistsException:
            pass  # Another process of tests made it.
        roles.put_role_policy(RoleName="rollcall", PolicyName="all", PolicyDocument=json.dumps(everything))
        # Handed over once, since a function's code would else go through each of its creations.
        self.code = f"rollcall-code-{os.getpid()}"
        self.s3.create_bucket(Bucket=self.code)
        for name, bootstrap in {"api": api_bootstrap, "fetcher": fetcher_bootstrap}.items():
            self.s3.put_object(Bucket=self.code, Key=name, Body=zipped(bootstrap))

    def deploy(self, name, upstream, env=None, fetcherTimeout=900):
        bucket = f"rollcall-{name}"
        self.s3.create_bucket(Bucket=bucket)
        shared = {"ROLLCALL_BUCKET": bucket, "ROLLCALL_UPSTREAM_URL": upstream} | (env or {})

        fetcher = self.function(f"{name}-fetcher", "fetcher", shared, fetcherTimeout)
        machine = self.machine(name, "state-machine", fetcher)
        direct = self.machine(f"{name}-direct", "direct", fetcher)
        api = self.function(
            f"{name}-api",
            "api",
            # The emulator has no sign-in, so the one caller has a name of its own.
            {"ROLLCALL_STATE_MACHINE_ARN": machine, "ROLLCALL_ANONYMOUS_OWNER": "tester"} | shared,
            29,
        )
        return {
            "endpoint": self.endpoint,
            "region": REGION,
            "bucket": bucket,
            "apiUrl": self.http_api(name, api),
            "apiFunction": api,
            "fetcherFunction": fetcher,
            "stateMachineArn": machine,
            "directStateMachineArn": direct,
        }

    def function(self, name, code, env, timeout):
        return self.lambdas.create_function(
            FunctionName=name,
            Runtime="provided.al2023",
            Architectures=[self.architecture],
            Handler="bootstrap",
            Role=ROLE,
            Timeout=timeout,
            MemorySize=1024,
            Code={"S3Bucket": self.code, "S3Key": code},
            Environment={"Variables": env},
        )["FunctionArn"]

    def machine(self, name, file, fetcher):
        definition = (INFRA / f"{file}.asl.json").read_text()
        # What CloudFormation does with a state machine's DefinitionSubstitutions.
        for key, value in {"FetcherArn": fetcher, "Partition": "aws"}.items():
            definition = definition.replace("${" + key + "}", value)
        return self.machines.create_state_machine(
            name=name,
            definition=definition,
            roleArn=ROLE,
            type="STANDARD",
        )["stateMachineArn"]

    def http_api(self, name, function):
        api = self.gateway.create_api(Name=name, ProtocolType="HTTP")
        integration = self.gateway.create_integration(
            ApiId=api["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationUri=function,
            PayloadFormatVersion="2.0",
        )
        self.gateway.create_route(
            ApiId=api["ApiId"], RouteKey="$default", Target=f"integrations/{integration['IntegrationId']}"
        )
        self.gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
        return api["ApiEndpoint"]

    def destroy(self, name):
        """Ends the Lambdas' processes; the rest is small and goes with the emulator."""
        for function in (f"{name}-api", f"{name}-fetcher"):
            self.lambdas.delete_function(FunctionName=function)


def zipped(bootstrap):
    """A Lambda's code, stored as it is since it travels no further."""
    archive = io.BytesIO()
    pack(bootstrap, archive, zipfile.ZIP_STORED)
    return archive.getvalue()


def deploy(endpoint, api_bootstrap, fetcher_bootstrap):
    deployer = Deployer(endpoint, api_bootstrap, fetcher_bootstrap)
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if "destroy" in request:
                deployer.destroy(request["destroy"])
                answer = {}
            else:
                answer = deployer.deploy(**request)
        except Exception as error:  # The asker is a test: it gets whatever went wrong.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder]:
            serve(folder)
        case ["deploy", endpoint, api, fetcher]:
            deploy(endpoint, api, fetcher)
        case _:
            sys.exit(__doc__)
