"""Deploys infra/template.yaml, and removes it: what `cargo xtask deploy` and `cargo xtask destroy` call.

    deploy.py deploy REQUEST
    deploy.py destroy REQUEST

REQUEST is a JSON object: {"stack", "region"?, "endpoint"?, "dryRun"?, "yes"?}, and to deploy also
{"architecture", "parameters", "user"?, "zips"?}. What is deployed stands in target/: the page, and the
two zips unless `zips` names another folder. Says on stderr what it does, one line a step; with dryRun that is all it does. Answers on
stdout with one JSON object: the stack's outputs, and the password of a user made in an emulator.
"""

import hashlib
import json
import os
import re
import secrets
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "infra/template.yaml"
PAGE = ROOT / "target/page"
ZIPS = ROOT / "target/lambda"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "json": "application/json",
}
# A file whose name holds a hash of its content never changes; the others are asked for each time.
HASHED = re.compile(r"-[0-9a-f]{16}\.[a-z]+$")
# Whoever has an older page open may still ask for its files.
KEEP_OLD_FILES = timedelta(days=7)


class Failure(Exception):
    """What the caller is told, as one line."""


class Stack:
    """A stack by its name, in a region of an account or in an emulator."""

    def __init__(self, request):
        self.name = request["stack"]
        # It becomes a part of bucket names and of a CloudFront function's.
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,27}", self.name):
            raise Failure(
                f"`{self.name}` is no name for a stack: it takes up to 28 of a-z, 0-9 and -, a letter first"
            )
        self.endpoint = request.get("endpoint")
        self.dry = request.get("dryRun", False)
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if self.endpoint else {}
        region = request.get("region") or ("us-east-1" if self.endpoint else None)
        self.session = boto3.Session(region_name=region, **keys)
        self.region = self.session.region_name
        if not self.region and not self.dry:
            raise Failure("no region: pass --region, or set AWS_REGION or a region of the profile")

    def client(self, service):
        retries = Config(retries={"mode": "standard", "max_attempts": 5})
        return self.session.client(service, endpoint_url=self.endpoint, config=retries)

    def account(self):
        return self.client("sts").get_caller_identity()["Account"]

    def code_bucket(self):
        account = "ACCOUNT" if self.dry else self.account()
        return f"{self.name}-code-{account}-{self.region or 'REGION'}"

    def describe(self):
        """The stack as it stands; nothing where there is none."""
        try:
            return self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def outputs(self):
        if self.dry:
            return {name: f"<{name}>" for name in re.findall(r"^  (\w+):$", outputs_of(TEMPLATE), re.M)}
        stack = self.describe() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def step(self, text, do):
        """Says what is done, and does it unless this is a dry run."""
        print(text, file=sys.stderr, flush=True)
        return None if self.dry else do()


def outputs_of(template):
    return template.read_text().split("\nOutputs:\n")[1]


# Deploying


def deploy(request):
    stack = Stack(request)
    bucket = stack.code_bucket()
    stack.step(f"bucket {bucket}: for the code, private, TLS only", lambda: make_code_bucket(stack, bucket))
    zips = Path(request.get("zips", ZIPS))
    files = {
        "ApiCode": zips / "api.zip",
        "FetcherCode": zips / "fetcher.zip",
        "PassesDefinition": ROOT / "infra/state-machine.asl.json",
        "DirectDefinition": ROOT / "infra/direct.asl.json",
    }
    keys = {name: upload_code(stack, bucket, path) for name, path in files.items()}
    parameters = {
        "Architecture": request["architecture"],
        "CodeBucket": bucket,
        "EmulatorPort": str(urlsplit(stack.endpoint).port) if stack.endpoint else "",
        **keys,
        **request["parameters"],
    }
    shown = ", ".join(f"{name}={'…' if name == 'UpstreamUrl' else value}" for name, value in parameters.items())
    stack.step(
        f"stack {stack.name}: infra/template.yaml with {shown}; CloudFront takes minutes at first",
        lambda: deploy_stack(stack, parameters),
    )
    outputs = stack.outputs()
    stack.step("code of earlier deployments: erased", lambda: erase_but(stack, bucket, keys.values()))
    upload_page(stack, outputs)
    answer = {"outputs": outputs}
    if email := request.get("user"):
        # An emulator sends no mail.
        how = "with a password that is told here" if stack.endpoint else "invited by mail"
        answer["password"] = stack.step(f"user {email}: {how}", lambda: make_user(stack, outputs, email))
    print(f"the page: {outputs['Address']}", file=sys.stderr)
    if password := answer.get("password"):
        print(f"{email}'s password: {password}", file=sys.stderr)
    return answer


