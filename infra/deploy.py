"""Deploys infra/template.yaml, and removes it: what `cargo xtask deploy` and `cargo xtask destroy` call.

    deploy.py deploy REQUEST
    deploy.py destroy REQUEST

REQUEST is a JSON object: {"stack", "region"?, "endpoint"?, "dryRun"?, "yes"?}, and to deploy also
{"architecture", "parameters", "user"?, "zips"?}. What is deployed stands in target/: the page, and the
two zips unless `zips` names another folder. Says on stderr what it does, one line a step; with dryRun
that is all it does. Answers a deployment on stdout with one JSON object: the stack's outputs, and the
password of a user made in an emulator.
"""

import json
import sys

from botocore.exceptions import BotoCoreError, ClientError

from deployment.deploying import deploy
from deployment.removing import destroy
from deployment.stack import Failure


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
    if answer:
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
