//! The ARNs of the state machine and its executions.

use std::fmt;
use std::str::FromStr;

/// The ARN of a state machine: `arn:partition:states:region:account:stateMachine:name`.
///
/// Source: AWS General Reference, "Amazon Resource Names (ARNs)".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachineArn(String);

/// The text isn't the ARN of a state machine.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "`{0}` is not the ARN of a state machine: it must be \
     `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`, without a version or alias"
)]
pub struct StateMachineArnError(String);

impl StateMachineArn {
    /// Returns the ARN of an execution by its name.
    pub fn execution(&self, name: &str) -> String {
        let machine = self.0.replacen(":stateMachine:", ":execution:", 1);
        format!("{machine}:{name}")
    }

    /// Returns the ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StateMachineArn {
    type Err = StateMachineArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts[..] {
            [
                "arn",
                partition,
                "states",
                region,
                account,
                "stateMachine",
                name,
            ] if [partition, region, account, name]
                .iter()
                .all(|p| !p.is_empty()) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(StateMachineArnError(text.to_owned())),
        }
    }
}

impl fmt::Display for StateMachineArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_an_execution_has_its_name() {
        let arn: StateMachineArn =
            "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:rollcall"
                .parse()
                .unwrap();
        assert_eq!(
            arn.execution("abc-001"),
            "arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:rollcall:abc-001"
        );
    }

    #[test]
    fn other_arns_are_refused() {
        for bad in [
            "",
            "rollcall",
            "arn:aws:states:us-east-1:123456789012:execution:rollcall:abc",
            "arn:aws:states:us-east-1:123456789012:stateMachine:rollcall:PROD",
            "arn:aws:states:us-east-1:123456789012:stateMachine:",
            "arn:aws:lambda:us-east-1:123456789012:function:fetcher",
        ] {
            let error = bad.parse::<StateMachineArn>().unwrap_err();
            assert!(error.to_string().contains("stateMachine:NAME"), "{bad}");
        }
    }
}
