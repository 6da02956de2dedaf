"""The code bucket, which exists before the stack, and the erasure of objects in any bucket."""

import hashlib
import json

from botocore.exceptions import ClientError

from .stack import Failure


def make_code_bucket(stack, bucket):
    s3 = stack.client("s3")
    configuration = {"LocationConstraint": stack.region}
    location = {} if stack.region == "us-east-1" else {"CreateBucketConfiguration": configuration}
    try:
        s3.create_bucket(Bucket=bucket, **location)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        bucket_exists(stack, bucket)  # An error if it belongs to another account.
    s3.put_public_access_block(
        **stack.owner_check,
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
    policy = json.dumps({"Version": "2012-10-17", "Statement": [tls_only]})
    s3.put_bucket_policy(**stack.owner_check, Bucket=bucket, Policy=policy)


def bucket_exists(stack, bucket):
    """Whether the bucket exists. It is an error if it belongs to another account: its name can be guessed, so
    another account may have created it with a policy that gives us access."""
    try:
        stack.client("s3").head_bucket(**stack.owner_check, Bucket=bucket)
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "404":
                return False
            case "403":
                raise Failure(
                    f"the bucket {bucket} belongs to another account, or these credentials may not list it: "
                    "choose another name with --stack, or use other credentials"
                ) from error
        raise
    return True


def upload_code(stack, bucket, path):
    """Uploads a file under a key with its hash. A changed file has another key, so CloudFormation updates the
    resource that uses it."""
    if not path.exists():
        if not stack.dry:
            raise Failure(f"{path} is missing: build it with `cargo xtask build --lambda`")
        key, size = f"{path.stem}-HASH{path.suffix}", "not built yet"
    else:
        body = path.read_bytes()
        key, size = f"{path.stem}-{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}", f"{len(body):,} bytes"
    stack.step(
        f"{path} ({size}): to {key}",
        lambda: stack.client("s3").put_object(**stack.owner_check, Bucket=bucket, Key=key, Body=body),
    )
    return key


def delete_bucket(stack, bucket):
    if bucket_exists(stack, bucket):
        erase_all_except(stack, bucket, [])
        stack.client("s3").delete_bucket(**stack.owner_check, Bucket=bucket)


def erase_all_except(stack, bucket, kept):
    """Erases all objects of a bucket except these keys."""
    for keys in list_keys_except(stack, bucket, kept):
        erase(stack, bucket, keys)


def list_keys_except(stack, bucket, kept):
    """Lists the keys of a bucket's objects except these, as pages of a size that one request can erase."""
    kept, s3 = set(kept), stack.client("s3")
    try:
        pages = list(s3.get_paginator("list_objects_v2").paginate(**stack.owner_check, Bucket=bucket))
    except s3.exceptions.NoSuchBucket:
        return []
    return [[key for o in page.get("Contents", []) if (key := o["Key"]) not in kept] for page in pages]


def erase(stack, bucket, keys):
    if not keys:
        return
    objects = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
    response = stack.client("s3").delete_objects(**stack.owner_check, Bucket=bucket, Delete=objects)
    if errors := response.get("Errors"):
        raise Failure(f"{errors[0]['Key']} in {bucket} can't be erased: {errors[0].get('Message')}")