def make_code_bucket(stack, bucket):
    s3 = stack.client("s3")
    place = {} if stack.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": stack.region}}
    try:
        s3.create_bucket(Bucket=bucket, **place)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        s3.head_bucket(Bucket=bucket)  # Somebody else's is refused here.
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True
        ),
    )
    if stack.endpoint:
        return
    resources = [f"arn:{stack.session.get_partition_for_region(stack.region)}:s3:::{bucket}{end}" for end in ("", "/*")]
    tls_only = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls_only]}))


def upload_code(stack, bucket, path):
    """Puts a file under a name made of its content, so that what has changed is seen by its name."""
    if not path.exists():
        if not stack.dry:
            raise Failure(f"{path} is missing: it is built by `cargo xtask build --lambda`")
        key, size = f"{path.stem}-HASH{path.suffix}", "not built yet"
    else:
        body = path.read_bytes()
        key, size = f"{path.stem}-{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}", f"{len(body):,} bytes"
    stack.step(f"{path} ({size}): to {key}", lambda: stack.client("s3").put_object(Bucket=bucket, Key=key, Body=body))
    return key


def deploy_stack(stack, parameters):
    cloudformation = stack.client("cloudformation")
    there = stack.describe()
    if not there and "UpstreamUrl" not in parameters:
        raise Failure("a first deployment needs an upstream: pass --upstream with its address")
    if there and there["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"):
        # Its first deployment failed: CloudFormation takes no second one.
        delete_stack(stack)
        there = None
    values = [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in parameters.items()]
    if there:
        # What isn't named stays as it was; what the template has no more is left out.
        known = set(re.findall(r"^  (\w+):$", TEMPLATE.read_text(), re.M))
        before = {parameter["ParameterKey"] for parameter in there.get("Parameters", [])}
        values += [
            {"ParameterKey": name, "UsePreviousValue": True} for name in sorted((before & known) - parameters.keys())
        ]
    call, waiter = (
        (cloudformation.update_stack, "stack_update_complete")
        if there
        else (cloudformation.create_stack, "stack_create_complete")
    )
    try:
        call(
            StackName=stack.name,
            TemplateBody=TEMPLATE.read_text(),
            Parameters=values,
            Capabilities=CAPABILITIES,
            Tags=[{"Key": "application", "Value": "rollcall"}],
        )
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise
    wait(stack, waiter)


def wait(stack, waiter):
    # CloudFront may take a quarter of an hour.
    pace = {"Delay": 1, "MaxAttempts": 120} if stack.endpoint else {"Delay": 10, "MaxAttempts": 360}
    try:
        stack.client("cloudformation").get_waiter(waiter).wait(StackName=stack.name, WaiterConfig=pace)
    except BotoCoreError as error:
        why = failures(stack)
        raise Failure(f"the stack {stack.name} did not get there: {why or error}") from error


def failures(stack):
    """What the stack's own events say went wrong, the first cause first."""
    try:
        events = stack.client("cloudformation").describe_stack_events(StackName=stack.name)["StackEvents"]
    except ClientError:
        return ""
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in event.get("ResourceStatusReason", "")
    ]
    return "; ".join(reversed(failed[:5]))


# The page


def page_files():
    """Each file with how it is served: the shell last, so that what it refers to is there before it."""
    if not PAGE.exists():
        return []
    paths = [path for path in PAGE.iterdir() if path.name != "index.html.br"]
    return sorted(paths, key=lambda path: (not HASHED.search(path.name.removesuffix(".br")), path.name))


def served(name):
    plain = name.removesuffix(".br")
    extension = plain.rsplit(".", 1)[-1]
    if extension not in TYPES:
        raise Failure(f"target/page/{name} is of no known type: infra/deploy.py lists them")
    headers = {
        "ContentType": TYPES[extension],
        "CacheControl": "public, max-age=31536000, immutable" if HASHED.search(plain) else "no-cache",
    }
    return headers | ({"ContentEncoding": "br"} if name.endswith(".br") else {})


def upload_page(stack, outputs):
    bucket = outputs["SiteBucketName"]
    files = page_files()
    if not files:
        if not stack.dry:
            raise Failure("target/page is missing: it is built by `cargo xtask page`")
        print("target/page: not built yet", file=sys.stderr)

    def put(name, body):
        headers = served(name)
        text = f"{name} to {bucket}: {', '.join(headers.values())}"
        stack.step(text, lambda: stack.client("s3").put_object(Bucket=bucket, Key=name, Body=body, **headers))

    # Before the shell, which asks for it.
    put("config.json", json.dumps(config(outputs), indent=1).encode())
    for path in files:
        put(path.name, shell(path) if path.name == "index.html" else path.read_bytes())
    names = [path.name for path in files] + ["config.json"]
    stack.step(
        f"files of earlier pages, older than {KEEP_OLD_FILES.days} days: erased",
        lambda: erase_but(stack, bucket, names, KEEP_OLD_FILES),
    )
    stack.step(
        f"distribution {outputs['DistributionId']}: /index.html and /config.json are asked for anew",
        lambda: stack.client("cloudfront").create_invalidation(
            DistributionId=outputs["DistributionId"],
            InvalidationBatch={
                "CallerReference": secrets.token_hex(8),
                "Paths": {"Quantity": 2, "Items": ["/index.html", "/config.json"]},
            },
        ),
    )


