//! A start that is asked again after an answer got lost: one key, one uploaded list, one run.

use contract::wire::{Execution, ExecutionId};

use crate::protocol::Trouble;

/// What names a start to the server, so that the same start asked again starts one run only.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    /// The `Idempotency-Key`.
    pub(crate) key: String,
    /// The uploaded list, once it is whole. To the server the key goes with this id.
    pub(crate) list: Option<ExecutionId>,
}

impl Claim {
    /// A claim that nothing was done for yet.
    pub(crate) fn new(key: String) -> Self {
        Self { key, list: None }
    }
}

/// What the start of a large list needs of the server.
pub(crate) trait Uploads {
    /// Uploads the list, whole.
    async fn upload(&self) -> Result<ExecutionId, Trouble>;
    /// Starts the run of an uploaded list.
    async fn start(&self, key: &str, list: &ExecutionId) -> Result<Execution, Trouble>;
}

/// Starts the run of a large list. What was uploaded before is used again while the server has it.
/// `keep` hears of every claim that a later try must go on with.
pub(crate) async fn start_uploaded(
    mut claim: Claim,
    server: &impl Uploads,
    new_key: impl Fn() -> String,
    keep: impl Fn(&Claim),
) -> Result<Execution, Trouble> {
    if let Some(list) = &claim.list {
        let answer = server.start(&claim.key, list).await;
        if !answer.as_ref().is_err_and(Trouble::is_unknown_list) {
            return answer;
        }
        // An earlier try that was still under way may have used the list up just now; then the key
        // has its run by now.
        let answer = server.start(&claim.key, list).await;
        if !answer.as_ref().is_err_and(Trouble::is_unknown_list) {
            return answer;
        }
        // The list grew too old before any start reached it, or its run was erased.
        claim = Claim::new(new_key());
        keep(&claim);
    }
    let list = server.upload().await?;
    claim.list = Some(list.clone());
    keep(&claim);
    server.start(&claim.key, &list).await
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use contract::wire::Problem;

    use super::*;

    /// Answers at once with what is scripted, and keeps what it was asked.
    #[derive(Default)]
    struct Script {
        uploads: RefCell<Vec<Result<ExecutionId, Trouble>>>,
        starts: RefCell<Vec<Trouble>>,
        asked: RefCell<Vec<(String, ExecutionId)>>,
        kept: RefCell<Option<Claim>>,
    }

    impl Uploads for Script {
        async fn upload(&self) -> Result<ExecutionId, Trouble> {
            self.uploads.borrow_mut().remove(0)
        }

        async fn start(&self, key: &str, list: &ExecutionId) -> Result<Execution, Trouble> {
            let asked = (key.to_owned(), list.clone());
            self.asked.borrow_mut().push(asked);
            Err(self.starts.borrow_mut().remove(0))
        }
    }

    impl Script {
        fn new(uploads: Vec<Result<ExecutionId, Trouble>>, starts: Vec<Trouble>) -> Self {
            Self {
                uploads: uploads.into(),
                starts: starts.into(),
                ..Default::default()
            }
        }

        /// One press of the button, from what was kept before.
        fn press(&self) -> Trouble {
            let claim = self.kept.borrow().clone();
            let claim = claim.unwrap_or_else(|| Claim::new("first".to_owned()));
            let keep = |claim: &Claim| *self.kept.borrow_mut() = Some(claim.clone());
            let try_it = pin!(start_uploaded(claim, self, || "second".to_owned(), keep));
            match try_it.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => answer.unwrap_err(),
                Poll::Pending => panic!("the script answers at once"),
            }
        }

        fn asked(&self) -> Vec<(String, ExecutionId)> {
            self.asked.take()
        }
    }

    fn list(last: char) -> ExecutionId {
        format!("{}{last}", "0".repeat(25)).parse().unwrap()
    }

    fn asked(key: &str, last: char) -> (String, ExecutionId) {
        (key.to_owned(), list(last))
    }

    fn refused(status: u16, kind: &str) -> Trouble {
        Trouble::Refused(Problem {
            kind: format!("/problems/{kind}"),
            title: String::new(),
            status,
            detail: None,
        })
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_with_the_same_key_and_list() {
        let starts = vec![Trouble::Unreachable, Trouble::Unreachable];
        let script = Script::new(vec![Ok(list('a'))], starts);
        script.press();
        script.press();
        assert_eq!(script.asked(), [asked("first", 'a'), asked("first", 'a')]);
    }

    #[test]
    fn an_upload_that_failed_begins_anew() {
        let uploads = vec![Err(Trouble::Unreachable), Ok(list('b'))];
        let script = Script::new(uploads, vec![Trouble::Unreachable]);
        assert_eq!(script.press(), Trouble::Unreachable);
        assert_eq!(script.asked(), []);
        script.press();
        assert_eq!(script.asked(), [asked("first", 'b')]);
    }

    #[test]
    fn a_list_that_the_server_has_no_more_is_uploaded_again_under_a_new_key() {
        let gone = || refused(404, "unknown-list");
        let starts = vec![
            Trouble::Unreachable,
            gone(),
            gone(),
            Trouble::Unreachable,
            Trouble::Unreachable,
        ];
        let script = Script::new(vec![Ok(list('a')), Ok(list('b'))], starts);
        script.press();
        script.asked();
        script.press();
        let tried = [
            asked("first", 'a'),
            asked("first", 'a'),
            asked("second", 'b'),
        ];
        assert_eq!(script.asked(), tried);
        script.press();
        assert_eq!(script.asked(), [asked("second", 'b')]);
    }

    #[test]
    fn a_list_used_up_by_an_earlier_try_is_not_uploaded_again() {
        let taken = refused(409, "idempotency-key-reused");
        let starts = vec![
            Trouble::Unreachable,
            refused(404, "unknown-list"),
            taken.clone(),
        ];
        let script = Script::new(vec![Ok(list('a'))], starts);
        script.press();
        assert_eq!(script.press(), taken);
    }

    #[test]
    fn another_404_uploads_nothing_again() {
        let elsewhere = refused(404, "unknown-address");
        let starts = vec![Trouble::Unreachable, elsewhere.clone()];
        let script = Script::new(vec![Ok(list('a'))], starts);
        script.press();
        assert_eq!(script.press(), elsewhere);
    }

    #[test]
    fn a_list_just_uploaded_and_not_known_ends_the_try() {
        let gone = refused(404, "unknown-list");
        let script = Script::new(vec![Ok(list('a'))], vec![gone.clone()]);
        assert_eq!(script.press(), gone);
    }
}
