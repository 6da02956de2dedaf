"""A stack and where it is: an account's region or an emulator."""

import os
import re
import sys
from functools import cached_property
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra/template.yaml"


class Failure(Exception):
    """An error message for the user, one line."""


class Stack:
    """A stack by its name, in a region of an account or in an emulator."""

    def __init__(self, request):
        self.name = request["stack"]
        # It becomes a part of the names of buckets and of a CloudFront function.
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,27}", self.name):
            raise Failure(
                f"the stack's name `{self.name}` is not valid: use up to 28 of a-z, 0-9 and -, a letter first"
            )
        self.endpoint = request.get("endpoint")
        self.dry = request.get("dryRun", False)
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if self.endpoint else {}
        # boto3 reads AWS_DEFAULT_REGION only. The environment's region doesn't apply to an emulator.
        region = request.get("region") or ("us-east-1" if self.endpoint else os.environ.get("AWS_REGION"))
        self.session = boto3.Session(region_name=region or None, **keys)
        self.region = self.session.region_name
        if not self.region and not self.dry:
            raise Failure("there is no region: pass --region, or set AWS_REGION or a region in the profile")

    def client(self, service):
        # Thousands of calls in a row may be throttled: adaptive mode retries and slows down.
        retries = Config(retries={"mode": "adaptive", "max_attempts": 10})
        return self.session.client(service, endpoint_url=self.endpoint, config=retries)

    @cached_property
    def account(self):
        return self.client("sts").get_caller_identity()["Account"]

    @property
    def owner_check(self):
        """An argument for calls on a bucket whose name can be guessed. S3 rejects them if another account owns it."""
        return {"ExpectedBucketOwner": self.account}

    def code_bucket(self):
        account = "ACCOUNT" if self.dry else self.account
        return f"{self.name}-code-{account}-{self.region or 'REGION'}"

    def describe(self):
        """The stack's description, or None if it doesn't exist."""
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

    def resources(self):
        """The physical ids of the stack's resources, by logical name. Unlike outputs, they exist before the stack is
        complete."""
        if self.dry:
            return {name: f"<{name}>" for name in re.findall(r"^  (\w+):$", TEMPLATE.read_text(), re.M)}
        if not self.describe():
            return {}
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages
            for each in page["StackResourceSummaries"]
            if each.get("PhysicalResourceId") and each["ResourceStatus"] not in ("CREATE_FAILED", "DELETE_COMPLETE")
        }

    def step(self, text, action):
        """Prints a step and does it, unless this is a dry run."""
        print(text, file=sys.stderr, flush=True)
        return None if self.dry else action()


def outputs_of(template):
    """The text of the template's section Outputs."""
    return template.read_text().split("\nOutputs:\n")[1]
