//! The settings of a run: a sentence, and the fields that Change shows.

use leptos::prelude::*;

use crate::compose::form::{self, RunForm, RunOptions};
use crate::compose::list::ListState;
use crate::server::Server;
use crate::ui::boxed::{flag, text};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// The settings of a run. `options` is the parsed form.
#[component]
pub(crate) fn RunSettings(
    server: Server,
    list: ListState,
    form: RwSignal<RunForm>,
    options: Memo<Result<RunOptions, RunForm>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let sentence = text(move || {
        options.with(|options| match options {
            Ok(options) => form::sentence(options, &server.defaults()),
            Err(_) => "A setting isn't valid.".to_owned(),
        })
    });
    view! {
        <p class="label settings-line" class:wrong=flag(move || options.with(Result::is_err)) role="status">
            <span data-testid="settings-line">{sentence}</span> " "
            <Toggle is_on=is_open id="settings" show="Change" hide="Done"/>
        </p>
        <fieldset class="settings" hidden=flag(move || !is_open.get())>
            <legend class="unseen">"Settings of the run"</legend>
            <Field name="Requests at a time" id="max-concurrency" form options get=|form| &mut form.max_concurrency
                hint=text(move || words::group_digits(server.defaults().max_concurrency.into()))/>
            <Field name="Requests per second" id="requests-per-second" form options get=|form| &mut form.requests_per_second
                hint=text(move || server.defaults().requests_per_second.map_or("no limit".to_owned(), words::decimal))/>
            <Field name="Tolerated failures, in percent" id="tolerated" form options get=|form| &mut form.tolerated_failure_percentage
                hint=text(move || words::decimal(server.defaults().tolerated_failure_percentage))/>
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="issued-only"
                    prop:checked=list.issued_only
                    on:change:target=move |event| list.issued_only.set(event.target().checked())
                />
                "Leave out numbers that the SSA never issued"
            </label>
        </fieldset>
    }
}

/// A field, and its error below it. `get` selects it in the form.
#[component]
fn Field(
    name: &'static str,
    id: &'static str,
    form: RwSignal<RunForm>,
    options: Memo<Result<RunOptions, RunForm>>,
    get: fn(&mut RunForm) -> &mut String,
    hint: Signal<String>,
) -> impl IntoView {
    let error = text(move || {
        options.with(|options| match options {
            Ok(_) => String::new(),
            Err(errors) => get(&mut errors.clone()).clone(),
        })
    });
    let error_id = format!("{id}-wrong");
    view! {
        <label class="field">
            <span>{name}</span>
            <input
                type="text"
                inputmode="decimal"
                autocomplete="off"
                placeholder=hint
                data-testid=id
                aria-describedby=error_id.clone()
                aria-invalid=text(move || (!error.with(String::is_empty)).to_string())
                prop:value=text(move || get(&mut form.get()).clone())
                on:input:target=move |event| form.update(|form| *get(form) = event.target().value())
            />
            <span class="wrong" id=error_id.clone() data-testid=error_id role="status">{error}</span>
        </label>
    }
}
