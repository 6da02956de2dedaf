"""All steps of a removal, in their order."""

import sys

from .buckets import delete_bucket, erase_but
from .stack import Failure, Stack
from .template import delete_stack


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
