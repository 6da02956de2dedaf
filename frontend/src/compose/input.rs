//! Bringing a list: typed, pasted, dropped or chosen.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::compose::drop_paste;
use crate::compose::list::{Input, ListState};
use crate::compose::preview::ListPreview;
use crate::ui::boxed::{flag, part, text};
use crate::worker_client;

/// Where a list is brought: a text field, until a file or a long text takes its place. `over` says
/// whether something is dragged over the page.
#[component]
pub(crate) fn ListInput(list: ListState, over: RwSignal<bool>) -> impl IntoView {
    let held = Memo::new(move |_| {
        list.input.with(|input| match input {
            Input::Held(name) => Some(name.clone()),
            Input::Typed(_) => None,
        })
    });
    // What takes another's place takes the focus too, or it would be lost.
    let shown_before = StoredValue::new(false);
    view! {
        <section class="card input" class:over=over aria-label="The list" data-testid="drop">
            {part(move || {
                let focus = shown_before.get_value();
                shown_before.set_value(true);
                match held.get() {
                    Some(name) => view! { <Held list name focus/> }.into_any(),
                    None => view! { <Field list focus/> }.into_any(),
                }
            })}
            <p class="notice" role="alert" hidden=flag(move || list.trouble.with(|words| words.is_empty())) data-testid="file-trouble">
                {text(move || list.trouble.get().to_owned())}
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
            <h2><label for="numbers">"Numbers, one a line, or a table"</label></h2>
            <FileChoice list words="Choose a file"/>
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
            on:focus=move |_| worker_client::wake()
            on:input:target=move |event| list.type_in(event.target().value())
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
                <FileChoice list words="Choose another"/>
                <button type="button" class="plain" data-testid="clear" on:click=move |_| list.clear()>"Remove"</button>
            </span>
        </header>
        <ListPreview list/>
    }
}

/// A file field that looks like a link.
#[component]
fn FileChoice(list: ListState, words: &'static str) -> impl IntoView {
    let on_change = move |event| {
        let field = event_target::<HtmlInputElement>(&event);
        if let Some(file) = field.files().and_then(|files| files.get(0)) {
            drop_paste::file(list, &file);
        }
        // So that the same file, mended meanwhile, can be chosen again.
        field.set_value("");
    };
    view! {
        <label class="file plain">
            <input
                type="file"
                class="unseen"
                data-testid="file"
                aria-label=words
                on:click=move |_| worker_client::wake()
                on:change=on_change
            />
            {words}
        </label>
    }
}
