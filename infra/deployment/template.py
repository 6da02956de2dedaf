"""What CloudFormation does: the stack is made, changed and deleted."""

import re

from botocore.exceptions import BotoCoreError, ClientError

from .stack import TEMPLATE, Failure

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


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


def delete_stack(stack):
    if not stack.describe():
        return
    stack.client("cloudformation").delete_stack(StackName=stack.name)
    wait(stack, "stack_delete_complete")


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
