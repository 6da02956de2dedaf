//! The text field and the file field.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::compose::drop_paste;
use crate::compose::list::{Input, ListState, Reading};
use crate::compose::part::{Part, list_part};
use crate::ui::boxed::{flag, part, text};

/// The text field, until a file or a long text takes its place.
#[component]
pub(crate) fn ListInput(list: ListState, is_dragged_over: RwSignal<bool>) -> impl IntoView {
    let held = Memo::new(move |_| {
        list.input.with(|input| match input {
            Input::Held(name) => Some(name.clone()),
            Input::Typed(_) => None,
        })
    });
    // An element that replaces the focused one takes the focus, which would be lost otherwise.
    let was_shown = StoredValue::new(false);
    view! {
        <section class="card input" class:over=is_dragged_over aria-label="The list" data-testid="drop">
            {part(move || {
                let focus = was_shown.get_value();
                was_shown.set_value(true);
                match held.get() {
                    Some(name) => view! { <Held list name focus/> }.into_any(),
                    None => view! { <Field list focus/> }.into_any(),
                }
            })}
            <p class="notice" role="alert" hidden=flag(move || list.problem.with(|problem| problem.is_empty())) data-testid="file-trouble">
                {text(move || list.problem.get().to_owned())}
            </p>
        </section>
    }
}

#[component]
fn Field(list: ListState, focus: bool) -> impl IntoView {
    let value = text(move || {
        list.input.with(|input| match input {
            Input::Typed(text) => text.clone(),
            Input::Held(_) => String::new(),
        })
    });
    let node = NodeRef::<html::Textarea>::new();
    node.on_load(move |field| {
        if focus {
            let _ = field.focus();
        }
    });
    view! {
        <header>
            <h2><label for="numbers">"Numbers, one per line, or a table"</label></h2>
            <FileChoice list label="Choose a file"/>
        </header>
        <textarea
            id="numbers"
            class="mono"
            data-testid="numbers"
            node_ref=node
            spellcheck="false"
            autocomplete="off"
            autocapitalize="off"
            placeholder="123-45-6789"
            prop:value=value
            on:focus=move |_| list.wake_worker()
            on:input:target=move |event| list.set_text(event.target().value())
        ></textarea>
    }
}

#[component]
fn Held(list: ListState, name: String, focus: bool) -> impl IntoView {
    let node = NodeRef::<html::H2>::new();
    node.on_load(move |heading| {
        if focus {
            let _ = heading.focus();
        }
    });
    view! {
        <header>
            <h2 tabindex="-1" node_ref=node data-testid="held">{name}</h2>
            <span class="choices">
                <FileChoice list label="Choose another"/>
                <button
                    type="button"
                    class="plain"
                    data-testid="other-sheet"
                    hidden=flag(move || list.sheet.get().is_none())
                    on:click=move |_| list.choose_sheet(None)
                >
                    "Another sheet"
                </button>
                <button type="button" class="plain" data-testid="clear" on:click=move |_| list.clear()>"Remove"</button>
            </span>
        </header>
        {part(move || match list.reading.get() {
            Reading::Busy => view! { <p class="soft">"Reading…"</p> }.into_any(),
            Reading::Nothing if list.problem.with(|problem| problem.is_empty()) => {
                view! { <p class="soft" data-testid="held-empty">"It has no lines."</p> }.into_any()
            }
            // A problem is shown below: the list couldn't be read, or it is lost.
            Reading::Nothing | Reading::Refused(_) => ().into_any(),
            Reading::List(summary) => list.part.show(list_part(list, Part::Preview(summary))),
        })}
    }
}

/// A file field that looks like a link.
#[component]
fn FileChoice(list: ListState, label: &'static str) -> impl IntoView {
    let on_change = move |event| {
        let field = event_target::<HtmlInputElement>(&event);
        if let Some(files) = field.files() {
            drop_paste::add_files(list, &files);
        }
        // Otherwise the browser fires no `change` event when people edit the file and choose it again.
        field.set_value("");
    };
    view! {
        <label class="file plain">
            <input
                type="file"
                class="unseen"
                data-testid="file"
                aria-label=label
                on:click=move |_| list.wake_worker()
                on:change=on_change
            />
            {label}
        </label>
    }
}
