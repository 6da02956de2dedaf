//! One type for all closures of a kind. Leptos writes its machinery anew for each closure's own
//! type, 1 to 3 KB a closure; behind a pointer there is one copy of it.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

/// A text that changes.
pub(crate) fn text(text: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    let text: Box<dyn Fn() -> String + Send + Sync> = Box::new(text);
    Signal::derive(text)
}

/// A yes or no that changes.
pub(crate) fn flag(flag: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    let flag: Box<dyn Fn() -> bool + Send + Sync> = Box::new(flag);
    Signal::derive(flag)
}

/// A part of the page that changes.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

/// A part of the page that changes.
pub(crate) fn part(part: impl FnMut() -> AnyView + Send + 'static) -> Part {
    Box::new(part)
}

/// A part of the page that is there or not; made anew whenever what it reads changes.
pub(crate) fn maybe<V: IntoView + 'static>(part: impl Fn() -> Option<V> + Send + 'static) -> Part {
    Box::new(move || part().map_or_else(|| ().into_any(), |view| view.into_any()))
}

/// Does something now and whenever what it reads changes.
pub(crate) fn effect(effect: impl FnMut() + 'static) {
    boxed_effect(Box::new(effect));
}

fn boxed_effect(mut effect: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| effect());
}

/// Lets a call go its way.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    leptos::task::spawn_local(future);
}

/// A value that changes, told on only where it has.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(
    value: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    boxed_memo(Box::new(value))
}

fn boxed_memo<T: PartialEq + Send + Sync + 'static>(
    value: Box<dyn Fn() -> T + Send + Sync>,
) -> Memo<T> {
    // In a function that doesn't know the closure's type, or this one would be of a type of its own.
    Memo::new(move |_| value())
}

/// What the app has given to all its parts. Leptos's own way to it writes the type's name and place
/// for each type.
pub(crate) fn given<T: Clone + 'static>() -> T {
    use_context().expect("the app gives it above all pages")
}

/// What a click does.
pub(crate) fn click(mut deed: impl FnMut() + 'static) -> Box<dyn FnMut(web_sys::MouseEvent)> {
    Box::new(move |_| deed())
}
