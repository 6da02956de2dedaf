//! A server that fails is asked again, with longer and longer pauses, until it answers or its caller
//! lets go.

use std::time::Duration;

use crate::protocol::{Event, Trouble};

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(8);

/// Asks until there is an answer that another try would not change. `tell` hears of every failure;
/// `pause` waits.
pub(crate) async fn patiently<T>(
    tell: &dyn Fn(Event),
    pause: impl AsyncFn(Duration),
    mut ask: impl AsyncFnMut() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let mut next = FIRST;
    loop {
        match ask().await {
            Err(trouble) if trouble.may_pass() => {
                tell(Event::Waiting(trouble));
                pause(next).await;
                next = (next * 2).min(LONGEST);
            }
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_server_is_asked_with_longer_pauses_until_it_answers() {
        let told = RefCell::new(0);
        let pauses = RefCell::new(Vec::new());
        let tell = |_| *told.borrow_mut() += 1;
        let mut failures = 7;
        let answer = patiently(
            &tell,
            async |pause: Duration| pauses.borrow_mut().push(pause.as_millis()),
            async || {
                failures -= 1;
                match failures {
                    0 => Ok("there"),
                    _ => Err(Trouble::Unreachable),
                }
            },
        );
        assert_eq!(answer.now_or_never().unwrap(), Ok("there"));
        assert_eq!(told.take(), 6);
        assert_eq!(pauses.take(), [500, 1_000, 2_000, 4_000, 8_000, 8_000]);
    }

    #[test]
    fn a_refusal_is_an_answer() {
        let refused = Trouble::Unreadable { status: 404 };
        let tell = |_| panic!("no trouble");
        let answer = patiently(&tell, async |_| {}, async || Err::<(), _>(refused.clone()));
        assert_eq!(answer.now_or_never().unwrap(), Err(refused.clone()));
    }
}