def shell(path):
    """The page's shell, marked: one signs in here. On one machine nothing is asked for that isn't there."""
    marked = path.read_text().replace("<body", '<body data-sign-in=""', 1)
    if "data-sign-in" not in marked:
        raise Failure(f"{path} has no body: it is built by `cargo xtask page`")
    return marked.encode()


def config(outputs):
    """How the page signs in: OpenID Connect's names, and Cognito's own way out."""
    sign_in = outputs["SignIn"]
    return {
        "issuer": outputs["Issuer"],
        "clientId": outputs["ClientId"],
        "scope": "openid email",
        "authorizationEndpoint": f"{sign_in}/oauth2/authorize",
        "tokenEndpoint": f"{sign_in}/oauth2/token",
        "revocationEndpoint": f"{sign_in}/oauth2/revoke",
        "logoutEndpoint": f"{sign_in}/logout",
    }


def make_user(stack, outputs, email):
    """Invites somebody by mail; in an emulator, which sends none, answers with a password."""
    cognito = stack.client("cognito-idp")
    who = {"UserPoolId": outputs["UserPoolId"], "Username": email}
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    password = "aA1" + secrets.token_hex(12)
    how = (
        {"MessageAction": "SUPPRESS", "TemporaryPassword": password}
        if stack.endpoint
        else {"DesiredDeliveryMediums": ["EMAIL"]}
    )
    try:
        cognito.admin_create_user(**who, UserAttributes=attributes, **how)
    except cognito.exceptions.UsernameExistsException:
        print(f"user {email}: was there", file=sys.stderr)
    if not stack.endpoint:
        return None
    cognito.admin_set_user_password(**who, Password=password, Permanent=True)
    return password


# Removing


def destroy(request):
    stack = Stack(request)
    outputs = stack.outputs()
    code = stack.code_bucket()
    buckets = [outputs[name] for name in ("DataBucketName", "SiteBucketName") if name in outputs]
    if not stack.dry and not request.get("yes"):
        where = stack.endpoint or f"account {stack.account()}, {stack.region}"
        print(
            f"The stack {stack.name} ({where}) is removed with its users, all lists and all results, for good.",
            file=sys.stderr,
        )
        print("Type its name to go on: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() != stack.name:
            raise Failure("nothing was removed")
    for name in ("StateMachineArn", "DirectStateMachineArn"):
        if machine := outputs.get(name):
            stack.step(f"executions of {machine}: stopped", lambda machine=machine: stop_all(stack, machine))
    # A fetcher that is still at work may write once more, so that a bucket is no longer empty when it is deleted.
    for last in (False, False, True):
        for bucket in buckets:
            stack.step(f"bucket {bucket}: emptied", lambda bucket=bucket: erase_but(stack, bucket, []))
        try:
            stack.step(f"stack {stack.name}: deleted; CloudFront takes minutes", lambda: delete_stack(stack))
            break
        except Failure:
            if last:
                raise
    stack.step(f"bucket {code}: emptied and deleted", lambda: delete_bucket(stack, code))
    return {}


def stop_all(stack, machine):
    states = stack.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    for execution in [execution for page in pages for execution in page["executions"]]:
        states.stop_execution(executionArn=execution["executionArn"], cause="the stack is being removed")


def delete_stack(stack):
    if not stack.describe():
        return
    stack.client("cloudformation").delete_stack(StackName=stack.name)
    wait(stack, "stack_delete_complete")


def delete_bucket(stack, bucket):
    erase_but(stack, bucket, [])
    try:
        stack.client("s3").delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def erase_but(stack, bucket, kept, older_than=timedelta(0)):
    """Erases the objects of a bucket but those named."""
    kept, s3 = set(kept), stack.client("s3")
    limit = datetime.now(timezone.utc) - older_than
    try:
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket))
    except s3.exceptions.NoSuchBucket:
        return
    for page in pages:
        # The clocks of this machine and the store needn't agree where all ages go.
        old = [o["Key"] for o in page.get("Contents", []) if not older_than or o["LastModified"] < limit]
        if gone := [{"Key": key} for key in old if key not in kept]:
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": gone, "Quiet": True})
            if errors := answer.get("Errors"):
                raise Failure(f"{errors[0]['Key']} in {bucket} can't be erased: {errors[0].get('Message')}")


def main():
    try:
        match sys.argv[1:]:
            case ["deploy", request]:
                answer = deploy(json.loads(request))
            case ["destroy", request]:
                answer = destroy(json.loads(request))
            case _:
                sys.exit(__doc__)
    except (Failure, BotoCoreError, ClientError) as error:
        sys.exit(f"{error}")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
