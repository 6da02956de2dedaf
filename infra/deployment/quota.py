"""The account's quota of concurrent Lambdas: usually 1,000, as few as ten in a new account."""

import re
import sys

from botocore.exceptions import BotoCoreError, ClientError

from .stack import TEMPLATE

# Lambdas that fetchers should leave to the API and the account's other functions. Of a quota below 200 it is half.
LEFT_TO_OTHERS = 100


def warn_if_exceeded(stack, before, parameters):
    """Prints a warning if fetchers may use up the quota. Prints nothing if these credentials may not read it."""
    try:
        quota = stack.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    except (BotoCoreError, ClientError):
        return
    fetchers = fetcher_concurrency(before, parameters)
    most = max(1, quota - min(LEFT_TO_OTHERS, quota // 2))
    if fetchers > most:
        print(
            f"warning: FetcherConcurrency is {fetchers}, but the account runs {quota} Lambdas at a time, including the "
            f"API's: pass --set FetcherConcurrency={most}, or request a higher quota `Concurrent executions` of AWS "
            "Lambda in Service Quotas",
            file=sys.stderr,
        )


def fetcher_concurrency(before, parameters):
    """The stack's new value: the given one, else the current one, else the template's default."""
    name = "FetcherConcurrency"
    default = re.search(rf"^  {name}:\n(?:    .*\n)*?    Default: (\d+)$", TEMPLATE.read_text(), re.M)
    current = before.get("Parameters", []) if before else []
    values = {name: default[1]} | {each["ParameterKey"]: each["ParameterValue"] for each in current} | parameters
    # CloudFormation rejects a value that isn't a number.
    return int(values[name]) if str(values[name]).isdecimal() else 0
