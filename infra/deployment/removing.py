"""The steps of a removal, in order."""

import sys

from .buckets import delete_bucket, erase_all_except
from .stack import Failure, Stack
from .template import delete_stack, idle_stack


def destroy(request):
    stack = Stack(request)
    if not stack.dry:
        where = stack.endpoint or f"account {stack.account}, {stack.region}"
        # If the stack is being deleted already, the steps below wait for its end.
        if not idle_stack(stack, allowed=["DELETE_IN_PROGRESS"]):
            print(f"there is no stack {stack.name} ({where}): removing what is left of it", file=sys.stderr)
    resources = stack.resources()
    code = stack.code_bucket()
    buckets = [resources[name] for name in ("DataBucket", "SiteBucket") if name in resources]
    if not stack.dry and not request.get("yes"):
        print(
            f"This deletes the stack {stack.name} ({where}) with its users, all lists and all results for good.",
            file=sys.stderr,
        )
        print("Type its name to continue: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() != stack.name:
            raise Failure("nothing was deleted: the name is different")
    for name in ("Passes", "Direct"):
        if machine := resources.get(name):
            stack.step(f"executions of {machine}: stopped", lambda machine=machine: stop_all(stack, machine))
    if stack.endpoint and not stack.dry:
        # The emulator keeps a function's processes after its stack is deleted, unless the function is deleted first.
        for name in ("Api", "Fetcher"):
            delete_function(stack, resources.get(name))
    # A running fetcher may write after its bucket was emptied. Then deleting the stack fails, and both are repeated.
    for last in (False, False, True):
        for bucket in buckets:
            stack.step(f"bucket {bucket}: emptied", lambda bucket=bucket: erase_all_except(stack, bucket, []))
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
            # No cause is passed: it would be encrypted, and the machine's role may have lost its right to the key.
            states.stop_execution(executionArn=execution["executionArn"])
        except (states.exceptions.ExecutionDoesNotExist, states.exceptions.ValidationException):
            pass  # It has ended meanwhile.
