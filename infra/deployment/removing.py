"""All steps of a removal, in their order."""

import sys

from .buckets import delete_bucket, erase_but
from .stack import Failure, Stack
from .template import delete_stack, settled


def destroy(request):
    stack = Stack(request)
    if not stack.dry:
        where = stack.endpoint or f"account {stack.account}, {stack.region}"
        # One that is being deleted may be waited for.
        if not settled(stack, but=["DELETE_IN_PROGRESS"]):
            print(f"there is no stack {stack.name} ({where}); what is left of it is removed", file=sys.stderr)
    resources = stack.resources()
    code = stack.code_bucket()
    buckets = [resources[name] for name in ("DataBucket", "SiteBucket") if name in resources]
    if not stack.dry and not request.get("yes"):
        print(
            f"The stack {stack.name} ({where}) is removed with its users, all lists and all results, for good.",
            file=sys.stderr,
        )
        print("Type its name to go on: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() != stack.name:
            raise Failure("nothing was removed")
    for name in ("Passes", "Direct"):
        if machine := resources.get(name):
            stack.step(f"executions of {machine}: stopped", lambda machine=machine: stop_all(stack, machine))
    if stack.endpoint and not stack.dry:
        # The emulator's processes outlive a stack, unless it is told of the functions themselves.
        for name in ("Api", "Fetcher"):
            delete_function(stack, resources.get(name))
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


def delete_function(stack, function):
    functions = stack.client("lambda")
    try:
        if function:
            functions.delete_function(FunctionName=function)
    except functions.exceptions.ResourceNotFoundException:
        pass


def stop_all(stack, machine):
    states = stack.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    try:
        running = [execution for page in pages for execution in page["executions"]]
    except (states.exceptions.StateMachineDoesNotExist, states.exceptions.StateMachineDeleting):
        return
    for execution in running:
        try:
            # Without a cause, which would be encrypted with a key that the machine's role may no longer use.
            states.stop_execution(executionArn=execution["executionArn"])
        except (states.exceptions.ExecutionDoesNotExist, states.exceptions.ValidationException):
            pass  # It ended meanwhile.
