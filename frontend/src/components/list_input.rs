//! Bringing a list: typed, pasted, dropped or chosen.

use leptos::prelude::*;
use web_sys::{ClipboardEvent, DragEvent, File, HtmlInputElement};

use crate::browser;
use crate::components::list_preview::ListPreview;
use crate::components::list_state::{Input, ListState};
use crate::logic::report;
use crate::one_type::{effect, flag, part, spawn};

/// Bytes of a file that the page takes: what a browser's tab can surely hold a few times.
const MAX_FILE_BYTES: f64 = 300_000_000.0;

/// Where a list is brought: a text field, until a file or a long text takes its place.
#[component]
pub(crate) fn ListInput(list: ListState) -> impl IntoView {
    let held = Memo::new(move |_| {
        list.input.with(|input| match input {
            Input::Held { name, .. } => Some(name.clone()),
            Input::Typed(_) => None,
        })
    });
    let over = RwSignal::new(false);
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        let Some(data) = event.data_transfer() else {
            return;
        };
        match data.files().and_then(|files| files.get(0)) {
            Some(file) => take_file(list, file),
            None => list.type_in(data.get_data("text/plain").unwrap_or_default()),
        }
    };
    view! {
        <section
            class="card input"
            class:over=over
            aria-label="The list"
            data-testid="drop"
            on:dragover=move |event: DragEvent| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=on_drop
        >
            {part(move || match held.get() {
                Some(name) => view! { <Held list name/> }.into_any(),
                None => view! { <Field list/> }.into_any(),
            })}
            <p class="notice" role="alert" hidden=flag(move || list.trouble.with(Option::is_none)) data-testid="file-trouble">
                {list.trouble}
            </p>
        </section>
    }
}

#[component]
fn Field(list: ListState) -> impl IntoView {
    let text = list.input.with_untracked(|input| match input {
        Input::Typed(text) => text.clone(),
        Input::Held { .. } => String::new(),
    });
    // A list that was cleared leaves an empty field.
    let value = move || {
        list.input
            .with(|input| matches!(input, Input::Typed(text) if text.is_empty()))
    };
    let node = NodeRef::<leptos::html::Textarea>::new();
    effect(move || {
        if let (true, Some(field)) = (value(), node.get()) {
            field.set_value("");
        }
    });
    let on_paste = move |event: ClipboardEvent| {
        let pasted = event
            .clipboard_data()
            .and_then(|data| data.get_data("text/plain").ok());
        let Some(pasted) = pasted.filter(|pasted| report::is_long(pasted)) else {
            return;
        };
        event.prevent_default();
        let typed = list.input.with_untracked(|input| match input {
            Input::Typed(text) if !text.trim().is_empty() => format!("{text}\n"),
            _ => String::new(),
        });
        list.type_in(typed + &pasted);
    };
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
            on:paste=on_paste
            on:input:target=move |event| list.type_in(event.target().value())
        >
            {text}
        </textarea>
    }
}

#[component]
fn Held(list: ListState, name: String) -> impl IntoView {
    view! {
        <header>
            <h2 data-testid="held">{name}</h2>
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
            take_file(list, file);
        }
        // So that the same file, mended meanwhile, can be chosen again.
        field.set_value("");
    };
    view! {
        <label class="file plain">
            <input type="file" class="unseen" data-testid="file" aria-label=words on:change=on_change/>
            {words}
        </label>
    }
}

fn take_file(list: ListState, file: File) {
    if file.size() > MAX_FILE_BYTES {
        list.trouble.set(Some(
            "This file is larger than 300 MB. Keep only the column with the numbers, or split it.",
        ));
        return;
    }
    spawn(async move {
        let name = file.name();
        match browser::read_file(&file).await {
            Some(bytes) => {
                let label = report::label_for(&name);
                list.hold(name, bytes, label);
            }
            None => {
                list.trouble.try_set(Some(
                    "The browser could not read this file. Is it still there, and no folder?",
                ));
            }
        }
    });
}
