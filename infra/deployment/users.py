"""Users of the sign-in."""

import secrets
import sys


def make_user(stack, outputs, email):
    """Invites a user by mail. In an emulator, which sends no mail, sets a password and returns it."""
    cognito = stack.client("cognito-idp")
    who = {"UserPoolId": outputs["UserPoolId"], "Username": email}
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    password = "aA1" + secrets.token_hex(12)
    how = (
        {"MessageAction": "SUPPRESS", "TemporaryPassword": password}
        if stack.endpoint
        else {"DesiredDeliveryMediums": ["EMAIL"]}
    )
    try:
        cognito.admin_create_user(**who, UserAttributes=attributes, **how)
    except cognito.exceptions.UsernameExistsException:
        print(f"user {email}: exists already", file=sys.stderr)
    if not stack.endpoint:
        return None
    cognito.admin_set_user_password(**who, Password=password, Permanent=True)
    return password
