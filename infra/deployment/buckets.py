"""The bucket of the code, which is made before the stack, and what is erased from any bucket."""

import hashlib
import json
from datetime import datetime, timedelta, timezone

from botocore.exceptions import ClientError

from .stack import Failure


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
