"""The steps of a deployment, in order."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from .buckets import erase_all_except, make_code_bucket, upload_code
from .page import upload_page
from .quota import warn_if_exceeded
from .stack import ROOT, Stack
from .template import deploy_stack, prepare
from .users import make_user

ZIPS = ROOT / "target/lambda"


def deploy(request):
    stack = Stack(request)
    before = None
    if not stack.dry:
        before = prepare(stack, request["parameters"])
        warn_if_exceeded(stack, before, request["parameters"])
    bucket = stack.code_bucket()
    stack.step(f"bucket {bucket}: created for the code, private, TLS only", lambda: make_code_bucket(stack, bucket))
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
        f"stack {stack.name}: infra/template.yaml with {shown}; the first time CloudFront takes minutes",
        lambda: deploy_stack(stack, before, parameters),
    )
    outputs = stack.outputs()
    stack.step("code of earlier deployments: erased", lambda: erase_all_except(stack, bucket, keys.values()))
    upload_page(stack, outputs)
    result = {"outputs": outputs}
    if email := request.get("user"):
        # An emulator sends no mail.
        how = "created with a password" if stack.endpoint else "invited by mail"
        result["password"] = stack.step(f"user {email}: {how}", lambda: make_user(stack, outputs, email))
    print(f"the page: {outputs['Address']}", file=sys.stderr)
    if password := result.get("password"):
        print(f"{email}'s password: {password}", file=sys.stderr)
    return result
